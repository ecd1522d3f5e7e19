import type { ProjectId, TaskId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import type { NewestKey, Slice } from '../../paging.ts'
import type { DecidedOverlap } from '../../quality/overlap.ts'
import type { Task, TaskPurpose, TaskStatus } from '../../workflow/task.ts'
import type { TaskWork } from '../assignment.ts'
import type { TaskMove } from '../task-move.ts'

/** A task as it was under its lock, and as it is to be. */
export interface WorkChange {
  readonly before: TaskWork
  readonly after: TaskWork
  /** Decisions on its overlap that are kept with it; none if not given. */
  readonly decided?: readonly RecordedOverlap[]
  /** The moves that led from one to the other, which are kept with the task in this order; none if not given. */
  readonly moves?: readonly TaskMove[]
}

/** Which tasks, and in what order; a part that is not given excludes none. */
export interface TaskFilter {
  readonly projectId?: ProjectId | undefined
  /** One of these projects. */
  readonly projectIds?: readonly ProjectId[] | undefined
  /** One of these tasks. */
  readonly taskIds?: readonly TaskId[] | undefined
  readonly status?: readonly TaskStatus[] | undefined
  readonly stepId?: string | undefined
  readonly externalId?: string | undefined
  /** A part of its externalId or of its id; A to Z are as a to z. */
  readonly q?: string | undefined
  /** Somebody has a live assignment on it. */
  readonly holder?: UserId | undefined
  /** It stands at a people step that asks for this skill, perhaps beside others. */
  readonly skill?: string | undefined
  /** Created then or later. */
  readonly from?: Date | undefined
  /** Created before. */
  readonly to?: Date | undefined
  /** Default `work`. */
  readonly purpose?: TaskPurpose | undefined
  /** Whether some assignment on it is flagged. */
  readonly flagged?: boolean | undefined
  /** By creation; default `desc`, the newest first. */
  readonly order?: 'asc' | 'desc' | undefined
}

/** A decision on overlap with everything it came from; {@link replayOverlap} gives the same from it. */
export interface RecordedOverlap extends DecidedOverlap {
  readonly decisionId: string
}

/** Keeps tasks, their slots and their assignments: one thing, because each rule spans them. */
export interface TaskStore {
  /** Keeps new tasks with the slots of their first step. @throws ConflictError when an `externalId` is taken in the project; nothing is kept then */
  add(works: readonly TaskWork[]): Promise<void>
  find(taskId: TaskId): Promise<Task | undefined>
  /** The project's tasks that have one of these external ids, in any order. */
  listByExternalId(projectId: ProjectId, externalIds: readonly string[]): Promise<Task[]>
  findWork(taskId: TaskId): Promise<TaskWork | undefined>
  /** As {@link findWork}, and nobody else changes the task, its slots or its assignments until the transaction ends. */
  lockWork(taskId: TaskId): Promise<TaskWork | undefined>
  /** As {@link lockWork}, of several tasks, locked in the order of their ids and given so. */
  lockWorks(taskIds: readonly TaskId[]): Promise<TaskWork[]>
  /**
   * Writes the difference between what {@link lockWork} gave and what is to be, of several tasks, all or nothing: changed rows of task, slots and
   * assignments, new rows of the latter two, slots that are gone, decisions on overlap, moves. Slots that opened or changed shelf (by priority) are findable by claims when the transaction has committed.
   * @throws AlreadyAssignedError when a new row would be the second for (user, task, step)
   */
  saveWorks(changes: readonly WorkChange[]): Promise<void>
  /** Decisions on the overlap of a task's steps, newest first. */
  listOverlaps(taskId: TaskId, limit: number): Promise<RecordedOverlap[]>
  /** Newest first, unless the filter says otherwise. */
  list(filter: TaskFilter, slice: Slice<NewestKey>): Promise<Task[]>
  /**
   * Completed tasks with all that was submitted, in order of taskId: the project's results, a part at a time. Fewer than `limit` if they are large;
   * none is the end.
   */
  listCompletedWork(projectId: ProjectId, slice: Slice<{ readonly taskId: TaskId }>): Promise<TaskWork[]>
  /** Open tasks at a people step with at least one free slot, in the order of priority desc, stepOpenedAt, taskId. For batches. */
  listOpenWork(projectId: ProjectId, limit: number): Promise<TaskWork[]>

  /** Tasks that have an assignment with `expiresAt` or `submitsAt`, a cooling or reserved slot with `wakeAt`, or a free one with `giveUpAt`, at or before `now`. Ascending by that moment. */
  listDue(now: Date, limit: number): Promise<TaskId[]>
  /**
   * Forgets drafts of rows that ended before then and were not saved since, at most so many, and says how many. It raises no version, and draftVersion stays.
   */
  pruneDrafts(before: Date, limit: number): Promise<number>
  /** Open tasks at an automatic step whose job is settled (completed or failed), with the job's end; those completed come first. */
  listAutomaticDone(
    limit: number,
  ): Promise<
    { readonly taskId: TaskId; readonly state: 'completed' | 'failed'; readonly result: Json | null }[]
  >
}
