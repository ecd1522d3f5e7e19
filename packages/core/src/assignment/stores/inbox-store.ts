import type { AssignmentId, ProjectId, TaskId, UserId } from '../../ids.ts'
import type { Slice } from '../../paging.ts'
import type { StepType } from '../../workflow/workflow.ts'
import type { Assignment, AssignmentStatus } from '../assignment.ts'

/** The sort keys of an inbox: `age` is when it was given, `project` the project’s name. */
export type QueueSort = 'priority' | 'age' | 'project'

/** A person's assignments, which of them, and in what order. */
export interface QueueFilter {
  readonly userId: UserId
  readonly projectId?: ProjectId | undefined
  readonly stepType?: StepType | undefined
  /** Default: the live ones. */
  readonly status?: readonly AssignmentStatus[] | undefined
  readonly sort: QueueSort
  readonly order: 'asc' | 'desc'
}

/** The sort key of a queue row: what it is sorted by, then assignedAt ascending, then assignmentId ascending. */
export interface QueueKey {
  /** The task's priority; for `age` the moment in ms since 1970; for `project` its name, compared by code point. */
  readonly by: number | string
  readonly assignedAt: Date
  readonly assignmentId: AssignmentId
}

/** One assignment as its holder’s queue shows it. */
export interface QueueRow {
  readonly assignment: Assignment
  readonly projectName: string
  /** null in a project with controls, where it sorts as 0. */
  readonly priority: number | null
  readonly estimatedDurationMinutes: number | null
}

/** Live assignments of one person in one project, counted. */
export interface QueueStat {
  readonly projectId: ProjectId
  readonly projectName: string
  /** assigned + accepted */
  readonly pending: number
  readonly inProgress: number
}

/** Reads assignments by the person who holds them. They change with their task, in the task store. */
export interface InboxStore {
  findAssignment(assignmentId: AssignmentId): Promise<Assignment | undefined>
  /** Assignments of a person with their task's priority and project's name, in the order asked for. See interfaces: personal queue. */
  listQueue(filter: QueueFilter, slice: Slice<QueueKey>): Promise<QueueRow[]>
  /** Live assignments of a person, counted per project. */
  queueStats(userId: UserId): Promise<QueueStat[]>
  /** Tasks on which something waits to go through that the person has handed in, in the order in which it does. */
  listWaiting(userId: UserId): Promise<TaskId[]>
  /** Tasks on which the person has a live assignment or a slot is reserved for them, by id. */
  listHeldOrReserved(userId: UserId, projectId?: ProjectId): Promise<TaskId[]>
}
