import type { Clock, Ids, Logger, Random } from '../../environment.ts'
import { ClosedError } from '../../errors.ts'
import type { JobId } from '../../ids.ts'
import type { Outages } from '../../logging/outages.ts'
import { costOf, type Price, priceAt } from '../../usage/price.ts'
import { type CallUsage, type CountedCall, countedCall, type JobUsage, NO_USAGE } from '../../usage/usage.ts'
import type { UsageGroup, UsageReport } from '../../usage/usage-store.ts'
import { Outage } from '../supply/outage.ts'
import type { ActiveJob, Outcome } from '../worker-store.ts'
import type { Attempt } from './attempt.ts'
import { CallLog } from './call-log.ts'
import type { UsageSink } from './usage-sink.ts'

/** How long calls are gathered before they are sent. */
const REPORT_MS = 250

interface Deps {
  readonly usage: UsageSink
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly logger: Logger
  readonly outages?: Outages | undefined
}

/** The usage that an outcome brings, and the last of the calls that it is of. */
interface TakenUsage extends JobUsage {
  readonly calls: CallLog
  readonly lastCall: number
}

type Mutable<Row> = { -readonly [Member in keyof Row]: Row[Member] }

/** Calls that travel together, and those who wait for them. */
interface Batch {
  readonly calls: CallLog
  /** Jobs among them for which money is reserved, and attempts at such whose last calls these are. */
  readonly reserving: Set<JobId>
  readonly ended: ActiveJob[]
  /** The costs of calls of the former, worked out with the report. */
  readonly costs: Map<JobId, number>
  readonly stored: PromiseWithResolvers<void>
}

/**
 * Sends what handlers say they used, so that each call counts once, whatever becomes of its attempt: in reports with numbers of their own, which no lease fences. A
 * report is repeated until it is answered, and a repeat is not counted again.
 *
 * The job's own sum is written with its outcome, since one more write of each job would cost more than all of this; what an outcome does not bring, reports do.
 */
export class UsageReporter {
  readonly #deps: Deps
  readonly #reporterId: string
  readonly #outage: Outage
  readonly #closing = new AbortController()
  readonly #gaveUp = new AbortController()
  /** Job types of which a handler has reported after its end, which is said once. */
  readonly #late = new Set<string>()
  #batch = newBatch()
  /** Parts that an outcome was to bring and did not. */
  #missed: (JobUsage & { readonly jobId: JobId })[] = []
  #prices: { version: number; readonly ofModel: Map<string, readonly Price[]> } = {
    version: 0,
    ofModel: new Map(),
  }
  #reports = 0
  #loop: Promise<void> | undefined
  /** Costs so far of attempts for which money is reserved. */
  readonly #costs = new Map<JobId, number>()
  readonly #released: () => void

  /** `released` is called after reserves have been replaced: others may begin. */
  constructor(deps: Deps, released: () => void = () => undefined) {
    this.#deps = deps
    this.#released = released
    this.#reporterId = deps.ids.next()
    this.#outage = new Outage('Reporting usage', deps)
  }

  /**
   * Counts a call of the attempt; resolves when it is stored.
   * @throws ValidationError at once for a call that cannot be
   */
  report(attempt: Attempt, call: CallUsage): Promise<void> {
    const { job } = attempt
    const counted = countedCall(call, job.model)
    if (this.#gaveUp.signal.aborted) return unstored(1)
    const { calls, stored, reserving } = this.#batch
    const row = calls.add(job, counted, attempt.calls === calls ? attempt.lastCall : undefined)
    if (job.reserves && !attempt.ended) reserving.add(job.jobId)
    if (attempt.ended) this.#sayLate(job)
    else {
      attempt.calls = calls
      attempt.lastCall = row
      attempt.usedUnits = (attempt.usedUnits ?? 0) + unitsOf(counted)
    }
    this.#loop ??= this.#run()
    return stored.promise
  }

  /** The attempt, for which money is reserved, uses no more. */
  ended(job: ActiveJob): void {
    if (this.#gaveUp.signal.aborted) return
    this.#batch.ended.push(job)
    this.#loop ??= this.#run()
  }

  /** The outcome with the usage that it brings: of calls that are not on their way and whose price is known. */
  take<Ending extends Outcome>(
    { calls, lastCall }: Pick<Attempt, 'calls' | 'lastCall'>,
    outcome: Ending,
  ): Ending {
    if (!calls || calls.sent) return outcome
    const now = this.#deps.clock.now()
    let [units, costMicros] = [0, 0]
    for (let row: number | undefined = lastCall; row !== undefined; row = calls.before(row)) {
      const call = calls.call(row)
      const cost = this.#costOf(call, now)
      if (cost === undefined) continue
      calls.take(row, cost)
      units += unitsOf(call)
      costMicros += cost
    }
    if (units === 0 && costMicros === 0) return outcome
    const usage: TakenUsage = { units, costMicros, calls, lastCall }
    return { ...outcome, usage }
  }

  /** The outcome was surely not recorded: reports bring what it had taken. */
  putBack({ jobId, usage }: Outcome): void {
    if (!usage) return
    const { calls, lastCall, units, costMicros } = usage as TakenUsage
    // A sent call may be worked out anew, and its report then brings only the difference from this.
    if (calls.sent) {
      this.#missed.push({ jobId, units, costMicros })
      this.#loop ??= this.#run()
      return
    }
    for (let row: number | undefined = lastCall; row !== undefined; row = calls.before(row))
      calls.take(row, undefined)
  }

  /** Sends what there is without waiting for more. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#loop
  }

  /** Tries no more: what is not stored is lost, and said. */
  giveUp(): void {
    this.#gaveUp.abort()
  }

  async #run(): Promise<void> {
    while (this.#batch.calls.size > 0 || this.#batch.ended.length > 0 || this.#missed.length > 0) {
      await this.#deps.clock.wait(REPORT_MS, this.#closing.signal)
      const batch = this.#batch
      const missed = this.#missed
      this.#batch = newBatch()
      this.#missed = []
      batch.calls.sent = true
      if (await this.#send(batch, missed)) batch.stored.resolve()
      else this.#lose(batch)
      batch.calls.forget()
    }
    this.#loop = undefined
  }

  /** Whether it was stored; if not, this has given up. */
  async #send(batch: Batch, missed: readonly (JobUsage & { readonly jobId: JobId })[]): Promise<boolean> {
    const report = ++this.#reports
    let content: Omit<UsageReport, 'reporterId' | 'report'> | undefined
    while (!this.#gaveUp.signal.aborted) {
      try {
        // The same again until it is answered: it may have been counted, and only its answer been lost.
        content ??= await this.#contentOf(batch, missed)
        const kind = await this.#deps.usage.record({ reporterId: this.#reporterId, report, ...content })
        this.#outage.over()
        if (kind !== 'stale') {
          for (const [jobId, cost] of batch.costs)
            this.#costs.set(jobId, (this.#costs.get(jobId) ?? 0) + cost)
          for (const { jobId } of batch.ended) this.#costs.delete(jobId)
          if (batch.ended.length > 0) this.#released()
          return true
        }
        content = undefined
        this.#prices = { version: 0, ofModel: new Map() }
      } catch (error) {
        await this.#outage.pause(error, this.#gaveUp.signal)
      }
    }
    return false
  }

  async #contentOf(
    { calls, reserving, costs, ended }: Batch,
    missed: readonly (JobUsage & { readonly jobId: JobId })[],
  ): Promise<Omit<UsageReport, 'reporterId' | 'report'>> {
    await this.#knowPrices(new Set(calls.kinds.map(({ model }) => model)))
    const now = this.#deps.clock.now()
    const groups = calls.kinds.map((kind): Mutable<UsageGroup> => ({ ...kind, ...NO_USAGE }))
    const prices = calls.kinds.map(({ model }) => this.#priceOf(model, now))
    const jobs = new Map<JobId, JobUsage>()
    costs.clear()
    const add = (jobId: JobId, units: number, costMicros: number): void => {
      if (units === 0 && costMicros === 0) return
      const before = jobs.get(jobId)
      jobs.set(jobId, {
        units: (before?.units ?? 0) + units,
        costMicros: (before?.costMicros ?? 0) + costMicros,
      })
    }
    for (let row = 0; row < calls.size; row++) {
      const kind = calls.kind(row)
      const group = groups[kind] as Mutable<UsageGroup>
      const price = prices[kind]
      const counted = calls.call(row)
      const cost = costOf(counted, price)
      group.calls++
      group.input += counted.input
      group.output += counted.output
      group.cached += counted.cached
      group.cacheWrite += counted.cacheWrite
      group.reasoning += counted.reasoning
      group.costMicros += cost
      if (counted.costMicros === null && !price) group.unpriced++
      if (reserving.has(calls.jobId(row)))
        costs.set(calls.jobId(row), (costs.get(calls.jobId(row)) ?? 0) + cost)
      const taken = calls.taken(row)
      add(calls.jobId(row), taken === undefined ? unitsOf(counted) : 0, cost - (taken ?? 0))
    }
    for (const { jobId, units, costMicros } of missed) add(jobId, units, costMicros)
    return {
      pricesVersion: this.#prices.version,
      groups,
      jobs: [...jobs].map(([jobId, used]) => ({ jobId, ...used })),
      ...(ended.length > 0 && {
        ended: ended.map(({ jobId, start }) => ({
          jobId,
          start,
          costMicros: (this.#costs.get(jobId) ?? 0) + (costs.get(jobId) ?? 0),
        })),
      }),
    }
  }

  /** Reads the prices of models that are not known, and all of them if the list has changed. */
  async #knowPrices(models: ReadonlySet<string>): Promise<void> {
    const known = this.#prices
    const unknown = [...models].filter((model) => !known.ofModel.has(model))
    if (unknown.length === 0 && known.version > 0) return
    const { version, prices } = await this.#deps.usage.findPrices(unknown)
    if (known.version > 0 && version !== known.version) {
      this.#prices = { version: 0, ofModel: new Map() }
      return this.#knowPrices(models)
    }
    const byModel = Map.groupBy(prices, ({ model }) => model)
    for (const model of unknown) known.ofModel.set(model, byModel.get(model) ?? [])
    known.version = version
  }

  #priceOf(model: string, now: Date): Price | undefined {
    return priceAt(this.#prices.ofModel.get(model) ?? [], model, now)
  }

  /** `undefined` if that is not known yet. */
  #costOf(call: CountedCall, now: Date): number | undefined {
    if (call.costMicros !== null) return call.costMicros
    return this.#prices.ofModel.has(call.model) ? costOf(call, this.#priceOf(call.model, now)) : undefined
  }

  #sayLate({ jobId, type }: ActiveJob): void {
    if (this.#late.has(type)) return
    this.#late.add(type)
    this.#deps.logger.warn(
      { jobId, type },
      'A handler reported usage after its attempt had ended; it is counted, and so will be others of this type',
    )
  }

  #lose({ calls, stored }: Batch): void {
    if (calls.size === 0) return
    let units = 0
    for (let row = 0; row < calls.size; row++) units += unitsOf(calls.call(row))
    this.#deps.logger.error(
      { calls: calls.size, units },
      'Usage could not be stored before this worker closed',
    )
    stored.reject(unstoredError(calls.size))
  }
}

function unitsOf({ input, output }: CountedCall): number {
  return input + output
}

function newBatch(): Batch {
  const stored = Promise.withResolvers<void>()
  // Most handlers do not wait for it.
  stored.promise.catch(() => undefined)
  return { calls: new CallLog(), stored, reserving: new Set(), costs: new Map(), ended: [] }
}

function unstored(calls: number): Promise<void> {
  const rejected = Promise.reject(unstoredError(calls))
  rejected.catch(() => undefined)
  return rejected
}

function unstoredError(calls: number): ClosedError {
  return new ClosedError(`The worker closed before the usage of ${calls} calls was stored`)
}
