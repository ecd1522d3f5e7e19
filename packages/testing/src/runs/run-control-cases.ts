import type { JobId, RunId, RunPriority } from '@muster/core'
import { describe, expect } from 'vitest'
import { broken, type Case, done, handedBack, present, recount } from '../jobs/job-world.ts'

/** Pausing, cancelling and opening runs again. */
export function runControlCases(it: Case): void {
  describe('is steered', () => {
    it('gives nothing to lock under an unknown id', async (world) => {
      const locked = await world.persistence.transaction(({ runs }) => runs.lock(world.ids.next() as RunId))
      expect(locked).toBeUndefined()
    })

    it('locks the run as it is', async (world) => {
      const run = await world.run(await world.project())
      expect(await world.persistence.transaction(({ runs }) => runs.lock(run.runId))).toEqual(run)
    })

    it('keeps a locked run as it is: none of its jobs begins or settles before the lock is gone', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 4 })
      const active = await world.start(2, workerId)
      const deliveries = await world.feed(2)
      const locked = Promise.withResolvers<void>()
      const holding = world.persistence.transaction(async ({ runs }) => {
        const before = await runs.lock(runId)
        locked.resolve()
        // As many round trips as a settle or a begin that does not wait would need to overtake.
        for (let trip = 0; trip < 20; trip++) await runs.find(world.ids.next() as RunId)
        expect(await runs.find(runId)).toEqual(before)
        expect(await runs.listJobs(runId, { state: ['active'] }, { limit: 9 })).toHaveLength(2)
      })
      await locked.promise
      const [settled, begun] = await Promise.all([
        world.settle(active, done, workerId),
        world.begin(deliveries, workerId),
        holding,
      ])
      expect([settled.length, begun.length]).toEqual([2, 2])
    })

    it('pauses and goes on, each at the next version', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId)
      const paused = await world.pauseRun(run.runId)
      expect(paused).toEqual({ ...run, status: 'paused', version: run.version + 1 })
      expect(await world.runNow(run.runId)).toEqual(paused)
      const resumed = await world.resumeRun(run.runId, 'pending')
      expect(resumed).toEqual({ ...run, status: 'pending', version: run.version + 2 })
      expect(await world.runNow(run.runId)).toEqual(resumed)
    })

    it('starts no job once a pause has returned, however begins race with it', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 12 })
      const deliveries = await world.feed(12)
      const begins = [0, 4, 8].map((at) => world.begin(deliveries.slice(at, at + 4), workerId))
      await world.pauseRun(runId)
      const activeThen = (await world.jobsOf(runId)).filter(({ state }) => state === 'active')
      const begun = (await Promise.all(begins)).flat()
      expect(begun.map(({ jobId }) => jobId).sort()).toEqual(activeThen.map(({ jobId }) => jobId).sort())
      expect(await world.begin(deliveries, workerId)).toEqual([])
    })

    it('lets active jobs of a paused run finish and count', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId)
      const active = await world.start(2, workerId)
      await world.pauseRun(runId)
      expect(await world.settle(active, done, workerId)).toHaveLength(2)
      expect(await world.runNow(runId)).toMatchObject({ status: 'paused', tallies: { completed: 2 } })
    })

    it('changes its pace: a new one is earned from then on', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 9, maxJobsPerSecond: 0.001 })
      expect(await world.feed(9)).toHaveLength(1)
      const change = (maxJobsPerSecond: number | null) =>
        world.onRun(run.runId, ({ runs }) =>
          runs.change(run.runId, { priority: 'normal', maxJobsPerSecond }, world.clock.now()),
        )
      const changed = await change(1)
      expect(changed).toEqual({ ...run, config: { ...run.config, maxJobsPerSecond: 1 }, version: 2 })
      expect(await world.runNow(run.runId)).toEqual(changed)
      expect(await world.feed(9)).toHaveLength(1)
      await world.clock.advance(1_000)
      expect(await world.feed(9)).toHaveLength(1)
      await change(null)
      expect(await world.feed(9)).toHaveLength(6)
    })

    it('changes its priority: its jobs go before others in their order, those moved one by one stay where they are', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 4 })
      const [a, b, c, d] = (await world.jobsOf(run.runId)).map(({ jobId }) => jobId)
      const loose = await world.looseOne(projectId, { priority: 8 })
      const move = (jobId: JobId | undefined, priority: number) =>
        world.persistence.transaction(async ({ jobs }) => {
          await jobs.lock(present(jobId))
          await jobs.setPriority(present(jobId), priority)
        })
      await move(c, 10)
      await move(d, 0)
      const change = (priority: RunPriority) =>
        world.onRun(run.runId, ({ runs }) =>
          runs.change(run.runId, { priority, maxJobsPerSecond: null }, world.clock.now()),
        )
      expect(await change('high')).toEqual({ ...run, priority: 'high', version: 2 })
      const line = await world.line(projectId)
      expect(new Set(line.slice(0, 3))).toEqual(new Set([a, b, c]))
      expect(line.indexOf(present(a))).toBeLessThan(line.indexOf(present(b)))
      expect(line.slice(3)).toEqual([loose, d])
      await move(d, 10)
      expect(new Set((await world.line(projectId)).slice(0, 4))).toEqual(new Set([a, b, c, d]))
      expect(await change('low')).toMatchObject({ priority: 'low', version: 3 })
      expect(await world.line(projectId)).toEqual([c, loose, a, b, d])
      expect((await world.feed(9)).map(({ jobId }) => jobId)).toEqual([c, loose, a, b, d])
    })

    it('cancels: what is pending counts at once, what is active later and as it ends', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 5, models: ['x', 'y'] })
      const active = await world.start(5, workerId)
      await world.settle(active.slice(0, 1), done, workerId)
      await world.settle(active.slice(1, 2), world.retryIn(5_000), workerId)
      await world.feed(1)
      await world.clock.advance(1_000)
      const before = await world.runNow(run.runId)
      const cancelled = await world.cancelRun(run.runId)
      expect(cancelled).toMatchObject({
        status: 'cancelled',
        version: before.version + 1,
        finishedAt: world.clock.now(),
        tallies: {
          total: 10,
          completed: 1,
          failed: 0,
          cancelled: 6,
          byModel: {
            x: { total: 5, completed: 1, cancelled: 2 },
            y: { total: 5, completed: 0, cancelled: 4 },
          },
        },
      })
      expect(await world.runNow(run.runId)).toEqual(cancelled)
      expect(await world.line(projectId)).toEqual([])
      expect((await world.stores.jobs.countByType(projectId)).get('probe:scenario')).toEqual({
        pending: 0,
        active: 3,
        completed: 1,
        failed: 0,
        cancelled: 6,
      })
      const beat = await world.stores.workers.beat({ workerId, leaseUntil: world.in(9_000) })
      expect(beat.cancelling).toHaveLength(3)
      await world.settle(active.slice(2, 3), done, workerId)
      await world.settle(active.slice(3, 4), world.retryIn(1_000), workerId)
      await world.settle(active.slice(4), handedBack, workerId)
      const after = await world.runNow(run.runId)
      expect(after).toMatchObject({
        status: 'cancelled',
        version: cancelled.version,
        tallies: { completed: 2, failed: 0, cancelled: 8 },
      })
      const jobs = await world.jobsOf(run.runId)
      expect(after.tallies).toMatchObject(recount(jobs))
      for (const job of jobs.filter(({ state }) => state === 'cancelled'))
        expect(job.finishedAt).not.toBeNull()
      await world.clock.advance(10_000)
      expect((await world.wake()).woken).toBe(0)
      expect(await world.feed(9)).toEqual([])
      expect(await world.moves(run)).toEqual(['pending → running'])
    })

    it('keeps nothing of a cancel whose transaction throws', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId)
      const attempt = world.onRun(run.runId, async ({ runs }) => {
        await runs.cancel(run.runId, world.clock.now())
        throw new Error('no')
      })
      await expect(attempt).rejects.toThrow('no')
      expect(await world.runNow(run.runId)).toEqual(run)
      expect((await world.jobsOf(run.runId)).map(({ state }) => state)).toEqual([
        'pending',
        'pending',
        'pending',
      ])
      expect(await world.feed(9)).toHaveLength(3)
    })

    it('opens the failed jobs of a completed run again, at the lane’s end, from attempt 0', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 4, models: ['x'] })
      const active = await world.start(4, workerId)
      await world.settle([present(active[0]), present(active[2])], broken, workerId)
      await world.settle([present(active[1]), present(active[3])], done, workerId)
      const completed = await world.runNow(run.runId)
      const reopened = await world.reopenFailed(run.runId)
      expect(reopened).toMatchObject({
        status: 'running',
        version: completed.version + 1,
        startedAt: completed.startedAt,
        finishedAt: null,
        tallies: {
          total: 4,
          completed: 2,
          failed: 0,
          cancelled: 0,
          byModel: { x: { completed: 2, failed: 0 } },
        },
      })
      expect(await world.runNow(run.runId)).toEqual(reopened)
      expect(await world.line(projectId)).toEqual([active[0]?.jobId, active[2]?.jobId])
      expect(await world.job(present(active[0]).jobId)).toMatchObject({
        state: 'pending',
        attempt: 0,
        finishedAt: null,
      })
      expect((await world.stores.jobs.countByType(projectId)).get('probe:scenario')).toMatchObject({
        pending: 2,
        failed: 0,
        completed: 2,
      })
      const again = await world.start(9, workerId)
      expect(again.map(({ jobId, attempt }) => [jobId, attempt])).toEqual([
        [active[0]?.jobId, 1],
        [active[2]?.jobId, 1],
      ])
      await world.settle(again, done, workerId)
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'completed', tallies: { completed: 4 } })
      expect(await world.moves(run)).toEqual([
        'pending → running',
        'running → completed',
        'running → completed',
      ])
    })
  })
}
