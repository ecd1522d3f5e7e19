import type { JobId } from '@muster/core'
import { describe, expect } from 'vitest'
import { broken, type Case, done, handedBack, present, recount } from './job-world.ts'

/** Stopping jobs one by one and all at once. */
export function jobCancelCases(it: Case): void {
  describe('cancels', () => {
    it('takes a pending job out of the line at once', async (world) => {
      const projectId = await world.project()
      const [a, b] = await world.loose(projectId, 2)
      await world.clock.advance(1_000)
      await world.cancelPending(present(a))
      expect(await world.item(present(a))).toMatchObject({
        state: 'cancelled',
        position: null,
        finishedAt: world.clock.now(),
      })
      expect(await world.line(projectId)).toEqual([b])
      expect((await world.feed(9)).map(({ jobId }) => jobId)).toEqual([b])
    })

    it('keeps a job that waits from ever waking', async (world) => {
      const projectId = await world.project()
      const delayed = await world.looseOne(projectId, { delayMs: 1_000 })
      await world.cancelPending(delayed)
      await world.clock.advance(1_000)
      expect(await world.wake()).toEqual({ woken: 0, nextAt: null })
      expect((await world.job(delayed)).state).toBe('cancelled')
      expect(await world.feed(9)).toEqual([])
    })

    it('counts a job of a run, which completes with its last', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 2 })
      await world.settle([await world.startOne(workerId)], done, workerId)
      const last = present((await world.jobsOf(run.runId))[1])
      await world.cancelPending(last.jobId)
      expect(await world.runNow(run.runId)).toMatchObject({
        status: 'completed',
        finishedAt: world.clock.now(),
        tallies: { completed: 1, cancelled: 1, byModel: { m1: { completed: 1, cancelled: 1 } } },
      })
      expect(await world.moves(run)).toEqual(['pending → running', 'running → completed'])
    })

    it('completes a pending run with its only job, unstarted', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 1 })
      await world.cancelPending(present((await world.jobsOf(run.runId))[0]).jobId)
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'completed', startedAt: null })
      expect(await world.moves(run)).toEqual(['pending → completed'])
    })

    it('tells the worker of an active job; the outcome that it still settles decides', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 5)
      const active = await world.start(5, workerId)
      for (const { jobId } of active) await world.requestCancel(jobId)
      expect(await world.item(present(active[0]).jobId)).toMatchObject({ state: 'active', cancelling: true })
      const beat = await world.stores.workers.beat({ workerId, leaseUntil: world.in(9_000) })
      expect(beat.alive).toBe(true)
      expect([...beat.cancelling].sort()).toEqual(active.map(({ jobId }) => jobId).sort())
      await world.settle(active.slice(0, 1), done, workerId)
      await world.settle(active.slice(1, 2), broken, workerId)
      await world.settle(active.slice(2, 3), world.retryIn(1_000), workerId)
      await world.settle(active.slice(3, 4), handedBack, workerId)
      const states = await Promise.all(active.map(async ({ jobId }) => (await world.job(jobId)).state))
      expect(states).toEqual(['completed', 'failed', 'cancelled', 'cancelled', 'active'])
      expect(await world.stores.workers.beat({ workerId, leaseUntil: world.in(9_000) })).toEqual({
        alive: true,
        cancelling: [active[4]?.jobId],
      })
    })

    it('keeps nothing of a cancel whose transaction throws', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 1 })
      const { jobId } = present((await world.jobsOf(run.runId))[0])
      await expect(
        world.onJob(jobId, async ({ jobs }) => {
          await jobs.cancelPending(jobId, world.clock.now())
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await world.item(jobId)).toMatchObject({ state: 'pending', position: 1 })
      expect(await world.runNow(run.runId)).toEqual(run)
      expect(await world.facts(projectId)).toEqual([])
      expect(await world.feed(2)).toHaveLength(1)
    })
  })

  describe('clears', () => {
    it('cancels all that is pending in a project and nothing else', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const workerId = await world.worker()
      await world.loose(mine, 2, { priority: 9 })
      const foreign = await world.loose(theirs, 2, { priority: 1 })
      const [active, finished] = await world.start(2, workerId)
      await world.settle([present(finished)], done, workerId)
      const pending = await world.loose(mine, 2)
      const delayed = await world.looseOne(mine, { delayMs: 1_000, type: 'other' })
      const run = await world.run(mine, { scenarios: 3 })
      await world.feed(1)
      await world.clock.advance(500)
      expect(await world.clear(mine)).toBe(6)
      expect(await world.line(mine)).toEqual([])
      expect(await world.line(theirs)).toEqual(foreign)
      for (const jobId of [...pending, delayed]) {
        expect(await world.item(jobId)).toMatchObject({
          state: 'cancelled',
          position: null,
          finishedAt: world.clock.now(),
        })
      }
      expect((await world.job(present(active).jobId)).state).toBe('active')
      const none = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
      expect(Object.fromEntries(await world.stores.jobs.countByType(mine))).toEqual({
        analyze: { ...none, active: 1, completed: 1, cancelled: 2 },
        other: { ...none, cancelled: 1 },
        'probe:scenario': { ...none, cancelled: 3 },
      })
      expect(await world.runNow(run.runId)).toMatchObject({
        status: 'completed',
        tallies: { cancelled: 3, byModel: { m1: { cancelled: 3 } } },
      })
      expect(await world.moves(run)).toEqual(['pending → completed'])
      expect((await world.feed(9)).map(({ jobId }) => jobId)).toEqual(foreign)
      expect(await world.clear(mine)).toBe(0)
    })

    it('leaves active jobs to end as they do, but tries none of them again', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 4 })
      const active = await world.start(3, workerId)
      expect(await world.clear(projectId)).toBe(1)
      expect((await world.runNow(run.runId)).status).toBe('running')
      await world.settle(active.slice(0, 1), done, workerId)
      await world.settle(active.slice(1, 2), world.retryIn(1_000), workerId)
      await world.settle(active.slice(2), handedBack, workerId)
      expect((await world.jobsOf(run.runId)).map(({ state }) => state)).toEqual([
        'completed',
        'cancelled',
        'cancelled',
        'cancelled',
      ])
      expect(await world.runNow(run.runId)).toMatchObject({
        status: 'completed',
        tallies: { completed: 1, cancelled: 3 },
      })
      expect(await world.moves(run)).toEqual(['pending → running', 'running → completed'])
    })

    it('takes new jobs in the same lanes afterwards', async (world) => {
      const projectId = await world.project()
      await world.loose(projectId, 3)
      await world.clear(projectId)
      const fresh = await world.loose(projectId, 2)
      expect(await world.line(projectId)).toEqual(fresh)
      expect((await world.feed(9)).map(({ jobId }) => jobId)).toEqual(fresh)
    })

    it('tidies afterwards what it decided on, which changes nothing that anybody sees', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 5, models: ['x', 'y'] })
      await world.loose(projectId, 3)
      await world.clear(projectId)
      const look = async () => ({
        items: await world.items(projectId),
        jobs: await world.jobsOf(run.runId),
        run: await world.runNow(run.runId),
        counts: await world.stores.jobs.countByType(projectId),
      })
      const before = await look()
      expect(before.items.map(({ state }) => state)).toEqual(Array.from({ length: 13 }, () => 'cancelled'))
      expect(before.run.tallies).toMatchObject(recount(before.jobs))
      for (let swept = 1, calls = 0; swept > 0; calls++) {
        swept = await world.stores.workers.sweepCancelled(4)
        expect(swept).toBeLessThanOrEqual(4)
        expect(calls).toBeLessThan(20)
      }
      expect(await look()).toEqual(before)
    })
  })

  describe('locks', () => {
    it('gives the job as it is, and nothing for an unknown id', async (world) => {
      const projectId = await world.project()
      const jobId = await world.looseOne(projectId)
      await world.onJob(jobId, async (_stores, job) => expect(job).toEqual(await _stores.jobs.find(jobId)))
      const unknown = await world.persistence.transaction(({ jobs }) => jobs.lock(world.ids.next() as JobId))
      expect(unknown).toBeUndefined()
    })

    it('gives many jobs by id, as they are, and leaves out those that are not there', async (world) => {
      const [first, second] = [await world.project(), await world.project()]
      const jobIds = [...(await world.loose(second, 2)), ...(await world.loose(first, 2))]
      const asked = [...jobIds.toReversed(), world.ids.next() as JobId]
      const locked = await world.persistence.transaction(({ jobs }) => jobs.lockMany(asked))
      expect(locked.map(({ jobId }) => jobId)).toEqual(jobIds.toSorted())
      for (const job of locked) expect(job).toEqual(await world.stores.jobs.find(job.jobId))
      expect(await world.persistence.transaction(({ jobs }) => jobs.lockMany([]))).toEqual([])
    })

    it('makes a cancel and a begin meet: one of them wins', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobs = await world.loose(projectId, 6)
      const deliveries = await world.feed(6)
      const cancel = (jobId: JobId): Promise<void> =>
        world.onJob(jobId, async (stores, { state }) => {
          if (state === 'pending') await stores.jobs.cancelPending(jobId, world.clock.now())
        })
      const [begun] = await Promise.all([world.begin(deliveries, workerId), ...jobs.map(cancel)])
      const active = new Set(begun.map(({ jobId }) => jobId))
      for (const jobId of jobs) {
        expect((await world.job(jobId)).state).toBe(active.has(jobId) ? 'active' : 'cancelled')
      }
    })
  })
}
