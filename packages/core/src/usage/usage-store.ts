import type { JobId, ProjectId, RunId } from '../ids.ts'
import type { Price } from './price.ts'
import type { JobUsage, UsageSum } from './usage.ts'

/** The usage of calls of one model by a run's jobs or by loose ones of the project. */
export interface UsageGroup extends UsageSum {
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly model: string
}

/** All that a worker has seen used since its last report. */
export interface UsageReport {
  /** The worker's own id for its reports, whatever its leases: a UUID. */
  readonly reporterId: string
  /** 1, 2, 3 …: the same again with the same content until it was answered. */
  readonly report: number
  /** Of the price list that the costs were worked out with. */
  readonly pricesVersion: number
  /** Each of its own project, run and model. */
  readonly groups: readonly UsageGroup[]
  /** Added to jobs themselves, each once: the part that their outcomes do not bring. */
  readonly jobs: readonly (JobUsage & { readonly jobId: JobId })[]
  /** Attempts under budgets all of whose usage is in this report or in earlier ones: it takes the place of what they reserved. */
  readonly ended?: readonly EndedAttempt[] | undefined
}

/** An attempt for which money was reserved, with all that it cost, in millionths of the currency unit; null: its reporter does not know, and no mean counts it. */
export interface EndedAttempt {
  readonly jobId: JobId
  readonly start: number
  readonly costMicros: number | null
}

/**
 * The answer to a report. `repeated`: it was counted before, and nothing changed. `stale`: the price list is another now, and nothing was counted.
 * `unpriced`: the models of projects that had calls without a price, each for the first time of the day.
 */
export type ReportReceipt =
  | { readonly kind: 'counted'; readonly unpriced: readonly Pick<UsageGroup, 'projectId' | 'model'>[] }
  | { readonly kind: 'repeated' | 'stale' }

/** How long it is known which reports of a reporter were counted, in ms. */
export const USAGE_REPORTS_KEPT_MS: number = 24 * 3_600_000

/** How sums are split. */
export const USAGE_SPLITS = ['run', 'model', 'project', 'day'] as const
/** One of {@link USAGE_SPLITS}. */
export type UsageSplit = (typeof USAGE_SPLITS)[number]

/** Which usage: days are UTC's, as `2026-11-29`, both included. */
export interface UsageWhere {
  readonly projectId?: ProjectId | undefined
  readonly runId?: RunId | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/** A part of a sum: only the member that it is split by is there, and null for `run` means loose jobs. */
export interface UsagePart extends UsageSum {
  readonly runId?: RunId | null
  readonly model?: string
  readonly projectId?: ProjectId
  readonly day?: string
}

/** Prices, with the version of the list that they are of. */
export interface PriceList {
  /** Rises with each change. */
  readonly version: number
  readonly prices: readonly Price[]
}

/** Keeps what was used, and prices. */
export interface UsageStore {
  /**
   * Counts a report, once: a `report` at most as high as one of that reporter that was counted is not counted again, for 24 hours at least. Part of a
   * transaction; {@link lockPrices} waits for it.
   */
  record(report: UsageReport, now: Date): Promise<ReportReceipt>
  /** The sum of all that was used, and its `limit` parts that cost most; of equal cost those with most tokens, then by name. */
  sum(
    where: UsageWhere,
    by: UsageSplit,
    limit: number,
  ): Promise<{ readonly total: UsageSum; readonly parts: readonly UsagePart[] }>
  /** All prices of these models. */
  findPrices(models: readonly string[]): Promise<PriceList>
  /** Prices by model, then from the latest; `model` undefined: of all. */
  listPrices(
    model: string | undefined,
    slice: { readonly limit: number; readonly after?: PriceKey | undefined },
  ): Promise<Price[]>
  /** Holds the list for a change: no report is counted until the transaction ends. Gives when each of these models was last recorded. */
  lockPrices(models: readonly string[]): Promise<ReadonlyMap<string, Date>>
  /** Adds prices to the list, locked before, or puts them in the place of those of the same model and moment. */
  putPrices(prices: readonly Price[]): Promise<void>
}

/** Where a list of prices goes on. */
export interface PriceKey {
  readonly model: string
  /** In ms since the epoch. */
  readonly from: number
}
