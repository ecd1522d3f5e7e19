import type { DefinitionId, ProjectId, RunId } from '../ids.ts'
import type { JobError, JobState, JobWithResult, RunResult } from '../jobs/job.ts'
import type { Json } from '../json/json.ts'
import type { LimitSet } from '../limits/limit.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { JobUsage, UsageSum } from '../usage/usage.ts'
import type { Run, RunPriority, RunStatus } from './run.ts'

/** Which runs. */
export interface RunsWhere {
  readonly status?: readonly RunStatus[] | undefined
  readonly definitionId?: DefinitionId | undefined
  readonly experimentId?: string | undefined
  /** One that asks this model. */
  readonly model?: string | undefined
  /** Created then or later. */
  readonly from?: Date | undefined
  /** Created before. */
  readonly to?: Date | undefined
}

/** The settings of a run that can change while it goes on. */
export interface RunPacing {
  readonly priority: RunPriority
  /** null: as fast as it goes. */
  readonly maxJobsPerSecond: number | null
}

/** How long a model's jobs took from their last start to their end, in ms. */
export interface ModelDurations {
  readonly model: string
  readonly jobs: number
  /** By nearest rank. */
  readonly p50: number
  readonly p95: number
}

/** How a job of a run that was done elsewhere ended there. */
export interface NewRunOutcome {
  /** Of its scenario, from 1. */
  readonly place: number
  /** Of its model, from 1. */
  readonly model: number
  readonly state: 'completed' | 'failed'
  /** null unless completed. */
  readonly result: Json
  /** null unless failed. */
  readonly error: JobError | null
  /** How long it took; null: nobody knows. */
  readonly latencyMs: number | null
  /** The usage of its calls of the model, of the day on which the run is kept; no budget counts it. null: nobody knows. */
  readonly usage: UsageSum | null
}

/** A run about to be kept. */
export interface NewRun {
  readonly run: Run
  /** Places (from 1) of the sampled scenarios, ascending; jobs are made for each place × model × repeat, in that order. */
  readonly places: readonly number[]
  readonly jobType: string
  readonly maxAttempts: number
  readonly idempotencyKey: string | null
  /** The keys of each model's jobs, or of those of each scenario and model in the order they are made; null: none. */
  readonly limits?: readonly (LimitSet | null)[] | undefined
  /**
   * The run was done elsewhere, over every scenario and without repeats: it is completed as it is kept. Its jobs ended so; those of which nothing is said are
   * cancelled. Neither rates nor causes of failures count them.
   */
  readonly outcomes?: AsyncIterable<readonly NewRunOutcome[]> | undefined
}

/** A settled job of a run in the order of its results. */
export interface RunResultKey {
  readonly place: number
  readonly model: number
  readonly repeat: number
}

/** Where a list of a run's jobs goes on: newest first means latest created first. */
export interface RunJobKey {
  readonly seq: number
}

/** Keeps runs. Their counters move with their jobs, in the job store's settle. */
export interface RunStore {
  /**
   * Keeps run, jobs, lane and counters, all or nothing, as one statement of cost proportional to the rows. With an `idempotencyKey` already used in the project, gives
   * the first run and keeps nothing. The caller appends the facts if `created`.
   */
  add(run: NewRun): Promise<{ readonly run: Run; readonly created: boolean }>
  find(runId: RunId): Promise<Run | undefined>
  /** Those that exist, in no promised order, in a constant number of statements. */
  findMany(runIds: readonly RunId[]): Promise<Run[]>
  /** Of a project, of several or of all (null), newest first; those alone of which all that `where` says is true. */
  list(
    projects: ProjectId | readonly ProjectId[] | null,
    slice: Slice<NewestKey>,
    where?: RunsWhere,
  ): Promise<Run[]>
  /** Pending, running and paused ones, newest first. */
  listLive(projectId: ProjectId, limit: number): Promise<Run[]>
  /**
   * Takes what begin and settle meet on for this run, then reads it: until the transaction ends no job of it begins, and its counters stand still.
   */
  lock(runId: RunId): Promise<Run | undefined>
  /** The run, locked before, is paused: once committed, none of its jobs begins. Gives it at its next version. */
  pause(runId: RunId): Promise<Run>
  /** The run, locked before, goes on as `status`. Its rate is measured anew. */
  resume(runId: RunId, status: 'pending' | 'running', now: Date): Promise<Run>
  /**
   * The run, locked before, goes on at this pace and priority, earned anew from now. Its jobs keep their order; those with a priority of their own keep it. O(1) in the number
   * of jobs. Gives it at its next version.
   */
  change(runId: RunId, pacing: RunPacing, now: Date): Promise<Run>
  /** The run, locked before, is cancelled: all that is pending counts as cancelled at once, active jobs are told to stop. O(1) in the number of jobs. */
  cancel(runId: RunId, now: Date): Promise<Run>
  /** The completed run, locked before, runs again: its failed jobs are pending with attempt 0 at the lane's end, and the counters have moved back. */
  reopenFailed(runId: RunId, now: Date): Promise<Run>
  /** Jobs of the run, latest created first. */
  listJobs(
    runId: RunId,
    filter: { readonly state?: readonly JobState[] | undefined; readonly model?: string | undefined },
    slice: Slice<RunJobKey>,
  ): Promise<{ readonly job: JobWithResult; readonly key: RunJobKey }[]>
  /** The last settled jobs of each of the runs, with result or error: at most `limit` a run, the latest first, in one statement. */
  recentJobs(runIds: readonly RunId[], limit: number): Promise<JobWithResult[]>
  /** By model, of those of the run's last `limit` jobs that completed or failed; none of a model that none is of. */
  durations(runId: RunId, limit: number): Promise<ModelDurations[]>
  /**
   * Settled jobs by the scenario's place, then the model's, then the repeat: the same order however the run went. Fewer than `limit` if they are large; none is the end.
   */
  listResults(
    runId: RunId,
    slice: Slice<RunResultKey>,
  ): Promise<{ readonly result: RunResult; readonly usage: JobUsage | null; readonly key: RunResultKey }[]>
}
