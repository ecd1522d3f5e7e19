import { InvalidTransitionError } from '../errors.ts'
import type { JobState } from './job.ts'

/**
 * The only moves between the states of a job. `active` → `pending` is a retry, or a worker that died or shut down; `failed` → `pending` a retry
 * that somebody asked for.
 */
export const JOB_MOVES: Readonly<Record<JobState, readonly JobState[]>> = {
  pending: ['active', 'cancelled'],
  active: ['pending', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: ['pending'],
  cancelled: [],
}

/** @throws InvalidTransitionError naming both states if the table has no such move */
export function checkJobMove(from: JobState, to: JobState): void {
  if (!JOB_MOVES[from].includes(to)) throw new InvalidTransitionError('An item', from, to)
}
