import type { ProjectId, RunId } from '@muster/core'
import type { NewestKey, RunsWhere, Slice } from '@muster/core/ports'
import type { MatrixCondition, ModelDurations, RunResultKey } from '@muster/core/runs'
import { describe, expect } from 'vitest'
import { broken, type Case, done, present, stopped } from '../jobs/job-world.ts'

/** What a run shows of its jobs. */
export function runReadingCases(it: Case): void {
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

    it('or the runs of which all that is said is true, newest first, page by page', async (world) => {
      const [projectId, other] = [await world.project(), await world.project()]
      const made = []
      for (let nth = 0; nth < 4; nth++) {
        await world.clock.advance(1_000)
        made.unshift((await world.run(projectId, { scenarios: 1 })).runId)
      }
      await world.run(other)
      const [newest, second, , oldest] = made as [RunId, RunId, RunId, RunId]
      await world.persistence.transaction(async ({ runs }) => {
        for (const runId of [newest, oldest]) {
          await runs.lock(runId)
          await runs.pause(runId)
        }
      })
      const find = async (...[where, slice]: [RunsWhere, Slice<NewestKey>?]) =>
        (await world.stores.runs.list(projectId, slice ?? { limit: 9 }, where)).map(({ runId }) => runId)
      expect(await find({})).toEqual(made)
      expect(await find({ status: ['paused'] })).toEqual([newest, oldest])
      expect(await find({ status: ['pending', 'paused'] })).toEqual(made)
      const { createdAt, definitionId } = await world.runNow(newest)
      const after = { createdAt, id: newest }
      expect(await find({ status: ['paused'] }, { limit: 1 })).toEqual([newest])
      expect(await find({ status: ['paused'] }, { limit: 1, after })).toEqual([oldest])
      expect(await find({ definitionId })).toEqual([newest])
      expect(await find({ definitionId, status: ['pending'] })).toEqual([])
      expect(await find({ definitionId: (await world.runNow(second)).definitionId })).toEqual([second])
      expect(await find({ experimentId: 'nobody’s' })).toEqual([])
    })

    it('or those of several projects, or of all, by model and by when they were created', async (world) => {
      const [one, other, third] = [await world.project(), await world.project(), await world.project()]
      const made: RunId[] = []
      for (const [projectId, models] of [
        [one, ['x']],
        [other, ['x', 'y']],
        [third, ['y']],
      ] as const) {
        await world.clock.advance(1_000)
        made.unshift((await world.run(projectId, { scenarios: 1, models })).runId)
      }
      const [last, middle, first] = made as [RunId, RunId, RunId]
      const find = async (
        ...[projects, where, slice]: [ProjectId | ProjectId[] | null, RunsWhere, Slice<NewestKey>?]
      ) => (await world.stores.runs.list(projects, slice ?? { limit: 9 }, where)).map(({ runId }) => runId)
      expect(await find(null, {})).toEqual(made)
      expect(await find([one, third], {})).toEqual([last, first])
      expect(await find([], {})).toEqual([])
      const { createdAt } = await world.runNow(middle)
      expect(await find(null, {}, { limit: 1, after: { createdAt, id: middle } })).toEqual([first])
      expect(await find(null, { model: 'y' })).toEqual([last, middle])
      expect(await find(other, { model: 'z' })).toEqual([])
      expect(await find([other, third], { from: createdAt })).toEqual([last, middle])
      expect(await find(null, { to: createdAt, status: ['pending'] })).toEqual([first])
    })

    it('says how long the last jobs of each model took', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId } = await world.run(projectId, { scenarios: 5, models: ['x', 'y', 'z'] })
      const active = await world.start(15, workerId)
      const of = (model: string) => active.filter((job) => job.model === model)
      for (const job of of('x')) {
        await world.clock.advance(1_000)
        await world.settle([job], job.scenarioId === 's2' ? broken : done, workerId)
      }
      await world.settle(of('y').slice(0, 1), stopped, workerId)
      await world.clock.advance(5_000)
      await world.settle(of('z').slice(0, 1), done, workerId)
      expect(await world.stores.runs.durations(runId, 10)).toEqual(
        expect.toSatisfy((told: ModelDurations[]) => {
          const byModel = told.toSorted((a, b) => (a.model < b.model ? -1 : 1))
          expect(byModel).toEqual([
            { model: 'x', jobs: 5, p50: 3_000, p95: 5_000 },
            { model: 'z', jobs: 1, p50: 10_000, p95: 10_000 },
          ])
          return true
        }),
      )
      const [newest] = await world.stores.runs.durations(runId, 1)
      expect(newest).toEqual({ model: 'z', jobs: 1, p50: 10_000, p95: 10_000 })
    })

    it('counts how many of its jobs settled by time, as they stand now, and none of others', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker(3_600_000)
      const begin = world.clock.now()
      const at = (seconds: number): Date => new Date(begin.getTime() + seconds * 1_000)
      const { runId } = await world.run(projectId, { scenarios: 6 })
      const other = await world.run(projectId, { scenarios: 1 })
      await world.loose(projectId, 1, { type: 'analyze' })
      const active = await world.start(8, workerId)
      const jobs = active.filter((job) => job.runId === runId)
      await world.settle(
        active.filter((job) => job.runId !== runId),
        done,
        workerId,
      )
      await world.settle(jobs.slice(0, 2), done, workerId)
      await world.settle(jobs.slice(2, 3), broken, workerId)
      await world.clock.advance(10_000)
      await world.settle(jobs.slice(3, 4), done, workerId)
      await world.settle(jobs.slice(4, 5), stopped, workerId)
      const rates = (from: number, to: number, step: number) =>
        world.stores.rates.run(runId, { from: at(from), to: at(to), step })
      const first = { at: begin, settled: 3, failed: 1 }
      const second = { at: at(10), settled: 1, failed: 0 }
      expect(await rates(0, 20, 10)).toEqual([first, second])
      expect(await rates(0, 10, 10)).toEqual([first])
      expect(await rates(10, 20, 10)).toEqual([second])
      expect(await rates(0, 60, 60)).toEqual([{ at: begin, settled: 4, failed: 1 }])
      const window = { from: at(0), to: at(20), step: 10 }
      expect(await world.stores.rates.run(other.runId, window)).toEqual([{ ...second, at: begin }])
      expect(await world.stores.rates.run(world.ids.next() as RunId, window)).toEqual([])
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
      const recent = await world.stores.runs.recentJobs([runId], 2)
      expect(recent.map(({ jobId }) => jobId)).toEqual([active[3]?.jobId, active[0]?.jobId])
      expect(recent).toMatchObject([{ result: 'fine' }, { error: { code: 'odd' } }])
      expect(await world.stores.runs.recentJobs([runId], 9)).toHaveLength(3)
    })

    it('lists what settled last in each of many runs', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const runs = []
      for (let n = 0; n < 3; n++) runs.push((await world.run(projectId, { scenarios: 2 })).runId)
      const [busy, idle, other] = runs as [RunId, RunId, RunId]
      const active = await world.start(6, workerId)
      for (const job of active.filter(({ runId }) => runId !== idle)) {
        await world.clock.advance(1_000)
        await world.settle([job], done, workerId)
      }
      const latest = (runId: RunId) => active.findLast((job) => job.runId === runId)?.jobId
      const recent = await world.stores.runs.recentJobs([other, idle, busy], 1)
      expect(new Set(recent.map(({ jobId }) => jobId))).toEqual(new Set([latest(busy), latest(other)]))
    })

    it('does each scenario by each model so often as it has repeats, and tells them apart', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const { runId, tallies, config } = await world.run(projectId, {
        scenarios: 4,
        models: ['y', 'x'],
        repeats: 3,
        places: [2, 4],
      })
      expect(config.repeats).toBe(3)
      expect(tallies).toMatchObject({ total: 12, byModel: { y: { total: 6 }, x: { total: 6 } } })
      const active = await world.start(12, workerId)
      const named = (job: { scenarioId: string | null; model: string | null; repeat: number | null }) =>
        `${job.scenarioId} ${job.model} ${job.repeat}`
      const order = ['s2', 's4'].flatMap((id) =>
        ['y', 'x'].flatMap((model) => [1, 2, 3].map((repeat) => `${id} ${model} ${repeat}`)),
      )
      expect(active.map(named)).toEqual(order)
      expect((await world.jobsOf(runId)).map(named)).toEqual(order)
      for (const job of active.toReversed()) {
        const label = job.model === 'y' && job.repeat === 3 ? 'nb' : 'da'
        await world.settle([job], { kind: 'completed', result: { label } }, workerId)
      }
      const told: string[] = []
      for (let after: RunResultKey | undefined; ; ) {
        const part = await world.stores.runs.listResults(runId, { limit: 5, after })
        told.push(...part.map(({ result }) => named(result)))
        after = part.at(-1)?.key
        if (part.length < 5) break
      }
      expect(told).toEqual(order)
      const { matrices } = world.stores
      const pointers = { labelAt: '/label', scoreAt: '/score' }
      const rows = await matrices.rows(runId, { from: 3, limit: 9 }, pointers)
      expect(rows.map(({ place, cells }) => [place, cells.map(({ label }) => label)])).toEqual([
        [4, ['da', 'da', 'nb', 'da', 'da', 'da']],
      ])
      const placesOf = (...conditions: MatrixCondition[]) => matrices.places(runId, '/label', conditions)
      expect(await placesOf()).toEqual([2, 4])
      expect(await placesOf({ kind: 'is', model: 0, label: 'nb' })).toEqual([2, 4])
      expect(await placesOf({ kind: 'isNot', model: 0, label: 'nb' }, { kind: 'split' })).toEqual([2, 4])
      expect(await placesOf({ kind: 'differs', model: 1, other: 0 }, { kind: 'split' })).toEqual([2, 4])
      expect(await placesOf({ kind: 'is', model: 1, label: 'nb' })).toEqual([])
      expect((await world.runNow(runId)).tallies).toMatchObject({ completed: 12 })
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
      for (let after: RunResultKey | undefined; ; ) {
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
        repeat: 1,
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
      await world.stores.workers.sweepCancelled(100)
      expect(await look()).toEqual(before)
    })
  })
}
