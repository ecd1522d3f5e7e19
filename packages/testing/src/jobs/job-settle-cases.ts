import type { JobId } from '@muster/core'
import type { StepProgress } from '@muster/core/ports'
import { describe, expect } from 'vitest'
import {
  broken,
  type Case,
  done,
  type Ending,
  handedBack,
  ODD,
  present,
  recount,
  stopped,
} from './job-world.ts'

/** How attempts end: each recorded once, and what it makes true. */
export function jobSettleCases(it: Case): void {
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
        start: first.start,
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

    it('fences by start and by worker', async (world) => {
      const projectId = await world.project()
      const [workerId, other] = [await world.worker(), await world.worker()]
      await world.loose(projectId, 1)
      const job = await world.startOne(workerId)
      expect(await world.settle([job], done, other)).toEqual([])
      expect(await world.settle([{ ...job, start: job.start + 1 }], done, workerId)).toEqual([])
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
      const { jobId, start } = await world.startOne(workerId)
      const step: StepProgress = { name: 'probe', index: 2, total: 2 }
      await world.settleEach([{ jobId, start, step, progress: 100, kind: 'completed', result: 1 }], workerId)
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

    it('uses no attempt if the other side asks to wait', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 1, maxAttempts: 1 })
      const job = await world.startOne(workerId)
      expect(job).toMatchObject({ attempt: 1, notNows: 0 })
      await world.settle([job], world.notNowFor(5_000), workerId)
      expect(await world.item(job.jobId)).toMatchObject({
        state: 'pending',
        attempt: 0,
        error: ODD,
        position: null,
        availableAt: world.in(5_000),
      })
      expect(await world.wake()).toEqual({ woken: 0, nextAt: world.in(5_000) })
      await world.clock.advance(5_000)
      await world.wake()
      const again = await world.startOne(workerId)
      expect(again).toMatchObject({ jobId: job.jobId, attempt: 1, notNows: 1 })
      expect((await world.runNow(runId)).tallies).toMatchObject({ total: 1, failed: 0, completed: 0 })
      await world.settle([again], done, workerId)
      expect(await world.runNow(runId)).toMatchObject({ status: 'completed', tallies: { completed: 1 } })
      expect(await world.job(job.jobId)).toMatchObject({ state: 'completed', attempt: 1, error: null })
    })

    it('counts answers in a row that ask to wait until an attempt ends otherwise', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      await world.loose(projectId, 1)
      const counted: number[] = []
      const endings = [
        world.notNowFor(0),
        world.notNowFor(0),
        handedBack,
        world.retryIn(0, true),
        world.notNowFor(0),
        world.retryIn(0),
        world.notNowFor(0),
        broken,
      ]
      for (const ending of endings) {
        const job = await world.startOne(workerId)
        counted.push(job.notNows)
        await world.settle([job], ending, workerId)
        await world.wake()
        if (ending === broken) await world.retry(job.jobId)
      }
      expect(counted).toEqual([0, 1, 2, 2, 2, 3, 0, 1])
      const dying = await world.worker(1_000)
      const reopened = await world.startOne(dying)
      expect(reopened).toMatchObject({ attempt: 1, notNows: 0 })
      await world.settle([reopened], world.notNowFor(0), dying)
      await world.wake()
      await world.startOne(dying)
      await world.clock.advance(1_001)
      await world.reap()
      expect(await world.startOne(workerId)).toMatchObject({ attempt: 1, notNows: 1 })
    })

    it('refuses what comes late of an earlier start that was not counted', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      for (const uncounted of [world.notNowFor(0), handedBack, broken]) {
        const [jobId] = await world.loose(projectId, 1)
        const first = await world.startOne(workerId)
        await world.settle([first], uncounted, workerId)
        if (uncounted === broken) await world.retry(first.jobId)
        await world.wake()
        const second = await world.startOne(workerId)
        expect(second).toMatchObject({ jobId, attempt: first.attempt })
        for (const late of [uncounted, done, broken, handedBack]) {
          expect(await world.settle([first], late, workerId)).toEqual([])
        }
        const report = { step: { name: 'late', index: 1, total: 1 }, progress: 50 }
        await world.stores.workers.reportSteps(
          [{ jobId: first.jobId, start: first.start, ...report }],
          workerId,
        )
        expect(await world.job(second.jobId)).toMatchObject({ state: 'active', attempt: 1, step: null })
        expect(await world.settle([second], done, workerId)).toEqual([second.jobId])
      }
    })

    it('cancels what was told to stop when its other side asks to wait', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 2 })
      const [first, second] = await world.start(2, workerId)
      await world.requestCancel(present(first).jobId)
      await world.settle([present(first)], world.notNowFor(1_000), workerId)
      await world.cancelRun(runId)
      await world.settle([present(second)], world.notNowFor(1_000), workerId)
      for (const { state, error } of await world.jobsOf(runId)) {
        expect({ state, error }).toEqual({ state: 'cancelled', error: null })
      }
      expect((await world.runNow(runId)).tallies).toMatchObject({ total: 2, cancelled: 2 })
    })

    it('settles in one call whatever ended, each in its own way', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 5 })
      const [a, b, c, d, e] = (await world.start(5, workerId)).map(({ jobId, start }) => ({
        jobId,
        start,
      }))
      await world.requestCancel(present(e).jobId)
      const recorded = await world.settleEach(
        [
          { ...present(a), kind: 'completed', result: 1 },
          { ...present(b), kind: 'failed', error: ODD },
          { ...present(c), kind: 'retry', error: ODD, availableAt: world.in(1_000) },
          { ...present(d), kind: 'returned' },
          { ...present(e), kind: 'cancelled' },
          { jobId: world.ids.next() as JobId, start: 1, kind: 'completed', result: 1 },
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

    it('knows how slowly one settles whose jobs take long', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 60 })
      for (let turn = 0; turn < 5; turn++) {
        const job = await world.startOne(workerId)
        await world.clock.advance(30_000)
        await world.settle([job], done, workerId)
      }
      const { ratePerSecond } = await world.runNow(runId)
      expect(ratePerSecond).toBeGreaterThan(0.02)
      expect(ratePerSecond).toBeLessThan(0.1)
    })

    it('leaves the time in which a run stood still out of its rate', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 100, maxAttempts: 1 })
      const work = async (ending: Ending): Promise<void> => {
        for (let half = 0; half < 8; half++) {
          const jobs = await world.start(2, workerId)
          await world.clock.advance(500)
          await world.settle(jobs, ending, workerId)
        }
      }
      await work(broken)
      await world.pauseRun(runId)
      await world.clock.advance(3_600_000)
      await world.resumeRun(runId, 'running')
      await work(done)
      expect((await world.runNow(runId)).ratePerSecond).toBeGreaterThan(2)
      await world.settle(await world.start(100, workerId), done, workerId)
      await world.clock.advance(3_600_000)
      await world.reopenFailed(runId)
      await work(done)
      expect((await world.runNow(runId)).ratePerSecond).toBeGreaterThan(2)
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

    it('keeps no error of what was stopped, however its last attempts ended', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker(1_000)
      await world.loose(projectId, 3)
      await world.settle(await world.start(3, workerId), world.retryIn(0), workerId)
      await world.wake()
      const jobs = await world.start(3, workerId)
      for (const { jobId } of jobs) await world.requestCancel(jobId)
      await world.settle(jobs.slice(0, 1), stopped, workerId)
      await world.settle(jobs.slice(1, 2), world.retryIn(0), workerId)
      await world.clock.advance(1_001)
      await world.reap()
      for (const { jobId } of jobs) {
        expect(await world.job(jobId)).toMatchObject({ state: 'cancelled', error: null })
      }
    })
  })
}
