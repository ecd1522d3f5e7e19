import type { Presentation } from '../forms/presentation.ts'
import type { AssignmentId, FormId, JobId, ProjectId, TaskId, UserId, WorkflowId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Requirement } from './workflow.ts'

/** Open until its workflow is through or it is cancelled; both are for good. */
export const TASK_STATUSES = ['open', 'completed', 'cancelled'] as const
/** One of {@link TASK_STATUSES}. */
export type TaskStatus = (typeof TASK_STATUSES)[number]

/** How a step with adaptive overlap ended. */
export interface OverlapEnd {
  /** Whether `until` held; if not, as many people as may be were asked, or nobody was waited for any longer. */
  readonly held: boolean
  /** Of each question, or criterion, of whose answers `until` asks a posterior: the chance of each answer. */
  readonly posterior: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** One unit of work for people, going through a workflow. */
export interface Task {
  readonly taskId: TaskId
  readonly projectId: ProjectId
  readonly workflowId: WorkflowId
  readonly status: TaskStatus
  /** null once the task is completed or cancelled. */
  readonly currentStepId: string | null
  /** −1000..1000, higher first. */
  readonly priority: number
  readonly payload: Json
  /** Added to every people step of the task. */
  readonly requiredSkills: readonly Requirement[]
  /** The known answer, to measure people by. Never shown to those who might do the task. */
  readonly gold: Json | null
  /** Stands in for the form of every annotation step; null: each step has its own. */
  readonly formId: FormId | null
  /** The caller's own name for it, unique in the project. */
  readonly externalId: string | null
  readonly version: number
  /** The latest moment until which a slot of the current step rests; null: none does. */
  readonly cooldownUntil: Date | null
  /** When the current step opened; what has waited longest comes first. */
  readonly stepOpenedAt: Date
  /** How often review has sent it back; {@link OF_CONTROL} marks a control, which goes to no review. */
  readonly returns: number
  /** The job that does the current step, if that is `automatic`. */
  readonly jobId: JobId | null
  readonly createdAt: Date
  readonly completedAt: Date | null
  /** How its steps with adaptive overlap ended that are complete, by stepId; null: none has. For managers. */
  readonly overlapEnds: Readonly<Record<string, OverlapEnd>> | null
}

/**
 * - `free` may be taken
 * - `held` by a live assignment
 * - `done` its assignment is submitted
 * - `cooling` rests until `wakeAt`
 * - `reserved` is not given out: it waits for one person (`reservedFor`), who is looked for at `wakeAt`, until the hold time is over. Without
 *   `wakeAt` it is out of play: its step is no longer, or not yet again, the current one, or the task has ended. Out of play and for
 *   nobody, `wakeAt` is the end of a rest that goes on should its step come again
 */
export type SlotState = 'free' | 'held' | 'done' | 'cooling' | 'reserved'

/** A place on a step of a task for one assignment: overlap in rows, so that it cannot be exceeded. */
export interface Slot {
  readonly taskId: TaskId
  readonly stepId: string
  /** 1.. `assignmentsRequired`, or its `max`; behind it the `reopened` ones */
  readonly slotNo: number
  readonly state: SlotState
  /** The holder while `held` or `done`, the awaited person while `reserved`. */
  readonly assignmentId: AssignmentId | null
  readonly reservedFor: UserId | null
  readonly wakeAt: Date | null
  /** When it is no longer waited for, if it is free then; null: always waited for. Never changes. */
  readonly giveUpAt: Date | null
  /** Whether a manager asked for it, beyond what the step asks for: it raises its `max` by one. Never changes. */
  readonly reopened: boolean
  /** The orders that the first person who gets it is shown; null: its step has no form. Never changes. */
  readonly presentation: Presentation | null
}

/**
 * The tasks that people are asked to do, and those by which they are measured: a control has a known answer, stands in no queue, is given to each person by a slot made for
 * them, and never goes on.
 */
export const TASK_PURPOSES = ['work', 'control'] as const
/** One of {@link TASK_PURPOSES}. */
export type TaskPurpose = (typeof TASK_PURPOSES)[number]

/** `returns` of a control: so that reading tasks costs nothing more where there are none. */
export const OF_CONTROL = -1

/** The purpose of a task. */
export function purposeOf({ returns }: Pick<Task, 'returns'>): TaskPurpose {
  return returns === OF_CONTROL ? 'control' : 'work'
}
