import type { Fact, NewFact } from '../events/event.ts'
import type { ProjectId } from '../ids.ts'

/** How much time one count covers, in seconds: at first, after a day, and after a week. */
export const RATE_GRAINS = [10, 60, 3_600] as const
/** One of {@link RATE_GRAINS}. */
export type RateGrain = (typeof RATE_GRAINS)[number]

const HOUR_MS = 3_600_000

/** How old counts of one grain are before they are put together to the next, in ms. */
export const RATE_THINNING: readonly {
  readonly from: RateGrain
  readonly to: RateGrain
  readonly afterMs: number
}[] = [
  { from: 10, to: 60, afterMs: 24 * HOUR_MS },
  { from: 60, to: 3_600, afterMs: 7 * 24 * HOUR_MS },
]

/** How long counts of how often a cause came up are kept, but for its latest, in ms. */
export const CAUSE_COUNTS_KEPT_MS: number = 90 * 24 * HOUR_MS

/** Jobs of a type that ended in the time that begins `at`. */
export interface JobRate {
  readonly type: string
  readonly at: Date
  /** Completed or failed. */
  readonly settled: number
  readonly failed: number
  /** Attempts that are followed by another, asked to wait or not. */
  readonly retried: number
  /** Attempts whose worker died, or was silent for too long; they count as tries of nobody. */
  readonly lost: number
}

/** Jobs of a run that ended in the time that begins `at`, as they stand now: one that is tried again is no longer among them. */
export interface RunRate {
  readonly at: Date
  /** Completed or failed. */
  readonly settled: number
  readonly failed: number
}

/** Work of people on a step in the time that begins `at`. */
export interface StepRate {
  readonly stepId: string
  readonly stepType: string
  readonly at: Date
  readonly submitted: number
  /** Sent back by a review. */
  readonly returned: number
}

/** A stretch of time, in steps. */
export interface RateWindow {
  readonly from: Date
  /** Not in it. */
  readonly to: Date
  /** In seconds; steps begin at multiples of it since 1970. */
  readonly step: number
}

/** The moves of people at one step of a project. */
export interface StepMoves {
  readonly projectId: ProjectId
  readonly stepId: string
  readonly stepType: string
  readonly submitted: number
  readonly returned: number
}

/** The moves that these facts tell of, by project and step. */
export function stepMoves(facts: readonly (Fact | NewFact)[]): StepMoves[] {
  const moves = new Map<string, StepMoves>()
  for (const fact of facts) {
    const isSubmitted = fact.type === 'task_status_changed' && fact.data.status === 'submitted'
    const isReturned = fact.type === 'task_assigned' && fact.data.reason === 'task_returned'
    if (!isSubmitted && !isReturned) continue
    const { projectId } = fact
    const { stepId, stepType } = fact.data
    const key = `${projectId} ${stepId} ${stepType}`
    const before = moves.get(key) ?? { projectId, stepId, stepType, submitted: 0, returned: 0 }
    moves.set(key, {
      ...before,
      submitted: before.submitted + Number(isSubmitted),
      returned: before.returned + Number(isReturned),
    })
  }
  return [...moves.values()]
}

/** The beginning of the stretch of `seconds` that the moment lies in. */
export function stretchOf(moment: Date, seconds: number): Date {
  return new Date(Math.floor(moment.getTime() / (seconds * 1_000)) * seconds * 1_000)
}
