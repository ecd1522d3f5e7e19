import type { JobId, ProjectId, TaskId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import type { AskState, JobLife, NewAsk, OnAskTimeout } from './ask.ts'

/** The life of one job. */
export async function lifeOf(asks: Pick<AskStore, 'lives'>, jobId: JobId): Promise<JobLife> {
  return (await asks.lives([jobId])).get(jobId) ?? { asks: [], kept: {} }
}

/** How open questions end, with their tasks. */
export interface AskEnd {
  readonly state: Exclude<AskState, 'open'>
  readonly answer: Json
  readonly by: readonly UserId[]
}

/** A question whose time is up. */
export interface DueAsk {
  readonly taskId: TaskId
  readonly onTimeout: OnAskTimeout
}

/** The job and the name of a question. */
export interface AskOf {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly name: string
}

/**
 * Keeps the questions of jobs and the values of `once`. A job that is asleep is waked by the end of its last open question, in the same transaction, and is
 * put in line as one that has arrived. Locks: the tasks, which the caller has, then the job, then its questions.
 */
export interface AskStore {
  /** The questions and values that earlier attempts have left to each of the jobs; nothing of a job to which they left none. */
  lives(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, JobLife>>
  /** Keeps the questions of jobs that the transaction has put to sleep. Gives the jobs among them that are asleep: only their questions are kept. */
  open(asks: readonly NewAsk[], now: Date): Promise<ReadonlySet<JobId>>
  /** Keeps values of `once` beside those that the job has. */
  keep(jobId: JobId, values: Readonly<Record<string, Json>>): Promise<void>
  /**
   * Ends the open questions whose tasks these are, and wakes each job that has no other open one. Of one that has ended it only notes that people have settled on
   * something else since. Nothing for a task of no question.
   */
  endTasks(taskIds: readonly TaskId[], end: AskEnd, now: Date): Promise<void>
  /** Open questions whose time is up, the oldest first. */
  listDue(now: Date, limit: number): Promise<DueAsk[]>
  /** The question whose task it is has no time-out from now on. */
  waitOn(taskId: TaskId): Promise<void>
  /** The jobs and names of the questions of these tasks. */
  findByTasks(taskIds: readonly TaskId[]): Promise<ReadonlyMap<TaskId, AskOf>>
  /** Sleepers that are not to go on: cancelled alone, with their run, or by a clear. */
  listStopped(limit: number): Promise<{ readonly jobId: JobId; readonly projectId: ProjectId }[]>
  /** Forgets the questions and the kept values of a job that is neither asleep nor active. */
  forget(jobId: JobId): Promise<void>
}
