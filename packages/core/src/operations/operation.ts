import type { OperationId, ProjectId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'

/** The states of an operation. */
export const OPERATION_STATES = ['running', 'done', 'stopped'] as const
/** One of {@link OPERATION_STATES}. `stopped`: somebody ended it between two parts. */
export type OperationState = (typeof OPERATION_STATES)[number]

/** The kinds of things that operations move. */
export const OPERATION_SUBJECTS = ['jobs', 'tasks'] as const
/** One of {@link OPERATION_SUBJECTS}. */
export type OperationSubject = (typeof OPERATION_SUBJECTS)[number]

/** How many things were moved, and how many were passed over, by the reason. */
export interface OperationTally {
  readonly done: number
  readonly skipped: Readonly<Record<string, number>>
}

/** One move on all things that matched a filter when it began. The server works it off in parts; things that come later are not concerned. */
export interface Operation extends OperationTally {
  readonly operationId: OperationId
  /** null: of all projects that its maker operates. */
  readonly projectId: ProjectId | null
  readonly subject: OperationSubject
  readonly action: string
  /** As it was given. */
  readonly filter: Json
  /** Beside the filter, such as the new priority. */
  readonly options: Json
  readonly state: OperationState
  /** How many things it is about, exactly. */
  readonly count: number
  readonly createdBy: UserId | null
  readonly createdAt: Date
  readonly finishedAt: Date | null
}

/** An operation about to begin. */
export type NewOperation = Omit<Operation, 'state' | 'count' | 'finishedAt' | keyof OperationTally>

/** The tally of each project. */
export type MovedByProject = Readonly<Record<string, OperationTally>>

/** The sum of both. */
export function movedSum(a: OperationTally, b: OperationTally): OperationTally {
  const skipped: Record<string, number> = { ...a.skipped }
  for (const [reason, count] of Object.entries(b.skipped)) skipped[reason] = (skipped[reason] ?? 0) + count
  return { done: a.done + b.done, skipped }
}

/** Nothing yet. */
export const NONE_MOVED: OperationTally = { done: 0, skipped: {} }

/** Counts one thing of the project: as moved, or as passed over for `reason`. */
export function countMove(
  moved: Record<string, OperationTally>,
  projectId: ProjectId,
  reason: string | undefined,
): void {
  const one: OperationTally =
    reason === undefined ? { done: 1, skipped: {} } : { done: 0, skipped: { [reason]: 1 } }
  moved[projectId] = movedSum(moved[projectId] ?? NONE_MOVED, one)
}
