import type { JobId } from '../ids.ts'
import { type KeyState, type LimitSettings, OPEN } from './keys.ts'

/** Keys that a job may have. */
export const MOST_KEYS = 4

/** The source of a key's settings: an application's code, or somebody since. */
export const LIMIT_ORIGINS = ['code', 'api'] as const
/** One of {@link LIMIT_ORIGINS}. */
export type LimitOrigin = (typeof LIMIT_ORIGINS)[number]

/** The keys of a job, the one first that cools if the other side asks to wait, and the units that each start spends; 0: as the key estimates. */
export interface LimitSet {
  readonly keys: readonly string[]
  readonly units: number
  /** The cost that a start is estimated at, in millionths of the currency unit; 0, or left out: the job does not say. */
  readonly costMicros?: number | undefined
}

/** The keys of a job that is in line or waits. */
export interface JobKeys extends LimitSet {
  /** Pending jobs of its lane and its set that are before it, counted to {@link MOST_AHEAD} and one more. */
  readonly ahead: number
}

/** Of jobs in line that share a set the oldest, and what its next attempt needs. */
export interface FirstOfSet extends Pick<LimitSet, 'keys' | 'units'> {
  readonly jobId: JobId
  /** null: it is under no hard budget. */
  readonly estimateMicros: number | null
}

/** Jobs of each kind that are looked at to find the sets that a run has in line: of the line, of those tried again, and sets of those passed over. */
export const MOST_LOOKED_AT = 100

/** Jobs ahead of another that are counted. */
export const MOST_AHEAD = 1_000

/** The settings that an application gives to a key, or, with a `*` at its end, to all that begin so. */
export interface LimitDefault {
  readonly pattern: string
  readonly settings: LimitSettings
}

/** The settings that applications give to the key: by its name, else by the longest of its beginnings. */
export function defaultOf(key: string, defaults: Iterable<LimitDefault>): LimitSettings {
  let best: LimitDefault | undefined
  for (const one of defaults) {
    const { pattern } = one
    if (pattern === key) return one.settings
    if (!pattern.endsWith('*') || !key.startsWith(pattern.slice(0, -1))) continue
    if (best === undefined || pattern.length > best.pattern.length) best = one
  }
  return best?.settings ?? OPEN
}

/** A key as it is kept. */
export interface KeptLimit {
  readonly key: string
  readonly origin: LimitOrigin
  readonly settings: LimitSettings
  readonly version: number
  readonly state: KeyState
  /** Of the last 60 s, exact to 10 s. */
  readonly startsLastMinute: number
  readonly unitsLastMinute: number
  /** Jobs that it holds back; where a lane is held back whole, with its line. */
  readonly waiting: number
}

/** A key with its use alone. */
export type UsedLimit = Omit<KeptLimit, 'waiting'>

/** A worker's hold on the jobs of one set. */
export interface SetHold {
  readonly limitSet: number
  /** Begun, and not both recorded and out of their handlers. */
  readonly jobs: number
}

/** The jobs with keys that a worker holds, all of them each time: what it does not name it no longer holds. */
export interface HoldReport {
  /** The worker's own count of reports, from 1: what a report settles is settled once. */
  readonly number: number
  readonly held: readonly SetHold[]
  /** Of each set, jobs that spent so many units in all in place of their estimates; those whose handler never ran spent none. */
  readonly settled?: readonly { readonly limitSet: number; readonly jobs: number; readonly units: number }[]
}
