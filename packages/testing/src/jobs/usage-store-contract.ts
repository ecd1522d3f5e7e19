import type { ProjectId, RunId } from '@muster/core'
import type { ActiveJob } from '@muster/core/ports'
import {
  NO_USAGE,
  type Price,
  type ReportReceipt,
  type UsageGroup,
  type UsageReport,
  type UsageSum,
} from '@muster/core/usage'
import { describe, expect } from 'vitest'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { broken, casesOn, done, type JobWorld } from './job-world.ts'

const DAY_MS = 86_400_000

/** Every promise of `UsageStore`, and that outcomes bring what their attempts used, on whatever `open` opens: empty each time. */
export function usageStoreContract(name: string, open: OpenAdapter): void {
  describe(`${name} is a UsageStore`, () => {
    const it = casesOn(open)

    it('adds reports up by project, day, run and model, and splits the sum by each', async (world) => {
      const [projectId, other] = [await world.project(), await world.project()]
      const run = await world.run(projectId, { models: ['a', 'b'] })
      const reporter = new Reporter(world)
      const day = world.clock.now().toISOString().slice(0, 10)
      await reporter.report([
        group(projectId, run.runId, 'a', { calls: 2, input: 100, output: 7, cached: 40, costMicros: 11 }),
        group(projectId, run.runId, 'b', { calls: 1, input: 10, output: 3, reasoning: 2, costMicros: 5 }),
        group(projectId, null, 'a', { calls: 1, input: 1, output: 1, cacheWrite: 1 }),
      ])
      await world.clock.advance(DAY_MS)
      await reporter.report([
        group(projectId, run.runId, 'a', { calls: 1, input: 2 ** 31 - 1, costMicros: 4_000_000_000_000 }),
        group(other, null, 'b', { calls: 1, output: 5, costMicros: 2 }),
      ])
      const next = world.clock.now().toISOString().slice(0, 10)
      const sum = (...parts: Partial<UsageSum>[]): UsageSum => added(parts)
      const runA = [
        { calls: 2, input: 100, output: 7, cached: 40, costMicros: 11 },
        { calls: 1, input: 2 ** 31 - 1, costMicros: 4_000_000_000_000 },
      ]
      const runB = { calls: 1, input: 10, output: 3, reasoning: 2, costMicros: 5 }
      const loose = { calls: 1, input: 1, output: 1, cacheWrite: 1 }
      const foreign = { calls: 1, output: 5, costMicros: 2 }
      const { usage } = world.stores
      expect(await usage.sum({ projectId }, 'model', 10)).toEqual({
        total: sum(...runA, runB, loose),
        parts: [
          { model: 'a', ...sum(...runA, loose) },
          { model: 'b', ...sum(runB) },
        ],
      })
      expect((await usage.sum({ projectId }, 'run', 10)).parts).toEqual([
        { runId: run.runId, ...sum(...runA, runB) },
        { runId: null, ...sum(loose) },
      ])
      expect((await usage.sum({}, 'project', 10)).parts).toEqual([
        { projectId, ...sum(...runA, runB, loose) },
        { projectId: other, ...sum(foreign) },
      ])
      expect((await usage.sum({}, 'day', 10)).parts).toEqual([
        { day: next, ...sum(runA[1] ?? {}, foreign) },
        { day, ...sum(runA[0] ?? {}, runB, loose) },
      ])
      expect((await usage.sum({ runId: run.runId }, 'model', 1)).parts).toEqual([
        { model: 'a', ...sum(...runA) },
      ])
      expect((await usage.sum({ runId: run.runId }, 'model', 1)).total).toEqual(sum(...runA, runB))
      expect((await usage.sum({ projectId, from: day, to: day }, 'model', 10)).total).toEqual(
        sum(runA[0] ?? {}, runB, loose),
      )
      expect((await usage.sum({ from: next }, 'model', 10)).total).toEqual(sum(runA[1] ?? {}, foreign))
      const nowhere = { projectId: world.ids.next() as ProjectId }
      expect(await usage.sum(nowhere, 'model', 10)).toEqual({ total: NO_USAGE, parts: [] })
    })

    it('counts a report once, however often it comes, whichever worker is gone meanwhile', async (world) => {
      const projectId = await world.project()
      const [workerId, jobId] = [await world.worker(1_000), await world.looseOne(projectId)]
      await world.startOne(workerId)
      const reporter = new Reporter(world)
      const groups = [group(projectId, null, 'm', { calls: 1, input: 5 })]
      const jobs = [{ jobId, units: 5, costMicros: 0 }]
      expect(await reporter.report(groups, { jobs })).toMatchObject({ kind: 'counted' })
      expect(await reporter.again()).toEqual({ kind: 'repeated' })
      await world.clock.advance(1_001)
      await world.reap()
      expect(await reporter.again()).toEqual({ kind: 'repeated' })
      expect(await reporter.report(groups, { jobs })).toMatchObject({ kind: 'counted' })
      await world.clock.advance(DAY_MS - 1_000)
      await new Reporter(world).report([])
      expect(await reporter.again()).toEqual({ kind: 'repeated' })
      const { total } = await world.stores.usage.sum({ projectId }, 'model', 10)
      expect(total).toMatchObject({ calls: 2, input: 10 })
      expect((await world.job(jobId)).usage).toEqual({ units: 10, costMicros: 0 })
    })

    it('counts nothing of a transaction that throws', async (world) => {
      const projectId = await world.project()
      const reporter = new Reporter(world)
      await expect(
        world.persistence.transaction(async ({ usage }) => {
          await usage.record(reporter.made([group(projectId, null, 'm', { calls: 1 })]), world.clock.now())
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect((await world.stores.usage.sum({}, 'model', 10)).total).toEqual(NO_USAGE)
      expect(await reporter.again()).toMatchObject({ kind: 'counted' })
    })

    it('adds to a job what its outcomes bring, if they are recorded, and what reports do', async (world) => {
      const projectId = await world.project()
      const workerId = await world.worker()
      const jobId = await world.looseOne(projectId)
      expect(await world.item(jobId)).toMatchObject({ usage: null })
      const settle = (job: ActiveJob, ending: object) =>
        world.stores.workers.settle({
          outcomes: [{ jobId, start: job.start, usage: { units: 7, costMicros: 3 }, ...ending } as never],
          workerId,
          now: world.clock.now(),
        })
      const first = await world.startOne(workerId)
      await settle(first, world.retryIn(1_000))
      expect(await world.job(jobId)).toMatchObject({ usage: { units: 7, costMicros: 3 } })
      await settle(first, done)
      await world.clock.advance(1_000)
      await world.wake()
      const second = await world.startOne(workerId)
      await new Reporter(world).report([], { jobs: [{ jobId, units: 1, costMicros: -1 }] })
      await settle(second, broken)
      expect(await world.item(jobId)).toMatchObject({ state: 'failed', usage: { units: 15, costMicros: 5 } })
      await world.retry(jobId)
      const third = await world.startOne(workerId)
      await world.settle([third], done, workerId)
      expect(await world.job(jobId)).toMatchObject({
        state: 'completed',
        usage: { units: 15, costMicros: 5 },
      })
    })

    it('counts a report again that was worked out with other prices than there are', async (world) => {
      const projectId = await world.project()
      const reporter = new Reporter(world)
      const { usage } = world.stores
      const groups = [group(projectId, null, 'm', { calls: 1 })]
      const { version } = await usage.findPrices([])
      await putPrices(world, [price('m', 0)])
      expect(await reporter.report(groups, { pricesVersion: version })).toEqual({ kind: 'stale' })
      const { version: next, prices } = await usage.findPrices(['m', 'other'])
      expect(prices).toEqual([price('m', 0)])
      expect(await reporter.again({ pricesVersion: next })).toMatchObject({ kind: 'counted' })
      expect((await usage.sum({}, 'model', 10)).total).toMatchObject({ calls: 1 })
    })

    it('tells of a model without a price once a day and project', async (world) => {
      const [projectId, other] = [await world.project(), await world.project()]
      const reporter = new Reporter(world)
      const unpriced = { calls: 2, unpriced: 1 }
      const report = () =>
        reporter.report([
          group(projectId, null, 'm', unpriced),
          group(projectId, null, 'n', { calls: 1 }),
          group(other, null, 'm', unpriced),
        ])
      const told = [projectId, other].toSorted().map((each) => ({ projectId: each, model: 'm' }))
      expect(await report()).toEqual({ kind: 'counted', unpriced: told })
      expect(await report()).toEqual({ kind: 'counted', unpriced: [] })
      await world.clock.advance(DAY_MS)
      expect(await report()).toEqual({ kind: 'counted', unpriced: told })
    })

    it('keeps prices by model and moment, and says when a model was last recorded', async (world) => {
      const { usage } = world.stores
      const projectId = await world.project()
      const prices = [price('a', 2), price('a', 1), price('b', 1)]
      await putPrices(world, [price('b', 1, 9), price('a', 1), price('a', 2)])
      await putPrices(world, [price('b', 1)])
      expect(await usage.listPrices(undefined, { limit: 10 })).toEqual(prices)
      expect(await usage.listPrices('a', { limit: 1 })).toEqual([price('a', 2)])
      const after = { model: 'a', from: price('a', 2).from.getTime() }
      expect(await usage.listPrices(undefined, { limit: 10, after })).toEqual(prices.slice(1))
      expect(await usage.listPrices('a', { limit: 10, after })).toEqual(prices.slice(1, 2))
      await new Reporter(world).report([group(projectId, null, 'a', { calls: 1 })])
      const at = world.clock.now()
      await world.clock.advance(1_000)
      const last = await world.persistence.transaction((stores) => stores.usage.lockPrices(['a', 'b']))
      expect([...last]).toEqual([['a', at]])
    })
  })
}

/** A worker's reports, numbered. */
class Reporter {
  readonly #world: JobWorld
  readonly #reporterId: string
  #last: UsageReport | undefined

  constructor(world: JobWorld) {
    this.#world = world
    this.#reporterId = world.ids.next()
  }

  /** The next report, which is not sent. */
  made(groups: readonly UsageGroup[]): UsageReport {
    const report = (this.#last?.report ?? 0) + 1
    this.#last = { reporterId: this.#reporterId, report, pricesVersion: 1, groups, jobs: [] }
    return this.#last
  }

  async report(groups: readonly UsageGroup[], more: Partial<UsageReport> = {}): Promise<ReportReceipt> {
    const { version } = await this.#world.stores.usage.findPrices([])
    this.#last = { ...this.made(groups), pricesVersion: version, ...more }
    return this.#send(this.#last)
  }

  /** The last one once more. */
  again(more: Partial<UsageReport> = {}): Promise<ReportReceipt> {
    if (!this.#last) throw new Error('There is no report yet')
    return this.#send({ ...this.#last, ...more })
  }

  #send(report: UsageReport): Promise<ReportReceipt> {
    return this.#world.persistence.transaction(({ usage }) => usage.record(report, this.#world.clock.now()))
  }
}

function group(
  projectId: ProjectId,
  runId: RunId | null,
  model: string,
  used: Partial<UsageSum>,
): UsageGroup {
  return { projectId, runId, model, ...NO_USAGE, ...used }
}

function added(parts: readonly Partial<UsageSum>[]): UsageSum {
  const sum = { ...NO_USAGE } as Record<keyof UsageSum, number>
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) sum[name as keyof UsageSum] += value
  }
  return sum
}

function price(model: string, day: number, inputMicros = 1_000): Price {
  return {
    model,
    from: new Date(Date.UTC(2026, 0, 1 + day)),
    inputMicros,
    outputMicros: 2_000,
    cachedMicros: 100,
    cacheWriteMicros: 1_250,
  }
}

async function putPrices(world: JobWorld, prices: readonly Price[]): Promise<void> {
  await world.persistence.transaction(async ({ usage }) => {
    await usage.lockPrices(prices.map(({ model }) => model))
    await usage.putPrices(prices)
  })
}
