import type { ProjectId, RunId } from '../../ids.ts'
import type { Page, PageRequest } from '../../paging.ts'
import type { Price } from '../../usage/price.ts'
import type { UsageSum } from '../../usage/usage.ts'
import type { UsagePart, UsageSplit } from '../../usage/usage-store.ts'

/** Most parts that a sum is told in. */
export const MOST_USAGE_PARTS = 1_000

/** Which usage is added up; without more all of it, by model. */
export interface UsageRequest {
  /** The first day, of UTC, as `2026-11-29`. */
  readonly from?: string | undefined
  /** The last day. */
  readonly to?: string | undefined
  readonly by?: UsageSplit | undefined
}

/** Usage as a sum and in parts. */
export interface UsageView {
  readonly by: UsageSplit
  readonly total: UsageSum
  /** At most {@link MOST_USAGE_PARTS}, first those that cost most; days in their order. */
  readonly items: readonly UsagePart[]
  /** There are more parts. */
  readonly more: boolean
}

/** The usage of a run's jobs. */
export interface RunUsage extends UsageSum {
  readonly byModel: Readonly<Record<string, UsageSum>>
}

/** Prices to be kept: of a model, from a moment on. */
export interface NewPrices {
  readonly items: readonly (Omit<Price, 'cachedMicros' | 'cacheWriteMicros'> &
    Partial<{ readonly [Part in 'cachedMicros' | 'cacheWriteMicros']: number | undefined }>)[]
}

/** Reads usage and its cost, and keeps prices. */
export interface UsageUseCases {
  /** Of a project, or of all (null). @throws ValidationError, NotFoundError */
  read(projectId: ProjectId | null, request?: UsageRequest): Promise<UsageView>
  /** @throws NotFoundError */
  ofRun(runId: RunId): Promise<RunUsage>
  /**
   * Keeps prices beside those that there are, all or none. One of the same model and moment is put in its place; the same again changes nothing.
   * @throws ValidationError, PriceUsedError for one that would change the cost of calls that are recorded
   */
  putPrices(prices: NewPrices): Promise<readonly Price[]>
  /** By model, the latest first. */
  prices(where: { readonly model?: string | undefined }, request: PageRequest): Promise<Page<Price>>
}
