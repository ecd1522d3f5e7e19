import { describe, expect } from 'vitest'
import type { JobId, WorkerId } from '../ids.ts'
import type { StepProgress } from '../jobs/job.ts'
import { broken, type Case, done, handedBack, ODD, present, recount, stopped } from './job-world.ts'

/** Beginning and settling: who may, once, and what it makes true. */
export function jobAttemptCases(it: Case): void {
  describe('begins', () => {
    it('gives a begun job with its payload, at its attempt', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 1, models: ['x'], maxAttempts: 2 })
      const loose = await world.looseOne(projectId, { priority: 0 })
      const active = await world.start(2, workerId)
      expect(active[0]).toMatchObject({
        projectId,
        runId,
        taskId: null,
        type: 'probe:scenario',
        payload: { n: 1 },
        model: 'x',
        scenarioId: 's1',
        attempt: 1,
        maxAttempts: 2,
      })
      expect(active[1]).toMatchObject({
        jobId: loose,
        runId: null,
        model: null,
        scenarioId: null,
        attempt: 1,
      })
      expect(await world.job(loose)).toMatchObject({
        state: 'active',
        attempt: 1,
        startedAt: world.clock.now(),
        finishedAt: null,
      })
    })

    it('refuses what was never fed, and what is settled', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const [first, second] = await world.loose(projectId, 2)
      const [delivery] = await world.feed(1, workerId)
      const made = { ...present(delivery), jobId: present(second) }
      expect(await world.begin([made], workerId)).toEqual([])
      await world.settle(await world.begin([present(delivery)], workerId), done, workerId)
      expect(await world.begin([present(delivery)], workerId)).toEqual([])
      expect((await world.job(present(first))).state).toBe('completed')
      expect((await world.job(present(second))).state).toBe('pending')
    })

    it('begins a job once, however often it is delivered', async (world) => {
      const projectId = await world.project()
      const [one, two] = [await world.worker(), await world.worker()]
      await world.loose(projectId, 1)
      const deliveries = await world.feed(1)
      const begun = await Promise.all([
        world.begin([...deliveries, ...deliveries], one),
        world.begin(deliveries, two),
        world.begin(deliveries, one),
      ])
      expect(begun.flat()).toHaveLength(1)
      expect((await world.job(present(deliveries[0]).jobId)).attempt).toBe(1)
    })

    it('refuses a worker that was declared dead, has left, or never came', async (world) => {
      const projectId = await world.project()
      await world.loose(projectId, 1)
      const deliveries = await world.feed(1)
      const dead = await world.worker(1_000)
      await world.clock.advance(1_001)
      await world.reap()
      const gone = await world.worker()
      await world.stores.jobs.closeWorker(gone, world.clock.now())
      for (const workerId of [dead, gone, world.ids.next() as WorkerId]) {
        expect(await world.begin(deliveries, workerId)).toEqual([])
      }
      expect(await world.begin(deliveries, await world.worker())).toHaveLength(1)
    })

    it('refuses behind a shut gate; what was held starts once it opens', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 2)
      const held = await world.feed(2, workerId)
      for (const gate of [projectId, null]) {
        await world.setPaused(gate, true)
        expect(await world.begin(held, workerId)).toEqual([])
        await world.setPaused(gate, false)
      }
      const again = await world.feed(2, workerId)
      expect(await world.begin([...held, ...again], workerId)).toHaveLength(2)
    })

    it('refuses jobs of a paused run; what was held starts when it goes on', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 2 })
      const held = await world.feed(2, workerId)
      await world.pauseRun(runId)
      expect(await world.begin(held, workerId)).toEqual([])
      expect((await world.runNow(runId)).startedAt).toBeNull()
      await world.resumeRun(runId, 'pending')
      const again = await world.feed(2, workerId)
      expect(await world.begin([...held, ...again], workerId)).toHaveLength(2)
    })

    it('refuses what was cancelled after it was handed over: a run, an item, a whole project', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const cancelled = await world.run(projectId, { scenarios: 2 })
      const item = await world.looseOne(projectId)
      await world.looseOne(projectId, { priority: 1 })
      const held = await world.feed(9, workerId)
      expect(held).toHaveLength(4)
      await world.cancelRun(cancelled.runId)
      await world.cancelPending(item)
      await world.clear(projectId)
      expect(await world.begin(held, workerId)).toEqual([])
      expect(await world.feed(9, workerId)).toEqual([])
    })

    it('refuses a delivery that a move has outlived', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const [moved] = await world.loose(projectId, 1)
      const stale = await world.feed(1, workerId)
      await world.setPriority(present(moved), 1)
      expect(await world.begin(stale, workerId)).toEqual([])
      const fresh = await world.feed(1, workerId)
      expect(fresh.map(({ jobId }) => jobId)).toEqual([moved])
      expect(await world.begin(fresh, workerId)).toHaveLength(1)
    })

    it('makes a pending run running with its first start, and says so once', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 3 })
      expect(await world.runNow(run.runId)).toMatchObject({ status: 'pending', startedAt: null })
      await world.clock.advance(5_000)
      await world.start(2, workerId)
      const startedAt = world.clock.now()
      const running = await world.runNow(run.runId)
      expect(running).toMatchObject({ status: 'running', startedAt, version: run.version + 1 })
      await world.clock.advance(5_000)
      await world.start(1, workerId)
      expect(await world.runNow(run.runId)).toEqual(running)
      const facts = await world.facts(projectId)
      expect(facts.map(({ type, data, affectedUserIds }) => ({ type, data, affectedUserIds }))).toEqual([
        {
          type: 'run_status_changed',
          data: { runId: run.runId, status: 'running', from: 'pending', version: run.version + 1 },
          affectedUserIds: null,
        },
      ])
    })
  })

  describe('settles', () => {
    it('records a result once', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 2, models: ['x', 'y'] })
      const active = await world.start(4, workerId)
      await world.clock.advance(1_000)
      const first = present(active[0])
      const outcome = {
        jobId: first.jobId,
        attempt: first.attempt,
        kind: 'completed',
        result: { a: [1, null] },
      } as const
      expect(await world.settleEach([outcome, outcome], workerId)).toEqual([first.jobId])
      expect(await world.settleEach([{ ...outcome, result: 'other' }], workerId)).toEqual([])
      expect(await world.settle([first], broken, workerId)).toEqual([])
      expect(await world.job(first.jobId)).toMatchObject({
        state: 'completed',
        result: { a: [1, null] },
        error: null,
        attempt: 1,
        finishedAt: world.clock.now(),
      })
      expect((await world.runNow(runId)).tallies).toEqual({
        total: 4,
        completed: 1,
        failed: 0,
        cancelled: 0,
        byModel: {
          x: { total: 2, completed: 1, failed: 0, cancelled: 0 },
          y: { total: 2, completed: 0, failed: 0, cancelled: 0 },
        },
      })
    })

    it('records one of two that race', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 5 })
      const active = await world.start(5, workerId)
      const recorded = await Promise.all([
        world.settle(active, done, workerId),
        world.settle(active.toReversed(), done, workerId),
        world.settle(active, broken, workerId),
      ])
      expect(new Set(recorded.flat()).size).toBe(5)
      expect(recorded.flat()).toHaveLength(5)
      const run = await world.runNow(runId)
      expect(run.tallies).toMatchObject(recount(await world.jobsOf(runId)))
      expect(run.status).toBe('completed')
      expect(await world.moves(run)).toEqual(['pending → running', 'running → completed'])
    })

    it('fences by attempt and by worker', async (world) => {
      const projectId = await world.project()
      const [workerId, other] = [await world.worker(), await world.worker()]
      await world.loose(projectId, 1)
      const job = await world.startOne(workerId)
      expect(await world.settle([job], done, other)).toEqual([])
      expect(await world.settle([{ ...job, attempt: 2 }], done, workerId)).toEqual([])
      await world.settle([job], world.retryIn(1_000), workerId)
      await world.clock.advance(1_000)
      await world.wake()
      const again = await world.startOne(workerId)
      expect(again).toMatchObject({ jobId: job.jobId, attempt: 2 })
      expect(await world.settle([job], done, workerId)).toEqual([])
      expect(await world.settle([again], done, workerId)).toEqual([job.jobId])
    })

    it('keeps the last step that comes with an outcome', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 1)
      const { jobId, attempt } = await world.startOne(workerId)
      const step: StepProgress = { name: 'probe', index: 2, total: 2 }
      await world.settleEach(
        [{ jobId, attempt, step, progress: 100, kind: 'completed', result: 1 }],
        workerId,
      )
      expect(await world.job(jobId)).toMatchObject({ step, progress: 100 })
    })

    it('keeps an error for good and tells it as a fact', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 2 })
      const [job] = await world.start(2, workerId)
      const { jobId } = present(job)
      await world.settle([present(job)], broken, workerId)
      expect(await world.job(jobId)).toMatchObject({ state: 'failed', error: ODD, result: null })
      expect((await world.runNow(runId)).tallies).toMatchObject({ failed: 1, byModel: { m1: { failed: 1 } } })
      const facts = (await world.facts(projectId)).filter(({ type }) => type === 'job_failed')
      expect(facts.map(({ data }) => data)).toEqual([
        {
          itemId: jobId,
          runId,
          type: 'probe:scenario',
          attempt: 1,
          error: { code: ODD.code, message: ODD.message },
        },
      ])
    })

    it('completes a run with its last job, in the same moment, with its fact', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 2, models: ['x', 'y'] })
      const active = await world.start(4, workerId)
      await world.settle(active.slice(0, 3), done, workerId)
      expect((await world.runNow(run.runId)).status).toBe('running')
      await world.clock.advance(1_000)
      await world.settle(active.slice(3), broken, workerId)
      expect(await world.runNow(run.runId)).toMatchObject({
        status: 'completed',
        version: run.version + 2,
        finishedAt: world.clock.now(),
        tallies: { total: 4, completed: 3, failed: 1, cancelled: 0 },
      })
      const facts = await world.facts(projectId)
      expect(facts.at(-1)).toMatchObject({
        type: 'run_status_changed',
        data: { runId: run.runId, from: 'running', status: 'completed', version: run.version + 2 },
      })
      expect(await world.moves(run)).toEqual(['pending → running', 'running → completed'])
    })

    it('completes a paused run that drains', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 1 })
      const active = await world.start(1, workerId)
      await world.pauseRun(run.runId)
      await world.settle(active, done, workerId)
      expect((await world.runNow(run.runId)).status).toBe('completed')
      expect(await world.moves(run)).toEqual(['pending → running', 'paused → completed'])
    })

    it('lets a retry wait, out of line, and then go before what was never fed', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobs = await world.loose(projectId, 3)
      const job = await world.startOne(workerId)
      await world.settle([job], world.retryIn(5_000), workerId)
      expect(await world.item(job.jobId)).toMatchObject({
        state: 'pending',
        attempt: 1,
        error: ODD,
        position: null,
        globalPosition: null,
        availableAt: world.in(5_000),
      })
      expect(await world.wake()).toEqual({ woken: 0, nextAt: world.in(5_000) })
      expect(await world.line(projectId)).toEqual(jobs.slice(1))
      await world.clock.advance(5_000)
      expect(await world.wake()).toEqual({ woken: 1, nextAt: null })
      expect(await world.line(projectId)).toEqual(jobs)
      expect(await world.startOne(workerId)).toMatchObject({ jobId: job.jobId, attempt: 2 })
      expect((await world.facts(projectId)).map(({ type }) => type)).toEqual([])
    })

    it('takes back what is returned, at once, at the front, without counting the attempt', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobs = await world.loose(projectId, 3)
      const active = await world.start(2, workerId)
      expect(await world.settle(active, handedBack, workerId)).toHaveLength(2)
      expect(await world.line(projectId)).toEqual(jobs)
      expect(await world.job(present(jobs[0]))).toMatchObject({ state: 'pending', attempt: 0 })
      expect(await world.start(1, workerId)).toMatchObject([{ jobId: jobs[0], attempt: 1 }])
    })

    it('settles in one call whatever ended, each in its own way', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 5 })
      const [a, b, c, d, e] = (await world.start(5, workerId)).map(({ jobId, attempt }) => ({
        jobId,
        attempt,
      }))
      await world.requestCancel(present(e).jobId)
      const recorded = await world.settleEach(
        [
          { ...present(a), kind: 'completed', result: 1 },
          { ...present(b), kind: 'failed', error: ODD },
          { ...present(c), kind: 'retry', error: ODD, availableAt: world.in(1_000) },
          { ...present(d), kind: 'returned' },
          { ...present(e), kind: 'cancelled' },
          { jobId: world.ids.next() as JobId, attempt: 1, kind: 'completed', result: 1 },
        ],
        workerId,
      )
      expect([...recorded].sort()).toEqual([a, b, c, d, e].map((job) => present(job).jobId).sort())
      expect((await world.jobsOf(runId)).map(({ state }) => state)).toEqual([
        'completed',
        'failed',
        'pending',
        'pending',
        'cancelled',
      ])
      expect((await world.runNow(runId)).tallies).toMatchObject({ completed: 1, failed: 1, cancelled: 1 })
    })

    it('knows how fast a run settles', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 60 })
      expect((await world.runNow(runId)).ratePerSecond).toBe(0)
      for (let half = 0; half < 24; half++) {
        await world.settle(await world.start(2, workerId), done, workerId)
        await world.clock.advance(500)
      }
      const { ratePerSecond } = await world.runNow(runId)
      expect(ratePerSecond).toBeGreaterThan(3)
      expect(ratePerSecond).toBeLessThan(5)
    })
  })

  describe('takes steps', () => {
    it('keeps the furthest step of an attempt, and forgets it with the next', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 1)
      const { jobId, attempt } = await world.startOne(workerId)
      const report = (index: number, progress: number, by = workerId, at = attempt) =>
        world.stores.jobs.reportSteps(
          [{ jobId, attempt: at, step: { name: `step ${index}`, index, total: 3 }, progress }],
          by,
        )
      const shown = async () => {
        const { step, progress } = await world.job(jobId)
        return [step?.index ?? null, progress]
      }
      expect(await shown()).toEqual([null, 0])
      await report(2, 40)
      expect(await shown()).toEqual([2, 40])
      await report(1, 90)
      await report(2, 30)
      expect(await shown()).toEqual([2, 40])
      await report(2, 50)
      expect(await shown()).toEqual([2, 50])
      await report(3, 99, await world.worker())
      await report(3, 99, workerId, 2)
      expect(await shown()).toEqual([2, 50])
      await world.settle([{ jobId, attempt }], world.retryIn(0), workerId)
      await world.wake()
      await world.startOne(workerId)
      expect(await shown()).toEqual([null, 0])
    })
  })

  describe('counts', () => {
    it('by type, in the project and over all, without those it does not know', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const workerId = await world.worker()
      await world.run(mine, { scenarios: 2, priority: 'high' })
      await world.loose(mine, 2, { type: 'other' })
      await world.loose(mine, 1, { delayMs: 9_000 })
      await world.loose(theirs, 1, { type: 'other' })
      const [first, second] = await world.start(2, workerId)
      await world.settle([present(first)], done, workerId)
      await world.settle([present(second)], world.retryIn(1_000), workerId)
      await world.startOne(workerId)
      const none = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
      expect(Object.fromEntries(await world.stores.jobs.countByType(mine))).toEqual({
        'probe:scenario': { ...none, pending: 1, completed: 1 },
        other: { ...none, pending: 1, active: 1 },
        analyze: { ...none, pending: 1 },
      })
      expect((await world.stores.jobs.countByType(null)).get('other')).toEqual({
        ...none,
        pending: 2,
        active: 1,
      })
      await world.cancelPending(await world.looseOne(theirs))
      expect((await world.stores.jobs.countByType(theirs)).get('analyze')).toEqual({ ...none, cancelled: 1 })
      const empty = await world.stores.jobs.countByType(await world.project())
      expect(empty.size).toBe(0)
    })
  })

  describe('stops', () => {
    it('records as cancelled what stopped because it was told to', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 1)
      const job = await world.startOne(workerId)
      await world.requestCancel(job.jobId)
      await world.settle([job], stopped, workerId)
      expect(await world.job(job.jobId)).toMatchObject({
        state: 'cancelled',
        cancelling: false,
        finishedAt: world.clock.now(),
      })
    })
  })
}
