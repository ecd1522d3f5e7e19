import { InvalidTransitionError, LeaseLostError } from '../errors.ts'
import type { UserId } from '../ids.ts'
import { type Assignment, type AssignmentStatus, LIVE_STATUSES, UNSEEN } from './assignment.ts'

/** The only moves between the states of an assignment. */
export const ASSIGNMENT_MOVES: Readonly<Record<AssignmentStatus, readonly AssignmentStatus[]>> = {
  assigned: ['accepted', 'in_progress', 'rejected', 'expired', 'reassigned'],
  accepted: ['in_progress', 'rejected', 'expired', 'reassigned'],
  in_progress: ['submitted', 'rejected', 'expired', 'reassigned'],
  /** By a review's return alone. */
  submitted: ['assigned'],
  /** By revival alone. */
  expired: ['assigned'],
  reassigned: ['assigned'],
  rejected: [],
}

/** @throws InvalidTransitionError naming both states if the table has no such move */
export function transition(from: AssignmentStatus, to: AssignmentStatus): AssignmentStatus {
  if (!ASSIGNMENT_MOVES[from].includes(to)) throw new InvalidTransitionError('An assignment', from, to)
  return to
}

/** Whether it holds a slot and counts against its holder's limit. */
export function isLive({ status }: Pick<Assignment, 'status'>): boolean {
  return (LIVE_STATUSES as readonly AssignmentStatus[]).includes(status)
}

/** Live or submitted: what keeps its person from steps that exclude this one, and from a second row on it. */
export function holdsOrSubmitted(assignment: Pick<Assignment, 'status'>): boolean {
  return isLive(assignment) || assignment.status === 'submitted'
}

/** Whether it ended in a way that lets the same person have it again. */
export function isRevivable({ status }: Pick<Assignment, 'status'>): boolean {
  return status === 'expired' || status === 'reassigned'
}

/** Whether it counts as given to its person: not while it is held ahead, nor if it ended so. */
export function wasSeen({ ahead, endReason }: Pick<Assignment, 'ahead' | 'endReason'>): boolean {
  return !ahead && endReason !== UNSEEN
}

/**
 * Refuses a move that comes too late: it names another attempt than the present one, or its maker held what has since expired or
 * gone to somebody else.
 *
 * @throws LeaseLostError
 */
export function checkFence(
  assignment: Assignment,
  by: UserId | undefined,
  attempt: number | undefined,
): void {
  const stale = attempt !== undefined && attempt !== assignment.attempt
  if (!stale && !(isRevivable(assignment) && by === assignment.userId)) return
  throw new LeaseLostError(
    stale
      ? `Attempt ${attempt} of the assignment is over; it is at attempt ${assignment.attempt}`
      : `The hold has ended: the assignment is ${assignment.status}`,
    { assignmentId: assignment.assignmentId, attempt: assignment.attempt, status: assignment.status },
  )
}
