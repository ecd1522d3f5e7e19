import { describe, expect } from 'vitest'
import type { RunId } from '../ids.ts'
import { broken, type Case, casesOn, done, handedBack, present, recount } from './job-world.ts'
import type { OpenAdapter } from './open-adapter.ts'

/** Every promise of {@link RunStore}, on whatever `open` opens: empty each time. */
export function runStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a RunStore`, () => {
    const it = casesOn(open)
    keepingCases(it)
    controlCases(it)
    readingCases(it)
  })
}

function keepingCases(it: Case): void {
  describe('keeps runs', () => {
    it('with their jobs, pending and in line', async (world) => {
      const projectId = await world.project()
      const { run, created } = await world.tryRun(projectId, {
        scenarios: 4,
        places: [1, 3],
        models: ['x', 'y'],
        priority: 'high',
        type: 'other',
        maxAttempts: 7,
        maxJobsPerSecond: 100,
      })
      expect(created).toBe(true)
      expect(await world.runNow(run.runId)).toEqual(run)
      expect(run).toMatchObject({ status: 'pending', priority: 'high', version: 1, tallies: { total: 4 } })
      const jobs = await world.jobsOf(run.runId)
      expect(jobs[0]).toEqual({
        jobId: jobs[0]?.jobId,
        projectId,
        runId: run.runId,
        taskId: null,
        type: 'other',
        priority: 10,
        state: 'pending',
        attempt: 0,
        maxAttempts: 7,
        availableAt: run.createdAt,
        step: null,
        progress: 0,
        error: null,
        model: 'x',
        scenarioId: 's1',
        createdBy: null,
        cancelling: false,
        createdAt: run.createdAt,
        startedAt: null,
        finishedAt: null,
        payload: { n: 1 },
        result: null,
      })
      expect(await world.line(projectId)).toEqual(jobs.map(({ jobId }) => jobId))
      const ids = jobs.map(({ jobId }) => jobId as string)
      expect(ids).toEqual([...ids].sort())
      expect(await world.stores.jobs.find(present(jobs[0]).jobId)).toEqual(jobs[0])
    })

    it('shows the priorities of its jobs as 0, 5 and 10', async (world) => {
      const projectId = await world.project()
      for (const [priority, shown] of [
        ['low', 0],
        ['normal', 5],
        ['high', 10],
      ] as const) {
        const { runId } = await world.run(projectId, { priority })
        expect((await world.jobsOf(runId)).map((job) => job.priority)).toEqual([shown, shown, shown])
      }
    })

    it('gives the first run again under its idempotency key, in its project alone', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const first = await world.tryRun(mine, { scenarios: 2, idempotencyKey: 'once' })
      await world.start(1, await world.worker())
      const second = await world.tryRun(mine, { scenarios: 5, idempotencyKey: 'once' })
      expect(second).toEqual({ run: await world.runNow(first.run.runId), created: false })
      expect((await world.stores.runs.list(mine, { limit: 9 })).map(({ runId }) => runId)).toEqual([
        first.run.runId,
      ])
      expect((await world.stores.jobs.countByType(mine)).get('probe:scenario')).toMatchObject({
        pending: 1,
        active: 1,
      })
      expect((await world.tryRun(theirs, { idempotencyKey: 'once' })).created).toBe(true)
      expect((await world.tryRun(mine, { idempotencyKey: 'twice' })).created).toBe(true)
    })

    it('creates one run of several that race under one key', async (world) => {
      const projectId = await world.project()
      const added = await Promise.all(
        Array.from({ length: 4 }, () => world.tryRun(projectId, { idempotencyKey: 'once' })),
      )
      expect(added.filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(added.map(({ run }) => run.runId)).size).toBe(1)
    })

    it('keeps nothing at all where the transaction throws', async (world) => {
      const projectId = await world.project()
      const kept = await world.run(projectId, { idempotencyKey: 'kept' })
      const attempt = world.persistence.transaction(async ({ runs }) => {
        const run = { ...kept, runId: world.ids.next() as RunId }
        const added = await runs.add({
          run,
          places: [1, 2],
          jobType: 'other',
          maxAttempts: 3,
          createdBy: null,
          idempotencyKey: 'lost',
        })
        expect(added.created).toBe(true)
        throw new Error('no')
      })
      await expect(attempt).rejects.toThrow('no')
      expect(await world.stores.runs.list(projectId, { limit: 9 })).toEqual([kept])
      expect([...(await world.stores.jobs.countByType(projectId)).keys()]).toEqual(['probe:scenario'])
      expect(await world.line(projectId)).toHaveLength(3)
      expect(await world.feed(9)).toHaveLength(3)
      expect((await world.tryRun(projectId, { idempotencyKey: 'lost' })).created).toBe(true)
    })

    it('finds them one by one, together, and newest first', async (world) => {
      const [mine, theirs] = [await world.project(), await world.project()]
      const made = []
      for (let index = 0; index < 5; index++) {
        made.push(await world.run(mine, { scenarios: 1 }))
        if (index % 2 === 0) await world.clock.advance(1_000)
      }
      const foreign = await world.run(theirs, { scenarios: 1 })
      const unknown = world.ids.next() as RunId
      expect(await world.stores.runs.find(unknown)).toBeUndefined()
      const some = await world.stores.runs.findMany([present(made[1]).runId, unknown, foreign.runId])
      expect(new Set(some.map(({ runId }) => runId))).toEqual(new Set([made[1]?.runId, foreign.runId]))
      expect(await world.stores.runs.findMany([])).toEqual([])
      const newest = made.toReversed()
      expect(await world.stores.runs.list(mine, { limit: 9 })).toEqual(newest)
      const last = present(newest[1])
      expect(
        await world.stores.runs.list(mine, {
          limit: 2,
          after: { createdAt: last.createdAt, id: last.runId },
        }),
      ).toEqual(newest.slice(2, 4))
    })
  })
}

function controlCases(it: Case): void {
  describe('is steered', () => {
    it('gives nothing to lock under an unknown id', async (world) => {
      const locked = await world.persistence.transaction(({ runs }) => runs.lock(world.ids.next() as RunId))
      expect(locked).toBeUndefined()
    })

    it('locks the run as it is', async (world) => {
      const run = await world.run(await world.project())
      expect(await world.persistence.transaction(({ runs }) => runs.lock(run.runId))).toEqual(run)
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
      const deliveries = await world.feed(12, workerId)
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

    it('cancels: what is pending counts at once, what is active later and as it ends', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const run = await world.run(projectId, { scenarios: 5, models: ['x', 'y'] })
      const active = await world.start(5, workerId)
      await world.settle(active.slice(0, 1), done, workerId)
      await world.settle(active.slice(1, 2), world.retryIn(5_000), workerId)
      await world.feed(1, workerId)
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
      const beat = await world.stores.jobs.beat({ workerId, leaseUntil: world.in(9_000) })
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

function readingCases(it: Case): void {
  describe('shows its jobs', () => {
    it('latest created first, page by page, narrowed to states and a model', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 4, models: ['x', 'y'] })
      const made = await world.jobsOf(runId)
      await world.settle(await world.start(3, workerId), done, workerId)
      await world.start(1, workerId)
      const ids = async (filter: Parameters<typeof world.stores.runs.listJobs>[1], limit: number) => {
        const all = []
        for (let after: { readonly seq: number } | undefined; ; ) {
          const rows = await world.stores.runs.listJobs(runId, filter, { limit, after })
          all.push(...rows.map(({ job }) => job.jobId))
          after = rows.at(-1)?.key
          if (rows.length < limit) return all
        }
      }
      const made0 = made.map(({ jobId }) => jobId)
      expect(await ids({}, 3)).toEqual(made0.toReversed())
      expect(await ids({ state: ['completed'] }, 2)).toEqual(made0.slice(0, 3).reverse())
      expect(await ids({ state: ['completed', 'active'], model: 'y' }, 1)).toEqual([made0[3], made0[1]])
      expect(await ids({ state: ['pending'] }, 9)).toEqual(made0.slice(4).reverse())
      expect(await ids({ model: 'unknown' }, 9)).toEqual([])
    })

    it('lists what settled last, with result or error', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 4 })
      const active = await world.start(4, workerId)
      for (const [at, ending] of [
        [2, done],
        [0, broken],
        [3, done],
      ] as const) {
        await world.clock.advance(1_000)
        await world.settle([present(active[at])], ending, workerId)
      }
      const recent = await world.stores.runs.recentJobs(runId, 2)
      expect(recent.map(({ jobId }) => jobId)).toEqual([active[3]?.jobId, active[0]?.jobId])
      expect(recent).toMatchObject([{ result: 'fine' }, { error: { code: 'odd' } }])
      expect(await world.stores.runs.recentJobs(runId, 9)).toHaveLength(3)
    })

    it('gives results by place, then model, however the run went', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 12, models: ['y', 'x'], places: [2, 10, 11] })
      const active = await world.start(6, workerId)
      for (const job of active.toReversed().slice(0, 5)) {
        await world.clock.advance(1_000)
        await world.settle([job], job.scenarioId === 's10' ? broken : done, workerId)
      }
      const rows = []
      for (let after: { readonly place: number; readonly model: number } | undefined; ; ) {
        const part = await world.stores.runs.listResults(runId, { limit: 2, after })
        rows.push(...part.map(({ result }) => result))
        after = part.at(-1)?.key
        if (part.length < 2) break
      }
      expect(rows.map(({ scenarioId, model, state }) => [scenarioId, model, state])).toEqual([
        ['s2', 'x', 'completed'],
        ['s10', 'y', 'failed'],
        ['s10', 'x', 'failed'],
        ['s11', 'y', 'completed'],
        ['s11', 'x', 'completed'],
      ])
      expect(rows[0]).toEqual({
        scenarioId: 's2',
        model: 'x',
        state: 'completed',
        payload: { n: 2 },
        result: 'fine',
        error: null,
      })
      expect(rows[1]).toMatchObject({ result: null, error: { code: 'odd' } })
    })

    it('counts cancelled jobs among the results, swept or not', async (world) => {
      const projectId = await world.project()
      const { runId } = await world.run(projectId, { scenarios: 3 })
      await world.cancelRun(runId)
      const look = async () =>
        (await world.stores.runs.listResults(runId, { limit: 9 })).map(({ result }) => result)
      const before = await look()
      expect(before.map(({ scenarioId, state }) => [scenarioId, state])).toEqual([
        ['s1', 'cancelled'],
        ['s2', 'cancelled'],
        ['s3', 'cancelled'],
      ])
      await world.stores.jobs.sweepCancelled(100)
      expect(await look()).toEqual(before)
    })
  })
}
