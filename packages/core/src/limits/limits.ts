import type { ProjectId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { LimitOrigin } from './limit.ts'
import type { NewLimit } from './limit-input.ts'

/** A key with its limits and its use; null: not set. */
export interface Limit {
  readonly key: string
  readonly origin: LimitOrigin
  readonly concurrency: number | null
  readonly perMinute: number | null
  readonly burst: number | null
  readonly unitsPerMinute: number | null
  readonly estimate: number | null
  readonly adaptive: { readonly min: number; readonly start: number } | null
  readonly paused: boolean
  readonly version: number
  /** Jobs that have begun and not ended. */
  readonly inUse: number
  /** Starts and units of the last 60 s, exact to 10 s. */
  readonly startsLastMinute: number
  readonly unitsLastMinute: number
  /** Jobs that it holds back, at least. */
  readonly waiting: number
  /** Of an adaptive key the concurrency that it has found, with the part of one more that it has earned. */
  readonly window: number | null
  /** When it opens; null: it is open, or an end or a person opens it. */
  readonly opensAt: Date | null
  /** Nothing begins before; null: it does not cool. */
  readonly coolUntil: Date | null
  /** How often it has cooled because the other side asked, ever. */
  readonly coolDowns: number
}

/** Which keys there are for somebody. */
export interface LimitsOf {
  /** Keys that jobs of these have, and those that begin with `project:` and the id of one; null, or left out: all. */
  readonly projects?: readonly ProjectId[] | null | undefined
}

/** Limits by key, for all processes together. */
export interface LimitUseCases {
  /** @throws NotFoundError for a key that no job has and nobody has set, and for one that is not of `projects` */
  get(key: string, options?: LimitsOf): Promise<Limit>
  /** By key, ascending. @throws ValidationError at `prefix` */
  list(request?: PageRequest & LimitsOf & { readonly prefix?: string | undefined }): Promise<Page<Limit>>
  /**
   * Replaces the settings. Holds for the next job that is taken: raising opens, lowering stops nothing that runs.
   * @throws ValidationError; VersionConflictError if `ifVersion` is not the key's version
   */
  put(
    key: string,
    limit: NewLimit,
    options?: { readonly ifVersion?: number | undefined },
  ): Promise<{ readonly limit: Limit; readonly created: boolean }>
  /** The settings go: the key has what applications say of it. Again is fine. */
  remove(key: string): Promise<void>
  /** Nothing begins under the key for so long, at most a day. @throws NotFoundError */
  cool(key: string, seconds: number): Promise<Limit>
  /** Ends a cool-down. @throws NotFoundError */
  warm(key: string): Promise<Limit>
}
