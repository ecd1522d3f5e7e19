import type { AssignmentId, FormId, ProjectId, TaskId, UserId, WorkflowId } from '../../ids.ts'
import type { Slice } from '../../paging.ts'
import type { StepType } from '../../workflow/workflow.ts'
import type { Assignment, AssignmentStatus } from '../assignment.ts'

/** The sort keys of an inbox: `age` is when it was given, `project` the project’s name, `submitted` when it was handed in. */
export type QueueSort = 'priority' | 'age' | 'project' | 'submitted'

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
  /** The task's priority; for `age` and `submitted` the moment in ms since 1970, 0 if there is none; for `project` its name, compared by code point. */
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
  /** The name that its author gave the task; whether the person may know it is not decided here. null in a project with controls. */
  readonly externalId: string | null
  readonly workflowId: WorkflowId
  /** The task's own form. */
  readonly formId: FormId | null
}

/** Live assignments of one person in one project, counted. */
export interface QueueStat {
  readonly projectId: ProjectId
  readonly projectName: string
  /** assigned + accepted */
  readonly pending: number
  readonly inProgress: number
}

/** The people whose activity is asked for, and since when. */
export interface ActivityOf {
  readonly projectId: ProjectId
  readonly userIds: readonly UserId[]
  readonly since: Date
  /** Assignments that were given before are not looked at: it bounds how many rows are read. */
  readonly givenSince: Date
}

/** The deeds of somebody in a project since an instant, and how much they hold. */
export interface PersonActivity {
  readonly userId: UserId
  /** Live assignments over all projects. */
  readonly live: number
  /** Submitted since, and not sent back again. */
  readonly submitted: number
  /** From start to submission, of those; null: none was started and submitted. */
  readonly medianSeconds: number | null
  /** Given again since because a review sent them back: with its words, or not submitted anew yet. */
  readonly returned: number
  /** Rejected since. */
  readonly declined: number
}

/** Submissions of one person, counted. */
export interface SubmittedStat {
  readonly submitted: number
  /** Half of them took longer, from start to submission; null: nothing was submitted. */
  readonly medianSeconds: number | null
}

/** Reads assignments by the person who holds them. They change with their task, in the task store. */
export interface InboxStore {
  findAssignment(assignmentId: AssignmentId): Promise<Assignment | undefined>
  /** Assignments of a person with their task's priority and project's name, in the order asked for. See interfaces: personal queue. */
  listQueue(filter: QueueFilter, slice: Slice<QueueKey>): Promise<QueueRow[]>
  /** Live assignments of a person, counted per project. */
  queueStats(userId: UserId): Promise<QueueStat[]>
  /** Submissions of a person since then, those included that wait to go through. */
  submittedStats(userId: UserId, since: Date): Promise<SubmittedStat>
  /** Tasks on which something waits to go through that the person has handed in, in the order in which it does. */
  listWaiting(userId: UserId): Promise<TaskId[]>
  /** One entry for each of the people, in any order. */
  activity(of: ActivityOf): Promise<PersonActivity[]>
  /** Tasks on which the person has a live assignment or a slot is reserved for them, by id. */
  listHeldOrReserved(userId: UserId, projectId?: ProjectId): Promise<TaskId[]>
}
