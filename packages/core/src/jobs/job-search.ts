import type { JobId, ProjectId, RunId, WorkerId } from '../ids.ts'
import type { JobError, JobState } from './job.ts'

/** Which jobs are looked for; all of it must hold. `error` and `causeId` are of failed jobs. */
export interface JobFilter {
  /** null: of all. */
  readonly projects: readonly ProjectId[] | null
  /** These alone. */
  readonly jobIds?: readonly JobId[] | undefined
  readonly state?: readonly JobState[] | undefined
  readonly type?: string | undefined
  readonly runId?: RunId | undefined
  readonly model?: string | undefined
  readonly scenarioId?: string | undefined
  /** Words of the error's message, in whatever case. */
  readonly error?: string | undefined
  readonly causeId?: number | undefined
  readonly attempts?: { readonly least: number; readonly most: number } | undefined
  /** Created at or after. */
  readonly from?: Date | undefined
  /** Created before. */
  readonly to?: Date | undefined
}

/** Where to go on, and which way. */
export interface JobSearchSlice {
  readonly limit: number
  /** `desc`: newest first, by id. */
  readonly order: 'asc' | 'desc'
  /** Behind this one. */
  readonly after?: JobId | undefined
}

/** A job that was found, by what is counted of it. */
export interface FoundJob {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly state: JobState
  readonly type: string
}

/** A part of a search. */
export interface FoundJobs {
  readonly found: readonly FoundJob[]
  /** Jobs of the filter's projects that were looked at: those of others are not counted. */
  readonly searched: number
  /** Where to go on looking; null: all were looked at. */
  readonly goesOn: JobId | null
}

/** Failures of one type in a project that are alike. */
export interface JobCause {
  readonly causeId: number
  readonly projectId: ProjectId
  readonly type: string
  readonly code: string
  /** The first line of the message without what differs from one failure to the next. */
  readonly pattern: string
  /** The message of the first of them. */
  readonly sample: string
  /** Jobs that are failed now. */
  readonly failed: number
  /** Failures of the last hour, in six of the clock's ten minutes, the oldest first: the last of them is not over. */
  readonly lastHour: readonly number[]
  readonly firstAt: Date
  readonly lastAt: Date
}

/** Of which type or run the causes are. */
export interface CausesWhere {
  readonly type?: string | undefined
  readonly runId?: RunId | undefined
}

/** The ways in which an attempt ends. */
export const ATTEMPT_OUTCOMES = [
  'completed',
  'failed',
  'cancelled',
  'retried',
  'notNow',
  'returned',
  'lost',
  'asleep',
] as const
/** One of {@link ATTEMPT_OUTCOMES}: `notNow` was asked to wait, `returned` was handed back, `lost` with its worker, `asleep` waits for people. */
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number]

/** One attempt at a job. */
export interface JobAttempt {
  /** From 1; the number of one that did not count is given to the next as well. */
  readonly attempt: number
  readonly startedAt: Date
  readonly endedAt: Date | null
  /** null: it was not kept. */
  readonly workerId: WorkerId | null
  readonly outcome: AttemptOutcome | null
  readonly error: JobError | null
}

/** Kept beside a job. */
export interface JobRecord {
  /** Those that did not complete at the first try, oldest first. */
  readonly attempts: readonly JobAttempt[]
  /** The worker of the last start, if it is still known. */
  readonly workerId: WorkerId | null
  readonly cause: Pick<JobCause, 'causeId' | 'code' | 'pattern'> | null
  /** When the pace of its run lets the next job begin; null: there is none. */
  readonly paceOpensAt: Date | null
}

/** By project, how many jobs were moved, and how many were passed over, by the reason. */
export type JobsMoved = Readonly<
  Record<string, { readonly done: number; readonly skipped: Readonly<Record<string, number>> }>
>

/** A move on jobs. */
export type JobMove =
  | { readonly action: 'retry' }
  | { readonly action: 'cancel' }
  | { readonly action: 'priority'; readonly priority: number }

/** Finds jobs, groups failures, and moves many jobs at once, for those who operate. */
export interface JobSearchStore {
  /** Looks at some of the jobs, in the order of their ids, and gives those that fit. Ask again from `goesOn`. */
  find(filter: JobFilter, slice: JobSearchSlice): Promise<FoundJobs>
  /**
   * Causes that have failed jobs, or had failures in the last hour; most failed first, at most 200. Of a run those of its failed jobs alone:
   * counts and instants are then of these jobs, each counted when it failed last.
   */
  listCauses(
    where: CausesWhere & { readonly projects: readonly ProjectId[] | null },
    now: Date,
  ): Promise<JobCause[]>
  findRecord(jobId: JobId): Promise<JobRecord | undefined>
  /** Moves each by its own rule; those that the rule keeps where they are count as skipped, by the state that they are in. Writes the facts of runs itself. */
  moveMany(jobIds: readonly JobId[], move: JobMove, now: Date): Promise<JobsMoved>
}
