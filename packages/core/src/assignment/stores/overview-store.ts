import type { AssignmentId, ProjectId, TaskId, UserId, WorkflowId } from '../../ids.ts'
import type { NewestKey, Slice } from '../../paging.ts'
import type { Slot, TaskStatus } from '../../workflow/task.ts'
import type { Requirement, StepType } from '../../workflow/workflow.ts'
import type { Assignment, AssignmentStatus } from '../assignment.ts'
import type { KeptMove } from '../task-move.ts'
import type { TaskFilter } from './task-store.ts'

/** The key of a task's moves. */
export interface MoveKey {
  readonly no: number
}

/** An open task at a people step, with all that decides about who may take it, and without its payload. */
export interface StandingTask {
  readonly taskId: TaskId
  readonly projectId: ProjectId
  readonly workflowId: WorkflowId
  readonly stepId: string
  readonly stepType: StepType
  /** The step's own, then the task's. */
  readonly requirements: readonly Requirement[]
  readonly createdAt: Date
  readonly openedAt: Date
  /** The slots of the step. */
  readonly slots: readonly Pick<Slot, 'state' | 'wakeAt'>[]
  /** All rows on the task, of every step. */
  readonly rows: readonly (Pick<Assignment, 'userId' | 'stepId' | 'status'> & {
    readonly isFlagged: boolean
  })[]
}

/** The place of a task in lists. */
export interface StandingKey {
  readonly taskId: TaskId
  readonly createdAt: Date
}

/** Tasks that are alike in status and step. */
export interface TaskCount {
  readonly status: TaskStatus
  readonly stepId: string | null
  readonly count: number
}

/** A control that somebody was given: they hold it, handed it in or declined it. */
export interface GivenControl {
  readonly assignmentId: AssignmentId
  readonly assignedAt: Date
  readonly status: AssignmentStatus
}

/** A task's stay at a step that it has left. */
export interface Stay {
  readonly stepId: string
  readonly ms: number
}

/** Reads tasks as managers look at them: their past, and many at once. The task store keeps them. */
export interface OverviewStore {
  /** Moves of a task as they were kept, oldest first; with `userId` those of this person's assignments alone. */
  listMoves(taskId: TaskId, slice: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]>
  /** Of these, the moves by which assignments were given by a pull or by a recorded decision, newest first. */
  listGiven(taskId: TaskId, slice: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]>
  /** Those of the tasks that stand at a people step, in the order of the task store's list. */
  listStanding(filter: TaskFilter, slice: Slice<NewestKey>): Promise<StandingTask[]>
  /** Those of the tasks in the order of the task store's list, by their keys alone. */
  listKeys(filter: TaskFilter, slice: Slice<NewestKey>): Promise<StandingKey[]>
  /** How many tasks there are of each status and step, in any order. */
  countTasks(filter: TaskFilter): Promise<TaskCount[]>
  /** How long these tasks stood at each step that they have left, in any order; without those that they left by being cancelled. */
  listStays(taskIds: readonly TaskId[]): Promise<Stay[]>
  /** The latest `limit` controls of the project that the person holds, or was given since then and has handed in or declined; latest first. */
  listControlsOf(userId: UserId, projectId: ProjectId, since: Date, limit: number): Promise<GivenControl[]>
}
