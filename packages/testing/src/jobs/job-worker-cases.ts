import type { JobId } from '@muster/core'
import type { WorkerId } from '@muster/core/ports'
import { MOST_DEATHS, WORKER_LOST } from '@muster/core/rules'
import { describe, expect } from 'vitest'
import { type Case, done, LEASE_MS, present } from './job-world.ts'

/** Workers that live, leave and die, deliveries that get lost, and jobs whose time comes. */
export function jobWorkerCases(it: Case): void {
  describe('looks after workers', () => {
    it('keeps one alive as long as it beats', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 1)
      const job = await world.startOne(workerId)
      for (let beat = 0; beat < 3; beat++) {
        await world.clock.advance(LEASE_MS - 1)
        expect(await world.reap()).toBe(0)
        expect(await world.stores.workers.beat({ workerId, leaseUntil: world.in(LEASE_MS) })).toEqual({
          alive: true,
          cancelling: [],
        })
      }
      expect(await world.settle([job], done, workerId)).toEqual([job.jobId])
    })

    it('puts the jobs of a dead one in line again, at the front, with no attempt used', async (world) => {
      const projectId = await world.project()
      const [dying, other] = [await world.worker(1_000), await world.worker()]
      const jobs = await world.loose(projectId, 5)
      const active = [...(await world.start(2, dying)), ...(await world.take(1, dying))]
      const [kept] = await world.start(1, other)
      await world.clock.advance(1_001)
      expect(await world.reap()).toBe(3)
      expect(await world.line(projectId)).toEqual([jobs[0], jobs[1], jobs[2], jobs[4]])
      expect(await world.job(present(jobs[0]))).toMatchObject({ state: 'pending', attempt: 0 })
      expect((await world.job(present(kept).jobId)).state).toBe('active')
      expect(await world.settle(active, done, dying)).toEqual([])
      expect(await world.take(1, dying)).toEqual([])
      expect(await world.stores.workers.beat({ workerId: dying, leaseUntil: world.in(LEASE_MS) })).toEqual({
        alive: false,
        cancelling: [],
      })
      const again = await world.start(9, other)
      expect(again.map(({ jobId, attempt }) => [jobId, attempt])).toEqual(
        [jobs[0], jobs[1], jobs[2], jobs[4]].map((jobId) => [jobId, 1]),
      )
      expect(await world.reap()).toBe(0)
    })

    it('knows what live ones do, whether a scheduler is alive, and what is due', async (world) => {
      const { workers } = world.stores
      const open = async (types: readonly string[] | undefined, leaseMs: number) => {
        const workerId = world.ids.next() as WorkerId
        await workers.openWorker({ workerId, types, leaseUntil: world.in(leaseMs), now: world.clock.now() })
        return workerId
      }
      const now = () => workers.findAttendance(world.clock.now())
      expect(await now()).toEqual({ workers: {}, scheduled: false, dueAt: null })
      const both = await open(['a type', 'say "x", {y}'], 2_000)
      await open(['a type'], 1_000)
      await open(undefined, 1_000)
      await workers.announceScheduler(world.in(1_500))
      await workers.announceScheduler(world.in(500))
      const seen = await now()
      expect(seen.workers).toEqual({ 'a type': 2, 'say "x", {y}': 1 })
      expect(seen.scheduled).toBe(true)
      await world.clock.advance(1_600)
      await workers.beat({ workerId: both, leaseUntil: world.in(1_000) })
      expect(await now()).toMatchObject({ workers: { 'a type': 1 }, scheduled: false })
      await world.clock.advance(900)
      expect((await now()).workers).toEqual({ 'a type': 1, 'say "x", {y}': 1 })
      await workers.closeWorker(both, world.clock.now())
      expect((await now()).workers).toEqual({})
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 1)
      const dueAt = world.in(5_000)
      await world.settle([await world.startOne(workerId)], world.retryIn(5_000), workerId)
      expect((await now()).dueAt).toEqual(dueAt)
    })

    it('does not know one that never registered', async (world) => {
      const workerId = world.ids.next() as WorkerId
      expect(await world.stores.workers.beat({ workerId, leaseUntil: world.in(1_000) })).toEqual({
        alive: false,
        cancelling: [],
      })
    })

    it('puts what one that leaves had not settled in line again at once, with no attempt used', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobs = await world.loose(projectId, 3)
      const left = await world.take(2, workerId)
      await world.stores.workers.closeWorker(workerId, world.clock.now())
      const other = await world.worker()
      expect(await world.settle(left, done, workerId)).toEqual([])
      const again = await world.start(9, other)
      expect(again.map(({ jobId, attempt }) => [jobId, attempt])).toEqual(jobs.map((jobId) => [jobId, 1]))
    })

    it('settles as cancelled what one that leaves was told to stop', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const item = await world.looseOne(projectId)
      const run = await world.run(projectId, { scenarios: 1 })
      expect(await world.start(9, workerId)).toHaveLength(2)
      await world.requestCancel(item)
      await world.cancelRun(run.runId)
      await world.stores.workers.closeWorker(workerId, world.clock.now())
      expect(await world.job(item)).toMatchObject({
        state: 'cancelled',
        error: null,
        finishedAt: world.clock.now(),
      })
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'cancelled', tallies: { cancelled: 1 } })
      expect(await world.feed(9)).toEqual([])
    })

    it('fails a job whose worker died five times in a row', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 1 })
      let jobId: JobId | undefined
      for (let death = 1; death <= MOST_DEATHS; death++) {
        const workerId = await world.worker(1_000)
        const job = await world.startOne(workerId)
        expect(job.attempt).toBe(1)
        jobId = job.jobId
        await world.clock.advance(1_001)
        expect(await world.reap()).toBe(1)
        expect((await world.job(job.jobId)).state).toBe(death < MOST_DEATHS ? 'pending' : 'failed')
      }
      expect(await world.job(present(jobId))).toMatchObject({
        attempt: 0,
        error: WORKER_LOST,
        finishedAt: world.clock.now(),
      })
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'completed', tallies: { failed: 1 } })
      const facts = await world.facts(projectId)
      expect(facts.map(({ type }) => type)).toEqual([
        'run_status_changed',
        'job_failed',
        'run_status_changed',
      ])
      expect(facts[1]?.data).toMatchObject({
        itemId: jobId,
        runId: run.runId,
        attempt: 0,
        error: { code: 'worker_lost' },
      })
    })

    it('counts only deaths in a row', async (world) => {
      const projectId = await world.project()
      const jobId = await world.looseOne(projectId)
      const die = async (): Promise<void> => {
        await world.startOne(await world.worker(1_000))
        await world.clock.advance(1_001)
        await world.reap()
      }
      for (let death = 0; death < MOST_DEATHS - 1; death++) await die()
      const workerId = await world.worker()
      await world.settle([await world.startOne(workerId)], world.retryIn(0), workerId)
      await world.wake()
      for (let death = 0; death < MOST_DEATHS - 1; death++) await die()
      expect(await world.job(jobId)).toMatchObject({ state: 'pending', attempt: 1 })
      await die()
      expect((await world.job(jobId)).state).toBe('failed')
    })

    it('settles as cancelled what a dead one was told to stop: an item, a run, a cleared project', async (world) => {
      const [one, two] = [await world.project(), await world.project()]
      const workerId = await world.worker(1_000)
      const item = await world.looseOne(one)
      const run = await world.run(one, { scenarios: 1 })
      const cleared = await world.run(two, { scenarios: 1 })
      expect(await world.start(9, workerId)).toHaveLength(3)
      await world.requestCancel(item)
      await world.cancelRun(run.runId)
      await world.clear(two)
      await world.clock.advance(1_001)
      expect(await world.reap()).toBe(3)
      expect((await world.job(item)).state).toBe('cancelled')
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'cancelled', tallies: { cancelled: 1 } })
      expect(await world.runNow(cleared.runId)).toMatchObject({
        status: 'completed',
        tallies: { cancelled: 1 },
      })
      expect(await world.feed(9)).toEqual([])
    })
  })

  describe('finds what got lost', () => {
    it('lists deliveries to a broker that nobody has begun since, and only those', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 5)
      const brokered = await world.feed(2)
      const start = world.clock.now()
      expect(await world.stores.workers.listUndelivered(start, 9)).toEqual([])
      await world.clock.advance(1_000)
      await world.feed(1)
      expect(await world.stores.workers.listUndelivered(world.clock.now(), 9)).toEqual(brokered)
      expect(await world.stores.workers.listUndelivered(world.clock.now(), 1)).toHaveLength(1)
      const { type } = present(brokered[0])
      expect(await world.stores.workers.listUndelivered(world.clock.now(), 9, ['other', type])).toEqual(
        brokered,
      )
      expect(await world.stores.workers.listUndelivered(world.clock.now(), 9, ['other'])).toEqual([])
      await world.begin(brokered.slice(0, 1), workerId)
      expect(await world.stores.workers.listUndelivered(world.clock.now(), 9)).toEqual(brokered.slice(1))
      await world.cancelPending(present(brokered[1]).jobId)
      expect(await world.stores.workers.listUndelivered(world.clock.now(), 9)).toEqual([])
    })
  })

  describe('wakes', () => {
    it('puts delayed jobs in line at their time, not before', async (world) => {
      const projectId = await world.project()
      const delayed = await world.looseOne(projectId, { delayMs: 2_000 })
      const later = await world.looseOne(projectId, { delayMs: 3_000 })
      expect(await world.feed(9)).toEqual([])
      await world.clock.advance(1_999)
      expect(await world.wake()).toEqual({ woken: 0, nextAt: world.in(1) })
      await world.clock.advance(1)
      expect(await world.wake()).toEqual({ woken: 1, nextAt: world.in(1_000) })
      expect(await world.item(delayed)).toMatchObject({ position: 1, globalPosition: 1 })
      expect((await world.feed(9)).map(({ jobId }) => jobId)).toEqual([delayed])
      expect((await world.item(later)).position).toBeNull()
    })

    it('wakes at most as many as asked, the longest due first, and says when to come again', async (world) => {
      const projectId = await world.project()
      const due = world.in(1_000)
      const [second] = await world.loose(projectId, 1, { delayMs: 2_000 })
      const [first] = await world.loose(projectId, 1, { delayMs: 1_000 })
      await world.clock.advance(5_000)
      expect(await world.wake(1)).toEqual({ woken: 1, nextAt: new Date(due.getTime() + 1_000) })
      expect(await world.line(projectId)).toEqual([first])
      expect(await world.wake(1)).toEqual({ woken: 1, nextAt: null })
      expect(new Set(await world.line(projectId))).toEqual(new Set([first, second]))
    })

    it('puts a job whose lane has moved on before the jobs that were added since', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const delayed = await world.looseOne(projectId, { delayMs: 1_000 })
      await world.loose(projectId, 1)
      await world.settle([await world.startOne(workerId)], done, workerId)
      const [after] = await world.loose(projectId, 1)
      await world.clock.advance(1_000)
      await world.wake()
      expect(await world.line(projectId)).toEqual([delayed, after])
    })
  })
}
