import type { JobId, ProjectId, UserId } from '../ids.ts'
import type { AwaitedRun } from './flows.ts'
import type { JobError, JobState, ParentJob } from './job.ts'

/** A job that ended without having begun, because of one that it waited for. */
export interface EndedChild {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly type: string
  readonly priority: number
  readonly createdBy: UserId | null
  readonly attempt: number
  readonly state: 'failed' | 'cancelled'
  readonly error: JobError | null
}

/** The work of one sweep. */
export interface FlowSweep {
  /** Ends, and jobs in line again, that it worked off; 0: there are none. */
  readonly moved: number
  /** Jobs that wait for others no longer. */
  readonly started: number
  readonly ended: readonly EndedChild[]
}

/** A child waits for a parent. */
export interface FlowLink {
  readonly parentId: JobId
  readonly childId: JobId
}

/** A job that another waits for, or that waits for another: `of`. */
export interface LinkedJob {
  readonly of: JobId
  readonly jobId: JobId
  readonly type: string
  readonly state: JobState
}

/** How far a job is with those that it waits for. */
export interface Waiting {
  /** The run that it waits for, in place of jobs. */
  readonly run?: AwaitedRun | undefined
  /** Those that it was added behind. */
  readonly of: number
  /** Those of them that have not ended. */
  readonly open: number
}

/**
 * Which jobs wait for which. A job that waits is pending, counted so, and in no line. An end of a job that others wait for is noted with that end, and
 * worked off by a sweep: exactly once, since both are in one transaction.
 */
export interface FlowStore {
  /** Of these jobs those of the project, with how many others wait for each already. */
  findParents(projectId: ProjectId, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, number>>
  /** Works off up to `limit` ends, and those that come about by them. One at a time. The caller appends the facts. */
  sweep(limit: number, now: Date): Promise<FlowSweep>
  /** Runs that jobs wait for and that have completed or were cancelled, by runId and `when`, behind `after`. */
  listAwaitedRuns(after: AwaitedRun | null, limit: number): Promise<readonly AwaitedRun[]>
  /**
   * The run has come so far, or will not: up to `limit` jobs that wait for that are left to the next sweep, each once. Says how many; 0: none is left, or somebody
   * else is at it.
   */
  meetRun(run: AwaitedRun, isMet: boolean, limit: number): Promise<number>
  /**
   * Looks at up to `limit` jobs that wait, by id behind `after`: those that wait for none that is open are left to the next sweep. There are none unless
   * something went wrong.
   */
  mend(
    after: JobId | null,
    limit: number,
  ): Promise<{ readonly mended: readonly JobId[]; readonly goesOn: JobId | null }>
  /** The jobs that one waits for, or waited for, in the order in which they were given, from the place `from` on. */
  listParents(jobId: JobId, from: number, limit: number): Promise<readonly ParentJob[]>
  /** How far a job is with those that it waits for; undefined: it waits for none now. */
  findWaiting(jobId: JobId): Promise<Waiting | undefined>
  /** The links from these parents, by parent and child, at most `limit`. */
  listChildren(parentIds: readonly JobId[], limit: number): Promise<readonly FlowLink[]>
  /** The jobs that these wait for or waited for, or that wait or waited for these, by `of` and id, at most `limit`: one of several of these comes with each. */
  listLinked(
    jobIds: readonly JobId[],
    side: 'parents' | 'children',
    limit: number,
  ): Promise<readonly LinkedJob[]>
}
