import { RunStateError } from '@muster/core'
import { describe, expect } from 'vitest'
import { broken, type Case, done, present } from './job-world.ts'

/** Moving jobs and trying failed ones again. */
export function jobChangeCases(it: Case): void {
  describe('re-prioritises', () => {
    it('moves a job, effective with the next feed, to the end of its new lane', async (world) => {
      const projectId = await world.project()
      const [a, b, c] = await world.loose(projectId, 3)
      const there = await world.loose(projectId, 2, { priority: 7 })
      await world.setPriority(present(c), 7)
      await world.setPriority(present(a), 7)
      expect(await world.line(projectId)).toEqual([...there, c, a, b])
      expect((await world.job(present(c))).priority).toBe(7)
      expect((await world.feed(9)).map(({ jobId }) => jobId)).toEqual([...there, c, a, b])
    })

    it('leaves a job of a run to its run', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 2 })
      const last = present((await world.jobsOf(run.runId))[1])
      await world.setPriority(last.jobId, 50)
      const first = await world.startOne(workerId)
      expect(first).toMatchObject({ jobId: last.jobId, runId: run.runId })
      await world.settle([first, await world.startOne(workerId)], done, workerId)
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'completed', tallies: { completed: 2 } })
    })

    it('pauses and cancels a moved job of a run with it', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 2 })
      const moved = present((await world.jobsOf(run.runId))[0]).jobId
      await world.setPriority(moved, 50)
      await world.pauseRun(run.runId)
      expect(await world.feed(9)).toEqual([])
      await world.cancelRun(run.runId)
      expect((await world.job(moved)).state).toBe('cancelled')
      expect((await world.runNow(run.runId)).tallies.cancelled).toBe(2)
    })

    it('lets a job that waits go on waiting', async (world) => {
      const projectId = await world.project()
      const delayed = await world.looseOne(projectId, { delayMs: 1_000 })
      await world.setPriority(delayed, 9)
      expect(await world.item(delayed)).toMatchObject({ priority: 9, position: null })
      expect(await world.feed(9)).toEqual([])
      await world.clock.advance(1_000)
      await world.wake()
      expect(await world.item(delayed)).toMatchObject({ priority: 9, position: 1 })
      expect(await world.feed(9)).toHaveLength(1)
    })
  })

  describe('retries', () => {
    it('puts a failed job at the end of its lane, from attempt 0', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobs = await world.loose(projectId, 3)
      const job = await world.startOne(workerId)
      await world.settle([job], broken, workerId)
      await world.retry(job.jobId)
      expect(await world.job(job.jobId)).toMatchObject({
        state: 'pending',
        attempt: 0,
        error: null,
        startedAt: null,
        finishedAt: null,
      })
      expect(await world.line(projectId)).toEqual([jobs[1], jobs[2], jobs[0]])
      expect((await world.stores.jobs.countByType(projectId)).get('analyze')).toMatchObject({
        pending: 3,
        failed: 0,
      })
      expect((await world.start(3, workerId)).at(-1)).toMatchObject({ jobId: job.jobId, attempt: 1 })
    })

    it('makes a completed run run again with its failed job, and says so', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 2 })
      const [first, second] = await world.start(2, workerId)
      await world.settle([present(first)], broken, workerId)
      await world.settle([present(second)], done, workerId)
      await world.retry(present(first).jobId)
      expect(await world.runNow(run.runId)).toMatchObject({
        status: 'running',
        finishedAt: null,
        tallies: { completed: 1, failed: 0, byModel: { m1: { completed: 1, failed: 0 } } },
      })
      await world.settle([await world.startOne(workerId)], done, workerId)
      expect(await world.moves(run)).toEqual([
        'pending → running',
        'running → completed',
        'completed → running',
        'running → completed',
      ])
    })

    it('leaves a run that runs or is paused as it is', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 2 })
      const [first] = await world.start(1, workerId)
      await world.settle([present(first)], broken, workerId)
      await world.pauseRun(run.runId)
      await world.retry(present(first).jobId)
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'paused', tallies: { failed: 0 } })
      expect(await world.feed(9)).toEqual([])
    })

    it('refuses a job of a cancelled run', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 2 })
      const [first] = await world.start(1, workerId)
      await world.settle([present(first)], broken, workerId)
      const cancelled = await world.cancelRun(run.runId)
      await expect(world.retry(present(first).jobId)).rejects.toBeInstanceOf(RunStateError)
      expect(await world.runNow(run.runId)).toEqual(cancelled)
    })

    it('takes a job that failed before a clear', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobs = await world.loose(projectId, 2)
      const job = await world.startOne(workerId)
      await world.settle([job], broken, workerId)
      await world.clear(projectId)
      await world.retry(job.jobId)
      expect(await world.line(projectId)).toEqual([jobs[0]])
      const again = await world.startOne(workerId)
      await world.settle([again], world.retryIn(0), workerId)
      expect((await world.job(job.jobId)).state).toBe('pending')
    })
  })
}
