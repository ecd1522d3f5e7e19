import type { NewFact } from '../events/event.ts'
import type { JobId, ProjectId } from '../ids.ts'
import type { Slice } from '../paging.ts'
import type { JobState, JobWithResult, NewJob, QueueItem } from './job.ts'

/** Jobs by state. */
export interface JobCounts {
  readonly pending: number
  readonly active: number
  readonly completed: number
  readonly failed: number
  readonly cancelled: number
}

/** Which items of a project’s queue. */
export interface QueueFilter {
  readonly projectId: ProjectId
  readonly state?: readonly JobState[] | undefined
  readonly type?: string | undefined
}

/**
 * Where a listing of queue items goes on: active by startedAt, then pending by position, waiting by availableAt, settled newest first.
 * `a` and `b` are what the group is sorted by; the store gives meaning to them.
 */
export interface QueueItemKey {
  readonly group: 'active' | 'pending' | 'waiting' | 'settled'
  readonly a: number
  readonly b: number
  readonly id: string
}

/**
 * Keeps jobs as their project's queue shows them. Workers move them through the `WorkerStore`, on the same rows.
 *
 * **Order**: higher priority first; within a priority, lanes take turns (a lane is a run's jobs, or a project's loose jobs of one priority), the
 * least recently served first; within a lane, oldest first. A job's **position** is its rank in that order, by: priority desc, round (its
 * place in its lane), the lane's turn, age. Lanes of shut gates and of paused runs keep their positions but are not fed.
 */
export interface JobStore {
  /** Puts loose jobs at the end of their lanes, in the given order. The caller appends the facts. */
  add(jobs: readonly NewJob[]): Promise<void>
  /**
   * Puts loose jobs in line and appends the facts of it, in one statement: without a transaction around it no lock is held for longer. Jobs and facts
   * of projects that do not exist are left out; gives these projects.
   */
  addItems(jobs: readonly NewJob[], facts: readonly NewFact[], now: Date): Promise<readonly ProjectId[]>
  /** As {@link addItems}; gives those that were added, in the given order, with the positions that they have then. */
  addPlaced(jobs: readonly NewJob[], facts: readonly NewFact[], now: Date): Promise<QueueItem[]>

  find(jobId: JobId): Promise<JobWithResult | undefined>
  /** Those that exist, with their positions at one moment, in no promised order. */
  findItems(jobIds: readonly JobId[]): Promise<QueueItem[]>
  listItems(
    filter: QueueFilter,
    slice: Slice<QueueItemKey>,
  ): Promise<{ readonly item: QueueItem; readonly key: QueueItemKey }[]>
  /** Counts of one project, or of all (null), by type. O(types), however many jobs are stored. */
  countByType(projectId: ProjectId | null): Promise<ReadonlyMap<string, JobCounts>>
  /** Counts of `limit` projects that have jobs, first those of which most are pending or active, then by id. */
  countByProject(limit: number): Promise<ReadonlyMap<ProjectId, JobCounts>>

  /** Takes what `begin` of the worker store meets on for this job and gives the job as it is; nothing moves it until the transaction ends. */
  lock(jobId: JobId): Promise<JobWithResult | undefined>
  /** As {@link lock}, of several jobs in one go, in the order of locks. Those that exist, by id. */
  lockMany(jobIds: readonly JobId[]): Promise<JobWithResult[]>
  /** Cancels a pending job, locked before; counts it in its run and completes the run with its last job. Writes the run's fact itself; the caller appends the item's. */
  cancelPending(jobId: JobId, now: Date): Promise<void>
  /** Marks an active job, locked before, as to be stopped; `beat` of the worker store tells its worker. */
  requestCancel(jobId: JobId): Promise<void>
  /** Moves a pending job, locked before, to the end of the lane of that priority. */
  setPriority(jobId: JobId, priority: number): Promise<void>
  /**
   * Puts a failed job, locked before, at the end of its lane with attempt 0; counters move back, and a completed run is running again. Writes the
   * run's fact itself; the caller appends the item's.
   * @throws RunStateError for a job of a cancelled run
   */
  retry(jobId: JobId, now: Date): Promise<void>
  /**
   * Cancels everything pending of a project, run jobs counted in their runs (which complete with their last job). Active jobs go on, but are not tried
   * again. O(lanes). Says how many. Writes the runs' facts itself; the caller appends the project's.
   */
  clear(projectId: ProjectId, now: Date): Promise<number>
}
