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
import type { ReportedCall } from './reported-call.ts'
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

/** The usage that an outcome brings, and the calls that it is of. */
interface TakenUsage extends JobUsage {
  readonly calls: readonly ReportedCall[]
}

type Mutable<Row> = { -readonly [Member in keyof Row]: Row[Member] }

/** Calls that travel together, and those who wait for them. */
interface Batch {
  readonly calls: ReportedCall[]
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

  constructor(deps: Deps) {
    this.#deps = deps
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
    const { jobId, projectId, runId } = job
    const reported: ReportedCall = {
      jobId,
      projectId,
      runId,
      counted,
      takenUnits: 0,
      takenMicros: 0,
      sent: false,
    }
    if (attempt.ended) this.#sayLate(job)
    else if (attempt.calls) attempt.calls.push(reported)
    else attempt.calls = [reported]
    this.#batch.calls.push(reported)
    this.#loop ??= this.#run()
    return this.#batch.stored.promise
  }

  /** The outcome with the usage that it brings: of calls that are not on their way and whose price is known. */
  take<Ending extends Outcome>({ calls }: Pick<Attempt, 'calls'>, outcome: Ending): Ending {
    if (!calls) return outcome
    const now = this.#deps.clock.now()
    let [units, costMicros] = [0, 0]
    for (const call of calls) {
      const cost = call.sent ? undefined : this.#costOf(call.counted, now)
      if (cost === undefined) continue
      call.takenUnits = unitsOf(call.counted)
      call.takenMicros = cost
      units += call.takenUnits
      costMicros += cost
    }
    if (units === 0 && costMicros === 0) return outcome
    const usage: TakenUsage = { units, costMicros, calls }
    return { ...outcome, usage }
  }

  /** The outcome was surely not recorded: reports bring what it had taken. */
  putBack({ jobId, usage }: Outcome): void {
    if (!usage) return
    for (const call of (usage as TakenUsage).calls) {
      const { takenUnits: units, takenMicros: costMicros, sent } = call
      if (units === 0 && costMicros === 0) continue
      call.takenUnits = 0
      call.takenMicros = 0
      if (sent) this.#missed.push({ jobId, units, costMicros })
    }
    if (this.#missed.length > 0) this.#loop ??= this.#run()
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
    while (this.#batch.calls.length > 0 || this.#missed.length > 0) {
      await this.#deps.clock.wait(REPORT_MS, this.#closing.signal)
      const batch = this.#batch
      const missed = this.#missed
      this.#batch = newBatch()
      this.#missed = []
      for (const call of batch.calls) call.sent = true
      if (await this.#send(batch.calls, missed)) batch.stored.resolve()
      else this.#lose(batch)
    }
    this.#loop = undefined
  }

  /** Whether it was stored; if not, this has given up. */
  async #send(
    calls: readonly ReportedCall[],
    missed: readonly (JobUsage & { readonly jobId: JobId })[],
  ): Promise<boolean> {
    const report = ++this.#reports
    let content: Omit<UsageReport, 'reporterId' | 'report'> | undefined
    while (!this.#gaveUp.signal.aborted) {
      try {
        // The same again until it is answered: it may have been counted, and only its answer been lost.
        content ??= await this.#contentOf(calls, missed)
        const kind = await this.#deps.usage.record({ reporterId: this.#reporterId, report, ...content })
        this.#outage.over()
        if (kind !== 'stale') return true
        content = undefined
        this.#prices = { version: 0, ofModel: new Map() }
      } catch (error) {
        await this.#outage.pause(error, this.#gaveUp.signal)
      }
    }
    return false
  }

  async #contentOf(
    calls: readonly ReportedCall[],
    missed: readonly (JobUsage & { readonly jobId: JobId })[],
  ): Promise<Omit<UsageReport, 'reporterId' | 'report'>> {
    await this.#knowPrices(new Set(calls.map(({ counted }) => counted.model)))
    const now = this.#deps.clock.now()
    const groups = new Map<string, Mutable<UsageGroup>>()
    const jobs = new Map<JobId, JobUsage>()
    const add = (jobId: JobId, units: number, costMicros: number): void => {
      if (units === 0 && costMicros === 0) return
      const before = jobs.get(jobId)
      jobs.set(jobId, {
        units: (before?.units ?? 0) + units,
        costMicros: (before?.costMicros ?? 0) + costMicros,
      })
    }
    // Most calls are of the same kind as the one before.
    let group: Mutable<UsageGroup> | undefined
    let price: Price | undefined
    for (const { jobId, projectId, runId, counted, takenUnits, takenMicros } of calls) {
      const { model } = counted
      if (group?.model !== model || group.runId !== runId || group.projectId !== projectId) {
        const key = `${projectId} ${runId} ${model}`
        group = groups.get(key) ?? { projectId, runId, model, ...NO_USAGE }
        groups.set(key, group)
        price = this.#priceOf(model, now)
      }
      const cost = costOf(counted, price)
      group.calls++
      group.input += counted.input
      group.output += counted.output
      group.cached += counted.cached
      group.cacheWrite += counted.cacheWrite
      group.reasoning += counted.reasoning
      group.costMicros += cost
      if (counted.costMicros === null && !price) group.unpriced++
      add(jobId, unitsOf(counted) - takenUnits, cost - takenMicros)
    }
    for (const { jobId, units, costMicros } of missed) add(jobId, units, costMicros)
    return {
      pricesVersion: this.#prices.version,
      groups: [...groups.values()],
      jobs: [...jobs].map(([jobId, used]) => ({ jobId, ...used })),
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
    if (calls.length === 0) return
    const units = calls.reduce((sum, { counted }) => sum + unitsOf(counted), 0)
    this.#deps.logger.error(
      { calls: calls.length, units },
      'Usage could not be stored before this worker closed',
    )
    stored.reject(unstoredError(calls.length))
  }
}

export function unitsOf({ input, output }: CountedCall): number {
  return input + output
}

function newBatch(): Batch {
  const stored = Promise.withResolvers<void>()
  // Most handlers do not wait for it.
  stored.promise.catch(() => undefined)
  return { calls: [], stored }
}

function unstored(calls: number): Promise<void> {
  const rejected = Promise.reject(unstoredError(calls))
  rejected.catch(() => undefined)
  return rejected
}

function unstoredError(calls: number): ClosedError {
  return new ClosedError(`The worker closed before the usage of ${calls} calls was stored`)
}
