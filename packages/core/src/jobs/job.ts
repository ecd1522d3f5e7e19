import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { JobId, ProjectId, RunId, TaskId, UserId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { LimitSet } from '../limits/limit.ts'
import type { CallUsage, JobUsage } from '../usage/usage.ts'
import type { AskAnswer, AskWish } from './asks/ask.ts'
import type { After } from './flows.ts'
import type { Kept, NotJson, Storable } from './kept.ts'

/** `pending` also covers what waits for a delay or a retry; those have no position. */
export const JOB_STATES = ['pending', 'active', 'completed', 'failed', 'cancelled'] as const
/** One of {@link JOB_STATES}. */
export type JobState = (typeof JOB_STATES)[number]

/** How a job ended, for good unless somebody retries it. */
export const SETTLED_STATES = ['completed', 'failed', 'cancelled'] as const
/** One of {@link SETTLED_STATES}. */
export type SettledState = (typeof SETTLED_STATES)[number]

/** Why a job's last attempt did not succeed. `code` is stable, `message` for people. */
export interface JobError {
  readonly code: string
  readonly message: string
  readonly retryable: boolean
  /** Of `parent_failed`: the job that did not complete; of a run its message tells. */
  readonly details?: { readonly jobId: JobId; readonly type: string }
}

/** How far a handler says it is. */
export interface StepProgress {
  readonly name: string
  /** 1..total */
  readonly index: number
  readonly total: number
}

/** One unit of work for a machine. */
export interface Job {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly runId: RunId | null
  /** The task whose automatic step this job does. */
  readonly taskId: TaskId | null
  readonly type: string
  /** −1000..1000, higher first. */
  readonly priority: number
  readonly state: JobState
  /** 0 before the first start. An answer of the other side counts, unless it asks to wait; a worker that died or shut down uses none. */
  readonly attempt: number
  readonly maxAttempts: number
  /** Not before then: a delay, or the wait before a retry. */
  readonly availableAt: Date
  readonly step: StepProgress | null
  /** 0..100 */
  readonly progress: number
  readonly error: JobError | null
  readonly model: string | null
  readonly scenarioId: string | null
  /** Of its run’s repeats, from 1; null for a job of no run. */
  readonly repeat: number | null
  readonly createdBy: UserId | null
  /** Told to stop, but not stopped yet. */
  readonly cancelling: boolean
  /** Active, with no worker: it waits for people to answer, or, answered, to be put in line. */
  readonly asleep: boolean
  /** Reported by its attempts; null: nothing was. */
  readonly usage: JobUsage | null
  readonly createdAt: Date
  /** The latest start. */
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
}

/** A job with what it was given and what it gave. */
export interface JobWithResult extends Job {
  readonly payload: Json
  readonly result: Json | null
}

/** A job in line or out of it, as its project's queue shows it. Positions are 1-based; null unless pending and due. */
export interface QueueItem extends Job {
  readonly position: number | null
  readonly globalPosition: number | null
}

/** A loose job about to be kept. */
export interface NewJob {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly taskId: TaskId | null
  readonly type: string
  readonly payload: Json
  readonly priority: number
  readonly maxAttempts: number
  readonly availableAt: Date
  readonly createdBy: UserId | null
  readonly createdAt: Date
  /** The key that it holds, if it is to be the only one of its type in its project. */
  readonly unique?: UniqueBy | undefined
  /** The keys that its type gives it; left out: none. */
  readonly limits?: LimitSet | undefined
  /** The jobs that it waits for; left out: it is in line at once. */
  readonly after?: After | undefined
}

/** How a job holds a unique key. */
export interface UniqueBy {
  readonly key: string
  /** The states in which it holds the key. */
  readonly states: readonly JobState[]
  /** Until then it holds the key whatever its state is; null: only by its state. */
  readonly until: Date | null
  /** The SHA-256 of its payload's canonical JSON, in hex. */
  readonly digest: string
}

/** The item that a loose job is when it has just been added, at these positions. */
export function newItem(job: NewJob, position: number | null, globalPosition: number | null): QueueItem {
  const { payload: _, unique: _unique, limits: _limits, after: _after, ...kept } = job
  return { ...kept, ...NOT_BEGUN, position, globalPosition }
}

const NOT_BEGUN = {
  runId: null,
  model: null,
  scenarioId: null,
  repeat: null,
  state: 'pending',
  attempt: 0,
  step: null,
  progress: 0,
  error: null,
  cancelling: false,
  asleep: false,
  usage: null,
  startedAt: null,
  finishedAt: null,
} as const

/** When and how often to try again. */
export interface RetryPolicy {
  /** Attempts in all, the first included. Default 3. */
  readonly maxAttempts: number
  /** Default 5 000 ms. */
  readonly baseMs: number
  /** Default 60 000 ms. */
  readonly capMs: number
}

/** A job as its handler sees it. */
export interface JobContext<Payload = Json> {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly taskId: TaskId | null
  readonly type: string
  readonly payload: Payload
  readonly model: string | null
  readonly scenarioId: string | null
  /** Of its run’s repeats, from 1; null for a job of no run. */
  readonly repeat: number | null
  readonly attempt: number
  /** The settled jobs of a run of the same project, by the scenario's place, then the model's, then the repeat. */
  readonly results: (runId: RunId) => AsyncIterable<RunResult>
  /** The jobs that it waited for, in the order in which they were given, read a hundred at a time. */
  readonly parents: () => AsyncIterable<ParentJob>
}

/** A job that another waits for, as that one's handler sees it. */
export interface ParentJob {
  readonly jobId: JobId
  readonly type: string
  readonly state: JobState
  readonly result: Json | null
  readonly error: JobError | null
}

/** One settled job of a run. */
export interface RunResult {
  readonly scenarioId: string
  readonly model: string
  /** From 1. */
  readonly repeat: number
  readonly state: SettledState
  readonly payload: Json
  readonly result: Json | null
  readonly error: JobError | null
}

/** The tools that a handler gets beside its job. */
export interface JobTools {
  /** Aborts on cancel, timeout, shutdown and when the lease was lost. A result that is returned after that is not recorded (of a cancelled job that finished all the same it is). */
  readonly signal: AbortSignal
  /** Reports progress: the step's name, its place 1..total, and optionally a percentage 0..100. Cheap: the latest wins. */
  readonly step: (name: string, index: number, total: number, percent?: number) => void
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  /**
   * Reports what a call of a provider used; any number of calls, added up. Each counts once, whatever becomes of the attempt. Resolves when it is stored,
   * which takes up to a quarter of a second: there is no need to wait for it.
   * @throws ValidationError at once, counting nothing, naming each member that cannot be and its rule
   */
  readonly usage: (call: CallUsage) => Promise<void>
  /**
   * Puts a question to people, and gives their answer. Without one the attempt ends here, whatever the handler does then: the job is asleep until its questions have
   * their answers, and the handler runs again from its beginning. Answers are found by `name`, 1 to 100 characters, so another question needs another one.
   * @throws AskRefusedError if it cannot be put; AskTimedOutError and AskCancelledError if it has no answer; NonRetryableError for the 21st of a job, or the sixth at once
   */
  readonly ask: (name: string, question: AskWish) => Promise<AskAnswer>
  /**
   * Gives the value of that name, which is made once: later attempts at the job get the same one, once it is kept, which is when this attempt ends. At most 64 KiB as
   * JSON, and 256 KiB of a job together.
   * @throws ValidationError for a value that cannot be kept
   */
  readonly once: <Value>(name: string, make: () => Promise<Value> | Value) => Promise<Kept<Value>>
}

/** Does the job and gives its result, which must be JSON. Throw {@link NonRetryableError} if trying again cannot help. */
export type JobHandler<Payload = Json, Result = Json> = (
  job: JobContext<Payload>,
  tools: JobTools,
) => Promise<Result> | Result

/**
 * A kind of job: what it takes and how it is done. `Given` is what its schema reads, `Payload` what the schema makes of that. {@link jobType} infers
 * all of them.
 */
export interface JobType<Payload = unknown, Result = unknown, Given = unknown, Name extends string = string> {
  /** 1–200 characters, e.g. `probe:scenario`. */
  readonly name: Name
  /** Any Standard Schema (https://standardschema.dev): Zod, Valibot, ArkType … Checked when a job is made. */
  readonly payload: StandardSchemaV1<Given, Payload>
  /** A {@link JobHandler}; a method, so that types of all payloads fit one registry. The schema guards the payload. */
  handler(job: JobContext<Payload>, tools: JobTools): Promise<Result> | Result
  /** Its jobs are done by workers over HTTP alone: no worker in a process takes them, and nothing calls its handler. See `remoteJobType`. */
  readonly remote?: true
  /** Any Standard Schema of what its jobs give. A result is kept as it was given; one that is none ends its job with `invalid_result`. Default: any JSON. */
  readonly result?: StandardSchemaV1<Result>
  /** Jobs of this type at once in one process. Default: the worker's. */
  readonly concurrency?: number
  /** An attempt that takes longer is aborted and counts as a timeout. Default 300 000 ms. */
  readonly timeoutMs?: number
  /**
   * How long a worker of this type may be silent before its jobs begin elsewhere, 2 to 3600. Default 6. Raise it for handlers that
   * compute for seconds without a pause; the jobs of a worker that is killed then wait as long.
   */
  readonly leaseSeconds?: number
  readonly retry?: Partial<RetryPolicy>
  /**
   * The names of what a job of it uses that is scarce, at most four, such as `model:m1` or `provider:x`: it begins only while each of them has room. Asked when a job is
   * made, and must say the same each time. The first is the one that cools when the other side asks to wait.
   */
  limits?(job: JobToLimit<Given>): readonly string[]
  /** The use that an attempt makes of what its keys meter beside starts. Asked when a job is made. */
  estimate?(job: JobToLimit<Given>): JobEstimate
}

/** A job about to be made, as its type is asked for its keys. */
export interface JobToLimit<Given = unknown> {
  readonly projectId: ProjectId
  /** null: the job is of no run. */
  readonly model: string | null
  /** As it was given. Left unread by a type that asks the model alone, a run is made as fast as without keys. */
  readonly payload: Given
}

/** The use that an attempt is thought to make. */
export interface JobEstimate {
  /** Such as tokens: 1 to 10⁹, kept to two digits, rounded up. */
  readonly units?: number
  /** In millionths of the currency unit: 1 to 10¹², kept to two digits, rounded up. Reserved under budgets while the attempt runs. */
  readonly costMicros?: number
}

/** Refuses the handler, with its place, unless its result can be kept. */
type Refusal<Result> = [Result] extends [Storable<Result>] ? unknown : { readonly handler: () => NotJson }

/**
 * A job type that keeps its types: of the payload from its schema, of the result from its handler, which must give JSON. `undefined` members are
 * dropped, as `JSON.stringify` drops them, and a `Date` becomes its ISO text.
 */
export function jobType<const Name extends string, Payload, Result, Given>(
  type: Omit<JobType<Payload, Result, Given, Name>, 'handler'> & {
    readonly handler: JobHandler<Payload, Result>
  } & Refusal<Result>,
): JobType<Payload, Result, Given, Name> {
  return type
}

/** The payload that jobs of the type are added with: what its schema reads. */
export type PayloadOf<Type extends JobType> =
  // biome-ignore lint/suspicious/noExplicitAny: whatever the others are
  Type extends JobType<any, any, infer Given, any> ? Given : never

/** The result of the type's completed jobs, as it is read back. */
export type ResultOf<Type extends JobType> =
  // biome-ignore lint/suspicious/noExplicitAny: whatever the others are
  Type extends JobType<any, infer Result, any, any> ? Kept<Result> : never
