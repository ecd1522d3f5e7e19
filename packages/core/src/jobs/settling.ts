import type { JobError, SettledState } from './job.ts'
import { MOST_DEATHS, WORKER_LOST } from './limits.ts'
import type { Outcome } from './worker-store.ts'

/** The past of a job, as far as its way on depends on it. */
export interface Tried {
  /** Attempts that count. */
  readonly attempt: number
  /** Workers in a row that died over it. */
  readonly deaths: number
  /** Answers in a row that asked to wait. */
  readonly notNows: number
}

/** The state that an active job goes to, with all that changes. */
export interface Reached extends Tried {
  /** It ends so, is to be tried `again`, or falls asleep: unless it was to stop meanwhile, which cancels it. */
  readonly state: SettledState | 'again' | 'asleep'
  /** When it is tried again; without it, at once. */
  readonly availableAt?: Date
  /** Without it, the error that it had stays. */
  readonly error?: JobError | null
}

/** The effect on a job of an outcome that its worker reports. */
export function afterOutcome(outcome: Outcome, { attempt, deaths, notNows }: Tried): Reached {
  const counted = { attempt, deaths: 0, notNows: 0 }
  switch (outcome.kind) {
    case 'completed':
    case 'cancelled':
      return { ...counted, state: outcome.kind, error: null }
    case 'failed':
      return { ...counted, state: 'failed', error: outcome.error }
    case 'retry': {
      const { error, availableAt, notNow } = outcome
      return { ...counted, state: 'again', availableAt, error, notNows: notNow ? notNows : 0 }
    }
    case 'notNow': {
      const { error, availableAt } = outcome
      const waited = { ...counted, attempt: attempt - 1, notNows: notNows + 1 }
      return { ...waited, state: 'again', error, ...(availableAt && { availableAt }) }
    }
    case 'asleep':
      return { ...counted, state: 'asleep', error: null }
    case 'returned':
      return { state: 'again', attempt: attempt - 1, deaths, notNows }
  }
}

/** The effect on a job of its worker's death. `stopped`: it is not tried again. */
export function afterDeath({ attempt, deaths, notNows }: Tried, stopped: boolean): Reached {
  const tried = { attempt: attempt - 1, deaths: deaths + 1, notNows }
  return tried.deaths < MOST_DEATHS || stopped
    ? { ...tried, state: 'again' }
    : { ...tried, state: 'failed', error: WORKER_LOST }
}
