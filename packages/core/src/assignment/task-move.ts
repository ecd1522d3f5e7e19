import type { AssignmentId, TaskId, UserId } from '../ids.ts'
import type { Requirement } from '../workflow/workflow.ts'
import type { Assignment, AssignmentStatus } from './assignment.ts'

/**
 * The thing that moved: an `assignment`, or of the task itself its `status`, the `step` it stands at, its `priority`, its own required `skills`.
 */
export const MOVE_KINDS = ['assignment', 'status', 'step', 'priority', 'skills'] as const
/** One of {@link MOVE_KINDS}. */
type MoveKind = (typeof MOVE_KINDS)[number]

/**
 * How somebody came by an assignment: they asked (`pull`), were given it alone (`push`) or in a `batch`, took it over (`reassign`), or have it back (`restored`)
 * by a review's return or since a slot had waited for them.
 */
export const GIVEN_BY = ['pull', 'push', 'batch', 'reassign', 'restored'] as const
/** One of {@link GIVEN_BY}. */
export type GivenBy = (typeof GIVEN_BY)[number]

/** One move of a task or of an assignment on it, as it is kept with the task. */
export interface TaskMove {
  readonly taskId: TaskId
  readonly at: Date
  readonly kind: MoveKind
  /** With `userId` and `attempt`: null unless an assignment moved. */
  readonly assignmentId: AssignmentId | null
  /** The step of the assignment, else the one at which the task stood; null: it had ended. */
  readonly stepId: string | null
  /** The person whose assignment moved. */
  readonly userId: UserId | null
  readonly attempt: number | null
  /** A status, a step, a priority, or required skills as {@link skillsText} has them; null: there was none. */
  readonly from: string | null
  readonly to: string | null
  /** The person whose call moved it; null: nobody's did, or the host's own. */
  readonly by: UserId | null
  /** How an assignment was given; null for every other move. */
  readonly how: GivenBy | null
  readonly reason: string | null
  /** The recorded decision by which an assignment was given. */
  readonly decisionId: string | null
  /** Of a pull, the open steps that stood before the chosen one on shelves that were open to the person: at most {@link MOST_BEFORE} are counted. */
  readonly before: number | null
}

/** Open steps that are counted before the one that a pull takes. */
export const MOST_BEFORE = 20

/** A move as it is kept; `no` rises in the order in which a task's moves were kept. */
export interface KeptMove extends TaskMove {
  readonly no: number
}

/** The parts of a move beside its person and moment. */
export type MoveNote = Partial<Pick<TaskMove, 'how' | 'reason' | 'decisionId' | 'before'>>

/** Required skills in words: `da or nb at 2, review at 1`; null: none. */
export function skillsText(requirements: readonly Requirement[]): string | null {
  if (requirements.length === 0) return null
  return requirements
    .map(({ anyOf, minLevel, dropAfterMinutes }) => {
      const waived = dropAfterMinutes === null ? '' : ` for ${dropAfterMinutes} min`
      return `${anyOf.join(' or ')} at ${minLevel}${waived}`
    })
    .join(', ')
}

/** The move of somebody who asked and was given `row`, before which so many open steps stood. SQL writes the same, see `take_slots`. */
export function pullMove(row: Assignment, from: AssignmentStatus | null, before: number): TaskMove {
  const { taskId, assignmentId, stepId, userId, attempt, status: to, assignedAt: at } = row
  const known = { kind: 'assignment', how: 'pull', by: userId, reason: null, decisionId: null } as const
  return { ...known, taskId, at, assignmentId, stepId, userId, attempt, from, to, before }
}
