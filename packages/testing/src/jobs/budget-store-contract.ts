import type { JobId, ProjectId, RunId } from '@muster/core'
import type { LimitSet } from '@muster/core/limits'
import type { ActiveJob, Taken, WorkerId } from '@muster/core/ports'
import {
  type Budget,
  type BudgetId,
  type BudgetScope,
  type BudgetSettings,
  type BudgetUse,
  type CrossedBudget,
  costsAfter,
  estimateOf,
  mayStart,
  NO_USAGE,
  nextMidnight,
  type Price,
  UNSPENT,
} from '@muster/core/usage'
import { describe, expect } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { casesOn, done, type Ending, handedBack, type JobWorld, LEASE_MS, present } from './job-world.ts'

const TYPES = ['analyze', 'probe:scenario']

/** A worker that reports what attempts cost, as the worker of core does. */
class PaidWorker {
  readonly #world: JobWorld
  readonly workerId: WorkerId
  readonly #reporterId: string
  #reports = 0

  static async begin(world: JobWorld): Promise<PaidWorker> {
    return new PaidWorker(world, await world.worker())
  }

  private constructor(world: JobWorld, workerId: WorkerId) {
    this.#world = world
    this.workerId = workerId
    this.#reporterId = world.ids.next()
  }

  ask(limit: number, keyed?: boolean): Promise<Taken> {
    const { clock, stores } = this.#world
    return stores.workers.take({ limit, types: TYPES, workerId: this.workerId, now: clock.now(), keyed })
  }

  /** As many as come, in takes at one moment. */
  async take(limit: number): Promise<ActiveJob[]> {
    const jobs: ActiveJob[] = []
    for (;;) {
      const taken = await this.ask(limit - jobs.length)
      jobs.push(...taken.jobs)
      const more = taken.opensAt !== null && taken.opensAt <= this.#world.clock.now()
      if (jobs.length === limit || (taken.jobs.length === 0 && !more)) return jobs
    }
  }

  /** The jobs have ended, each having cost so much, which a report tells. */
  async end(jobs: readonly ActiveJob[], costMicros: number, ending: Ending = done): Promise<void> {
    await this.#world.settle(jobs, ending, this.workerId)
    await this.report(jobs, costMicros)
  }

  /** Tells what each has cost, and that it uses no more, unless `over` is false. */
  async report(jobs: readonly ActiveJob[], costMicros: number, over = true): Promise<void> {
    const { persistence, clock, stores } = this.#world
    const { version } = await stores.usage.findPrices([])
    this.#reports += 1
    const report = {
      reporterId: this.#reporterId,
      report: this.#reports,
      pricesVersion: version,
      groups: jobs.map(({ projectId, runId, model }) => ({
        ...NO_USAGE,
        projectId,
        runId,
        model: model ?? 'some',
        calls: 1,
        costMicros,
      })),
      jobs: [],
      ended: over ? jobs.map(({ jobId, start }) => ({ jobId, start, costMicros })) : [],
    }
    await persistence.transaction(({ usage }) => usage.record(grouped(report), clock.now()))
  }
}

/** Each project, run and model once, as reports have them. */
function grouped<Report extends { readonly groups: readonly Group[] }>(report: Report): Report {
  const groups = [
    ...Map.groupBy(report.groups, ({ runId, projectId, model }) => `${projectId} ${runId} ${model}`),
  ]
  return {
    ...report,
    groups: groups.map(([, same]) => ({
      ...present(same[0]),
      calls: same.length,
      costMicros: same.reduce((sum, { costMicros }) => sum + costMicros, 0),
    })),
  }
}

interface Group {
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly model: string
  readonly costMicros: number
}

const SETTINGS: BudgetSettings = { capMicros: 1_000, soft: 0.8, hard: true, atCap: 'pause' }

async function budgeted(
  world: JobWorld,
  projectId: ProjectId,
  settings: Partial<BudgetSettings> = {},
  scope: BudgetScope = { projectId },
): Promise<BudgetId> {
  const budgetId = world.ids.next() as BudgetId
  const budget = { budgetId, projectId, scope, ...SETTINGS, ...settings }
  expect(await world.stores.budgets.add(budget, world.clock.now())).toBeNull()
  return budgetId
}

async function kept(world: JobWorld, budgetId: BudgetId): Promise<Budget> {
  return present(await world.stores.budgets.find(budgetId, world.clock.now()))
}

function costing(costMicros: number, keys: readonly string[] = []): LimitSet {
  return { keys, units: 0, costMicros }
}

const ids = (jobs: readonly { readonly jobId: JobId }[]): JobId[] => jobs.map(({ jobId }) => jobId)

/** Every promise of `BudgetStore`, and those of `WorkerStore` and `UsageStore` that concern budgets, on whatever `open` opens: empty each time. */
export function budgetStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a BudgetStore`, () => {
    const it = casesOn(open)

    it('begins no job beyond the cap, over two workers, and reserves what each is estimated at', async (world) => {
      const projectId = await world.project()
      const budgetId = await budgeted(world, projectId)
      const jobs = await world.loose(projectId, 9, { limits: costing(300) })
      const [one, two] = [await PaidWorker.begin(world), await PaidWorker.begin(world)]
      const first = await one.take(2)
      const second = await two.take(9)
      expect(ids([...first, ...second])).toEqual(jobs.slice(0, 3))
      expect(first.every(({ reserves }) => reserves)).toBe(true)
      expect(await kept(world, budgetId)).toMatchObject({
        spentMicros: 0,
        reservedMicros: 900,
        assumedMicros: 0,
        reached: true,
        estimate: 'known',
      })
      expect(await one.ask(9)).toEqual({ jobs: [], waits: true, opensAt: null })
      expect(await world.line(projectId)).toEqual(jobs.slice(3))
      await two.end(second, 100)
      expect(ids(await one.take(9))).toEqual([jobs[3]])
      await one.end(first, 450)
      expect(await kept(world, budgetId)).toMatchObject({ spentMicros: 1_000, reservedMicros: 300 })
      expect(await two.take(9)).toEqual([])
    })

    it('counts as spent what is recorded while the attempt runs, and replaces its reserve at its end', async (world) => {
      const projectId = await world.project()
      const budgetId = await budgeted(world, projectId)
      await world.loose(projectId, 5, { limits: costing(400) })
      const worker = await PaidWorker.begin(world)
      const [job] = await worker.take(1)
      await worker.report([present(job)], 250, false)
      expect(await kept(world, budgetId)).toMatchObject({ spentMicros: 250, reservedMicros: 400 })
      expect(await worker.take(9)).toEqual([])
      await worker.end([present(job)], 50)
      expect(await kept(world, budgetId)).toMatchObject({ spentMicros: 300, reservedMicros: 0 })
      expect(await worker.take(9)).toHaveLength(1)
    })

    it('assumes what a dead worker had reserved, until its report comes late', async (world) => {
      const projectId = await world.project()
      const budgetId = await budgeted(world, projectId)
      await world.loose(projectId, 5, { limits: costing(400) })
      const [dying, other] = [await PaidWorker.begin(world), await PaidWorker.begin(world)]
      const lost = await dying.take(2)
      expect(lost).toHaveLength(2)
      await world.clock.advance(LEASE_MS / 2)
      await world.stores.workers.beat({ workerId: other.workerId, leaseUntil: world.in(LEASE_MS) })
      expect(await kept(world, budgetId)).toMatchObject({ reservedMicros: 800, assumedMicros: 0 })
      await world.clock.advance(LEASE_MS / 2 + 1)
      await world.reap()
      expect(await kept(world, budgetId)).toMatchObject({
        spentMicros: 0,
        reservedMicros: 0,
        assumedMicros: 800,
      })
      expect(await other.take(9)).toEqual([])
      await dying.report([present(lost[0])], 10)
      expect(await kept(world, budgetId)).toMatchObject({ spentMicros: 10, assumedMicros: 400 })
      expect(ids(await other.take(9))).toEqual(ids([present(lost[0])]))
      await dying.report([present(lost[1])], 20)
      await dying.report([present(lost[1])], 0)
      expect(await kept(world, budgetId)).toMatchObject({
        spentMicros: 30,
        reservedMicros: 400,
        assumedMicros: 0,
      })
    })

    it('assumes what a worker leaves behind that closes, and gives back what its last report names', async (world) => {
      const projectId = await world.project()
      const budgetId = await budgeted(world, projectId)
      await world.loose(projectId, 2, { limits: costing(400) })
      const worker = await PaidWorker.begin(world)
      const [job] = await worker.take(1)
      await world.settle([present(job)], handedBack, worker.workerId)
      await world.stores.workers.closeWorker(worker.workerId, world.clock.now())
      expect(await kept(world, budgetId)).toMatchObject({ reservedMicros: 0, assumedMicros: 400 })
      await worker.report([present(job)], 0)
      expect(await kept(world, budgetId)).toMatchObject({ ...UNSPENT })
    })

    it('holds for jobs that were made before it, of a run alone, and lets others by', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 5, limits: [costing(400)] })
      const other = await world.run(projectId, { scenarios: 2, limits: [costing(400)] })
      await budgeted(world, projectId, {}, { runId: run.runId })
      const worker = await PaidWorker.begin(world)
      const taken = await worker.take(9)
      expect(taken.filter(({ runId }) => runId === run.runId)).toHaveLength(2)
      expect(taken.filter(({ runId }) => runId === other.runId)).toHaveLength(2)
      expect(taken.map(({ runId, reserves }) => reserves === (runId === run.runId))).not.toContain(false)
      expect((await world.runNow(run.runId)).status).toBe('running')
    })

    it('asks the budgets of run, project and day together, and the tightest decides', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 9, limits: [costing(100)] })
      await budgeted(world, projectId, { capMicros: 500 })
      const day = await budgeted(world, projectId, { capMicros: 300 }, { projectId, day: 'UTC' })
      const own = await budgeted(world, projectId, { capMicros: 400 }, { runId: run.runId })
      const worker = await PaidWorker.begin(world)
      const first = await worker.take(9)
      expect(first).toHaveLength(3)
      await world.stores.budgets.put(day, { ...SETTINGS, capMicros: 1_000 }, world.clock.now())
      expect(await worker.take(9)).toHaveLength(1)
      await world.stores.budgets.remove(own)
      expect(await worker.take(9)).toHaveLength(1)
      expect(await worker.take(9)).toEqual([])
    })

    it('tells what the next attempts of a run are estimated at, of each set in line', async (world) => {
      const projectId = await world.project()
      const limits = [costing(400), costing(30, ['a:1'])]
      const run = await world.run(projectId, { scenarios: 3, models: ['x', 'y'], limits })
      const estimates = async () =>
        (await world.stores.limits.findInLine(run.runId, world.clock.now()))
          .map(({ estimateMicros }) => estimateMicros)
          .toSorted((a, b) => (b ?? 0) - (a ?? 0))
      expect(await estimates()).toEqual([null, null])
      await budgeted(world, projectId, {}, { runId: run.runId })
      expect(await estimates()).toEqual([400, 30])
      const worker = await PaidWorker.begin(world)
      expect(await worker.take(9)).toHaveLength(5)
      expect(await estimates()).toEqual([400])
    })

    it('goes on after a raise, after a delete, and once the budget is no longer hard', async (world) => {
      const projectId = await world.project()
      const jobs = await world.loose(projectId, 9, { limits: costing(300) })
      const budgetId = await budgeted(world, projectId)
      const { budgets } = world.stores
      const worker = await PaidWorker.begin(world)
      expect(ids(await worker.take(9))).toEqual(jobs.slice(0, 3))
      expect(await budgets.put(budgetId, { ...SETTINGS, capMicros: 1_200 }, world.clock.now(), 1)).toBe(true)
      expect(await kept(world, budgetId)).toMatchObject({ version: 2, reached: false, capMicros: 1_200 })
      expect(ids(await worker.take(9))).toEqual([jobs[3]])
      expect(await budgets.put(budgetId, SETTINGS, world.clock.now(), 1)).toBe(false)
      expect(await budgets.put(budgetId, { ...SETTINGS, hard: false }, world.clock.now())).toBe(true)
      expect(ids(await worker.take(2))).toEqual(jobs.slice(4, 6))
      expect(await budgets.put(budgetId, SETTINGS, world.clock.now())).toBe(true)
      expect(await worker.take(9)).toEqual([])
      const { version = 0 } = (await budgets.find(budgetId, world.clock.now())) ?? {}
      expect(await budgets.remove(budgetId, version + 1)).toBe(false)
      expect(await budgets.find(budgetId, world.clock.now())).toMatchObject({ version })
      expect(await budgets.remove(budgetId, version)).toBe(true)
      expect(await budgets.remove(budgetId)).toBe(false)
      expect(ids(await worker.take(9))).toEqual(jobs.slice(6))
      expect(await budgets.find(budgetId, world.clock.now())).toBeUndefined()
    })

    it('begins each day anew, at midnight of its zone, and keeps what is reserved', async (world) => {
      const projectId = await world.project()
      const zone = 'Europe/Berlin'
      const budgetId = await budgeted(world, projectId, {}, { projectId, day: zone })
      await world.loose(projectId, 9, { limits: costing(300) })
      const [worker, dying] = [await PaidWorker.begin(world), await PaidWorker.begin(world)]
      const [first, second] = await worker.take(2)
      await dying.take(1)
      await worker.end([present(first)], 400)
      await world.clock.advance(LEASE_MS - 1)
      await world.stores.workers.beat({ workerId: worker.workerId, leaseUntil: world.in(2 * 86_400_000) })
      await world.clock.advance(2)
      await world.reap()
      expect(await kept(world, budgetId)).toMatchObject({
        spentMicros: 400,
        reservedMicros: 300,
        assumedMicros: 300,
      })
      const now = world.clock.now().getTime()
      const midnight = nextMidnight(zone, now)
      expect(await worker.ask(9)).toEqual({ jobs: [], waits: true, opensAt: new Date(midnight) })
      await world.clock.advance(midnight - now - 1)
      expect(await worker.take(9)).toEqual([])
      await world.clock.advance(1)
      expect(await kept(world, budgetId)).toMatchObject({
        spentMicros: 0,
        reservedMicros: 300,
        assumedMicros: 0,
        resetsAt: new Date(nextMidnight(zone, midnight)),
        reached: false,
      })
      expect(await worker.take(9)).toHaveLength(2)
      await worker.end([present(second)], 100)
      expect(await kept(world, budgetId)).toMatchObject({ spentMicros: 100, reservedMicros: 600 })
    })

    it('finds the midnights of zones as core does', async (world) => {
      const projectId = await world.project()
      const zones = ['Europe/Berlin', 'America/Havana', 'Asia/Beirut', 'Australia/Lord_Howe', 'Pacific/Apia']
      const moments = [
        '2026-03-28T12:00:00Z',
        '2026-03-29T00:30:00Z',
        '2026-10-24T23:00:00Z',
        '2026-11-01T03:30:00Z',
        '2026-10-31T22:00:00Z',
        '2026-04-04T13:00:00Z',
        '2026-03-08T04:00:00Z',
        '2026-12-31T23:59:59.999Z',
      ]
      for (const day of zones) {
        for (const moment of moments) {
          const now = new Date(moment)
          const budgetId = world.ids.next() as BudgetId
          const budget = { budgetId, projectId, scope: { projectId, day }, ...SETTINGS, hard: false }
          await world.stores.budgets.add(budget, now)
          const { resetsAt } = present(await world.stores.budgets.find(budgetId, now))
          expect([day, moment, resetsAt]).toEqual([day, moment, new Date(nextMidnight(day, now.getTime()))])
        }
      }
    })

    it('estimates by what the job says, else by its units and the price, else by the mean, else by nothing', async (world) => {
      const projectId = await world.project()
      const from = world.in(-1_000)
      const price: Price = {
        model: 'a',
        from,
        inputMicros: 2_500_001,
        outputMicros: 9,
        cachedMicros: 0,
        cacheWriteMicros: 0,
      }
      await world.persistence.transaction(({ usage }) => usage.putPrices([price]))
      const said = costing(70)
      const units: LimitSet = { keys: [], units: 1_000 }
      const run = await world.run(projectId, {
        scenarios: 1,
        models: ['a', 'b', 'c', 'd'],
        limits: [units, units, said, null],
      })
      const budgetId = await budgeted(world, projectId, { capMicros: 10_000 })
      const estimateOfModel = async (model: string): Promise<number | undefined> => {
        const jobs = await world.jobsOf(run.runId)
        const job = present(jobs.find((one) => one.model === model))
        return (await world.stores.budgets.findOfJob(job.jobId, world.clock.now()))?.estimateMicros
      }
      expect(await Promise.all(['a', 'b', 'c', 'd'].map(estimateOfModel))).toEqual([2_501, 0, 70, 0])
      const worker = await PaidWorker.begin(world)
      const jobs = await worker.take(9)
      expect(await kept(world, budgetId)).toMatchObject({ reservedMicros: 2_571, estimate: 'none' })
      for (const [nth, job] of jobs.entries()) await worker.end([job], 10 + nth)
      expect(await kept(world, budgetId)).toMatchObject({ reservedMicros: 0, estimate: 'known' })
      const again = await world.run(projectId, { scenarios: 1, models: ['b', 'd', 'e'] })
      const estimates = (await world.jobsOf(again.runId)).map(async ({ jobId }) => {
        return (await world.stores.budgets.findOfJob(jobId, world.clock.now()))?.estimateMicros
      })
      const costs = jobs.map(({ model }, nth) => [model, 10 + nth] as const)
      const costOfModel = new Map(costs)
      expect(await Promise.all(estimates)).toEqual([costOfModel.get('b'), costOfModel.get('d'), 0])
    })

    it('lets attempts without an estimate begin while something is left of the cap', async (world) => {
      const projectId = await world.project()
      const budgetId = await budgeted(world, projectId, { capMicros: 100 })
      await world.loose(projectId, 9)
      const worker = await PaidWorker.begin(world)
      const jobs = await worker.take(3)
      expect(jobs).toHaveLength(3)
      await worker.report(jobs.slice(0, 1), 40, false)
      const more = await worker.take(1)
      expect(more).toHaveLength(1)
      await worker.report(jobs.slice(1, 2), 60, false)
      expect(await kept(world, budgetId)).toMatchObject({ spentMicros: 100, reservedMicros: 0 })
      expect(await worker.take(9)).toEqual([])
    })

    it('counts under a soft budget, and holds nothing back', async (world) => {
      const projectId = await world.project()
      await world.loose(projectId, 9, { limits: costing(300) })
      const soft = { hard: false, capMicros: 500 }
      const budgetId = await budgeted(world, projectId, soft)
      await budgeted(world, projectId, soft)
      const worker = await PaidWorker.begin(world)
      const jobs = await worker.take(9)
      expect(jobs).toHaveLength(9)
      expect(jobs.some(({ reserves }) => reserves)).toBe(false)
      await worker.end(jobs, 100)
      expect(await kept(world, budgetId)).toMatchObject({
        spentMicros: 900,
        reservedMicros: 0,
        reached: false,
      })
    })

    it('keeps one hard budget for a scope, names it, and lists budgets by project', async (world) => {
      const [projectId, other] = [await world.project(), await world.project()]
      const run = await world.run(projectId)
      const first = await budgeted(world, projectId)
      const day = await budgeted(world, projectId, {}, { projectId, day: 'UTC' })
      const own = await budgeted(world, projectId, {}, { runId: run.runId })
      const foreign = await budgeted(world, other)
      const { budgets } = world.stores
      const add = (scope: BudgetScope, hard = true): Promise<BudgetId | null> => {
        const budgetId = world.ids.next() as BudgetId
        return budgets.add({ budgetId, projectId, scope, ...SETTINGS, hard }, world.clock.now())
      }
      expect(await add({ projectId })).toBe(first)
      expect(await add({ projectId, day: 'Europe/Berlin' })).toBe(day)
      expect(await add({ runId: run.runId })).toBe(own)
      expect(await add({ projectId }, false)).toBeNull()
      const now = world.clock.now()
      const listed = await budgets.list(projectId, { limit: 9 }, now)
      expect(listed.slice(0, 3).map(({ budgetId }) => budgetId)).toEqual([first, day, own])
      expect(listed[3]).toMatchObject({ hard: false, projectId, scope: { projectId } })
      expect(listed[1]).toMatchObject({ scope: { projectId, day: 'UTC' } })
      expect(listed[2]).toMatchObject({ scope: { runId: run.runId }, resetsAt: null })
      const soft = present(listed[3])
      expect(await budgets.put(soft.budgetId, SETTINGS, now)).toBe(first)
      const all = await budgets.list(null, { limit: 9, after: own }, now)
      expect(all.map(({ budgetId }) => budgetId)).toEqual([foreign, soft.budgetId])
      expect(await budgets.put(world.ids.next() as BudgetId, SETTINGS, now)).toBe(false)
    })

    it('passes a job that the cap holds back over, and leaves the order of its set', async (world) => {
      const projectId = await world.project()
      await budgeted(world, projectId)
      const large = await world.loose(projectId, 3, { limits: costing(600) })
      const small = await world.loose(projectId, 5, { limits: costing(150) })
      const worker = await PaidWorker.begin(world)
      const taken = await worker.take(9)
      expect(ids(taken)).toEqual([large[0], small[0], small[1]])
      expect(await world.line(projectId)).toEqual([...large.slice(1), ...small.slice(2)])
      await worker.end(taken.slice(1), 10)
      expect(ids(await worker.take(9))).toEqual([small[2], small[3]])
      await worker.end(taken.slice(0, 1), 20)
      expect(ids(await worker.take(9))).toEqual([large[1]])
    })

    it('asks keys and budgets together: neither is spent by what the other holds back', async (world) => {
      const projectId = await world.project()
      const { limits } = world.stores
      const budgetId = await budgeted(world, projectId)
      const open = { perMinute: null, burst: null, unitsPerMinute: null, estimate: null, adaptive: null }
      await limits.put('model:y', { ...open, concurrency: 1, paused: false })
      const jobs = await world.loose(projectId, 3, { limits: costing(300, ['model:y']) })
      const worker = await PaidWorker.begin(world)
      expect(ids(await worker.take(9))).toEqual([jobs[0]])
      expect(await kept(world, budgetId)).toMatchObject({ reservedMicros: 300, reached: false })
      await world.stores.budgets.put(budgetId, { ...SETTINGS, capMicros: 400 }, world.clock.now())
      await limits.put('model:y', { ...open, concurrency: 5, paused: false })
      expect(await worker.take(9)).toEqual([])
      expect(await limits.find('model:y', world.clock.now())).toMatchObject({
        state: { inUse: 1, starts: 1 },
      })
    })

    it('takes back in line what the broker was given before there was a budget', async (world) => {
      const projectId = await world.project()
      const jobs = await world.loose(projectId, 4)
      const fed = await world.feed(2)
      expect(ids(fed)).toEqual(jobs.slice(0, 2))
      const budgetId = await budgeted(world, projectId)
      expect(await world.feed(9)).toEqual([])
      const worker = await PaidWorker.begin(world)
      expect(await world.begin(fed, worker.workerId)).toEqual([])
      const { jobs: taken } = await worker.ask(9, true)
      expect(ids(taken)).toEqual(jobs)
      await worker.end(taken, 30)
      expect(await kept(world, budgetId)).toMatchObject({ spentMicros: 120, reservedMicros: 0 })
    })

    it('lets a cut cancel what the cap holds back', async (world) => {
      const projectId = await world.project()
      const run = await world.run(projectId, { scenarios: 9, limits: [costing(400)] })
      const loose = await world.loose(projectId, 2, { limits: costing(400) })
      await budgeted(world, projectId, {}, { runId: run.runId })
      const worker = await PaidWorker.begin(world)
      const taken = await worker.take(2)
      await worker.take(9)
      await world.cancelRun(run.runId)
      expect((await world.runNow(run.runId)).tallies).toMatchObject({ cancelled: 7 })
      await worker.end(
        taken.filter(({ runId }) => runId === run.runId),
        1,
      )
      expect(await world.line(projectId)).toEqual([])
      expect(await Promise.all(loose.map(async (jobId) => (await world.job(jobId)).state))).toEqual([
        'active',
        'active',
      ])
    })

    it('tells once of a soft share and of a cap that was reached, and again after a change', async (world) => {
      const projectId = await world.project()
      const budgetId = await budgeted(world, projectId)
      await world.loose(projectId, 9, { limits: costing(400) })
      const worker = await PaidWorker.begin(world)
      const { clock } = world
      const crossed = () => takeCrossed(world)
      expect(await crossed()).toEqual([])
      const [first, second] = await worker.take(9)
      expect(await crossed()).toMatchObject([{ budget: { budgetId }, warned: false, reached: true }])
      await worker.end([present(first)], 800)
      expect(await crossed()).toMatchObject([{ budget: { budgetId }, warned: true, reached: false }])
      await worker.end([present(second)], 100)
      expect(await worker.take(9)).toEqual([])
      expect(await crossed()).toEqual([])
      await world.stores.budgets.put(budgetId, { ...SETTINGS, capMicros: 1_100 }, clock.now())
      expect(await crossed()).toMatchObject([{ warned: true, reached: false }])
      expect(await worker.take(9)).toEqual([])
      expect(await crossed()).toMatchObject([{ warned: false, reached: true }])
    })

    for (const capMicros of [1_000, 600]) {
      it(`has been reached again after a change to ${capMicros}, which leaves nothing`, async (world) => {
        const projectId = await world.project()
        const budgetId = await budgeted(world, projectId)
        await world.loose(projectId, 3, { limits: costing(500) })
        const worker = await PaidWorker.begin(world)
        const { clock } = world
        const crossed = () => takeCrossed(world)
        for (const job of await worker.take(9)) await worker.end([job], 500)
        expect(await worker.take(9)).toEqual([])
        expect(await crossed()).toMatchObject([{ reached: true }])
        await world.stores.budgets.put(budgetId, { ...SETTINGS, capMicros, atCap: 'cancel' }, clock.now())
        expect(await worker.take(9)).toEqual([])
        expect(await crossed()).toMatchObject([{ budget: { budgetId, atCap: 'cancel' }, reached: true }])
      })
    }

    for (let seed = 1; seed <= 12; seed++) {
      it(`reserves, spends and holds back as the rules of core do, in the generated world ${seed}`, async (world) => {
        await new PaidHistory(world, new SeededRandom(seed)).play(40)
      })
    }
  })
}

/** What is to be told of budgets, which a look foretells. */
async function takeCrossed({ persistence, clock }: JobWorld): Promise<readonly CrossedBudget[]> {
  const has = await persistence.stores.budgets.hasCrossed(clock.now())
  const crossed = await persistence.transaction(({ budgets }) => budgets.takeCrossed(9, clock.now()))
  expect(has).toBe(crossed.length > 0)
  return crossed
}

const MODELS = ['a', 'b'] as const

interface Mine {
  readonly settings: BudgetSettings
  readonly runId: RunId | null
  use: BudgetUse
}

interface Waiting {
  readonly jobId: JobId
  readonly runId: RunId | null
  readonly type: string
  readonly model: string | null
  readonly set: LimitSet | null
}

/** Random jobs, costs, deaths and changes of budgets against the functions of core. */
class PaidHistory {
  readonly #world: JobWorld
  readonly #random: SeededRandom
  readonly #budgets = new Map<BudgetId, Mine>()
  readonly #waiting = new Map<JobId, Waiting>()
  readonly #known = new Map<JobId, Waiting>()
  readonly #active = new Map<PaidWorker, { readonly job: ActiveJob; readonly reserved: number }[]>()
  /** Of dead workers, what may still be told. */
  readonly #lost: { readonly worker: PaidWorker; readonly job: ActiveJob; readonly reserved: number }[] = []
  readonly #costs = new Map<string, readonly number[]>()

  constructor(world: JobWorld, random: SeededRandom) {
    this.#world = world
    this.#random = random
  }

  #below(most: number): number {
    return Math.floor(this.#random.next() * most)
  }

  async play(steps: number): Promise<void> {
    const projectId = await this.#world.project()
    await this.#add(projectId, null, 4_000)
    for (let nth = 0; nth < 2; nth++) this.#active.set(await PaidWorker.begin(this.#world), [])
    for (let step = 0; step < steps; step++) {
      await this.#step(projectId, this.#below(10))
      for (const [budgetId, { use }] of this.#budgets)
        expect(await kept(this.#world, budgetId)).toMatchObject({ ...use })
    }
  }

  async #add(projectId: ProjectId, runId: RunId | null, capMicros: number): Promise<void> {
    const scope = runId === null ? { projectId } : { runId }
    const settings = { ...SETTINGS, capMicros }
    const budgetId = await budgeted(this.#world, projectId, settings, scope)
    this.#budgets.set(budgetId, { settings, runId, use: UNSPENT })
  }

  async #step(projectId: ProjectId, does: number): Promise<void> {
    const world = this.#world
    const worker = present([...this.#active.keys()][this.#below(this.#active.size)])
    const set = [costing(300), { keys: [], units: 5 }, costing(900, ['k:1']), null][this.#below(4)] ?? null
    switch (does) {
      case 0: {
        const wish = set === null ? {} : { limits: set }
        for (const jobId of await world.loose(projectId, 1 + this.#below(4), wish))
          this.#await({ jobId, runId: null, type: 'analyze', model: null, set })
        return
      }
      case 1: {
        const limits = [set, this.#below(2) === 0 ? null : costing(100)]
        const { runId } = await world.run(projectId, { scenarios: 3, models: MODELS, limits })
        for (const [nth, { jobId, model, type }] of (await world.jobsOf(runId)).entries())
          this.#await({ jobId, runId, type, model, set: limits[nth % 2] ?? null })
        if (this.#below(2) === 0) await this.#add(projectId, runId, 500 + this.#below(2_000))
        return
      }
      case 2:
      case 3:
      case 4:
        return this.#take(worker)
      case 5:
      case 6: {
        const running = this.#active.get(worker) ?? []
        const ended = running.splice(0, this.#below(running.length + 1))
        const cost = this.#below(600)
        await worker.end(
          ended.map(({ job }) => job),
          cost,
        )
        for (const { job, reserved } of ended) this.#over(job, cost, { reservedMicros: -reserved })
        this.#means(
          ended.map(({ job }) => job),
          cost,
        )
        return
      }
      case 7: {
        const chosen = [...this.#budgets][this.#below(this.#budgets.size)]
        if (!chosen) return
        const [budgetId, mine] = chosen
        const settings = { ...SETTINGS, capMicros: 500 + this.#below(9_000) }
        await world.stores.budgets.put(budgetId, settings, world.clock.now())
        this.#budgets.set(budgetId, { ...mine, settings })
        return
      }
      case 8: {
        const late = this.#lost.splice(0, 1)[0]
        if (!late) return
        const cost = this.#below(600)
        await late.worker.report([late.job], cost)
        this.#over(late.job, cost, { assumedMicros: -late.reserved })
        this.#means([late.job], cost)
        return
      }
      default:
        return this.#die(worker)
    }
  }

  /** The worker dies, and what it did is in line again. */
  async #die(worker: PaidWorker): Promise<void> {
    const world = this.#world
    for (const other of this.#active.keys())
      if (other !== worker)
        await world.stores.workers.beat({ workerId: other.workerId, leaseUntil: world.in(3 * LEASE_MS) })
    await world.stores.workers.beat({ workerId: worker.workerId, leaseUntil: world.in(1) })
    await world.clock.advance(2)
    await world.reap()
    for (const { job, reserved } of this.#active.get(worker) ?? []) {
      this.#over(job, 0, { reservedMicros: -reserved, assumedMicros: reserved })
      if (job.reserves) this.#lost.push({ worker, job, reserved })
      if ((await world.job(job.jobId)).state === 'pending') this.#await(present(this.#known.get(job.jobId)))
    }
    this.#active.delete(worker)
    this.#active.set(await PaidWorker.begin(world), [])
  }

  async #take(worker: PaidWorker): Promise<void> {
    const limit = 1 + this.#below(5)
    const taken = await worker.take(limit)
    for (const job of taken) {
      const waiting = present(this.#waiting.get(job.jobId))
      this.#waiting.delete(job.jobId)
      const reserved = this.#estimate(waiting)
      for (const { settings, use } of this.#of(job))
        expect(mayStart(settings, use, reserved), 'may start').toBe(true)
      this.#over(job, 0, { reservedMicros: reserved })
      this.#active.get(worker)?.push({ job, reserved })
    }
    if (taken.length === limit) return
    const heads = new Map<string, Waiting>()
    for (const one of await this.#inLine()) {
      const cell = `${one.runId} ${JSON.stringify(one.set)}`
      if (!heads.has(cell)) heads.set(cell, one)
    }
    const might = [...heads.values()].filter((one) =>
      this.#of(one).every(({ settings, use }) => mayStart(settings, use, this.#estimate(one))),
    )
    expect(might, 'jobs that might begin').toEqual([])
  }

  /** Those that wait, oldest first within each run and each set. */
  async #inLine(): Promise<Waiting[]> {
    const jobs = [...this.#waiting.values()]
    return jobs.sort((a, b) => (a.jobId < b.jobId ? -1 : 1))
  }

  #await(waiting: Waiting): void {
    this.#waiting.set(waiting.jobId, waiting)
    this.#known.set(waiting.jobId, waiting)
  }

  #estimate({ set, type, model }: Waiting): number {
    return estimateOf(set ?? {}, undefined, this.#costs.get(`${type} ${model}`) ?? [])
  }

  #of({ runId }: Pick<Waiting, 'runId'>): Mine[] {
    return [...this.#budgets.values()].filter((mine) => mine.runId === null || mine.runId === runId)
  }

  #means(jobs: readonly ActiveJob[], cost: number): void {
    for (const { type, model } of jobs) {
      const key = `${type} ${model}`
      this.#costs.set(key, costsAfter(this.#costs.get(key) ?? [], [cost]))
    }
  }

  #over(job: ActiveJob, cost: number, by: Partial<BudgetUse>): void {
    for (const mine of this.#of(job)) {
      // One that came while the attempt ran has nothing reserved of it.
      const { spentMicros, reservedMicros, assumedMicros } = mine.use
      mine.use = {
        spentMicros: spentMicros + cost,
        reservedMicros: reservedMicros + (by.reservedMicros ?? 0),
        assumedMicros: assumedMicros + (by.assumedMicros ?? 0),
      }
    }
  }
}
