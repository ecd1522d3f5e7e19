import type { JobId, ProjectId, RunId, TaskId, WorkerId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { CoolDown } from '../limits/keys.ts'
import type { HoldReport } from '../limits/limit.ts'
import type { JobUsage } from '../usage/usage.ts'
import type { PlannedAsk } from './asks/ask.ts'
import type { JobError, StepProgress } from './job.ts'

/** A job on its way to a worker. Only the id and what is needed to find it fast; the truth stays in the store. */
export interface Delivery {
  readonly jobId: JobId
  readonly type: string
  /** The store's number for the job's lane: begin looks there first. */
  readonly lane: number
}

/** A job that a worker has begun: it holds its lease until it settles or the worker is declared dead. */
export interface ActiveJob {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly taskId: TaskId | null
  readonly type: string
  readonly payload: Json
  readonly model: string | null
  readonly scenarioId: string | null
  /** Of its run’s repeats, from 1; null for a job of no run. */
  readonly repeat: number | null
  readonly attempt: number
  readonly maxAttempts: number
  /** Another number at each begin of the job, also if the attempt is not counted: the fence of {@link Outcome} and {@link StepReport}. */
  readonly start: number
  /** Answers in a row, before this start, that asked to wait. */
  readonly notNows: number
  /** The number of its set of keys; null: it has none. */
  readonly limitSet: number | null
  /** Money is reserved for the attempt, until a report of usage names its end. */
  readonly reserves: boolean
}

/** A job that has begun, for those to whom its payload is nothing. */
export type BegunJob = Omit<ActiveJob, 'payload'>

/** The answer of a take. */
export interface Taken {
  readonly jobs: readonly ActiveJob[]
  /** A key holds jobs back: a take may give more as soon as one of these ends. */
  readonly waits: boolean
  /** The least time at which a key may open that holds jobs back; null: none does, or an end or a person opens it. */
  readonly opensAt: Date | null
}

/** How an attempt ended. Given with the start that began it, which is the fence. */
export type Outcome = {
  readonly jobId: JobId
  readonly start: number
  readonly step?: StepProgress | undefined
  readonly progress?: number | undefined
  /** Added to what the job has used. */
  readonly usage?: JobUsage | undefined
  /** Values of `once` that the attempt has made, kept with the outcome unless its job has ended well. */
  readonly kept?: Readonly<Record<string, Json>> | undefined
} & (
  | { readonly kind: 'completed'; readonly result: Json }
  | { readonly kind: 'failed'; readonly error: JobError }
  /** Try again at `availableAt`; the attempt counts. `notNow`: the other side asked to wait once too often, and is counted on as such. */
  | {
      readonly kind: 'retry'
      readonly error: JobError
      readonly availableAt: Date
      readonly notNow?: boolean | undefined
      readonly coolDown?: CoolDown | undefined
    }
  /** The other side asks to wait: try again at `availableAt`; the attempt does not count. */
  | {
      readonly kind: 'notNow'
      readonly error: JobError
      readonly availableAt: Date
      readonly coolDown?: undefined
    }
  /** The same of a job with keys: it is in line again at its place, and one of its keys cools, for all workers from then on. */
  | {
      readonly kind: 'notNow'
      readonly error: JobError
      readonly coolDown: CoolDown
      readonly availableAt?: undefined
    }
  /** Handed back at shutdown: in line again at once, and the attempt does not count. */
  | { readonly kind: 'returned' }
  /** Stopped because it was told to. */
  | { readonly kind: 'cancelled' }
  /** Asleep until people have answered: no worker and no lease; one more attempt is allowed. The caller keeps the questions in the same transaction. */
  | { readonly kind: 'asleep'; readonly asks: readonly PlannedAsk[] }
)

/** The answer of a settle. */
export interface SettleReceipt {
  /** Recorded, by this call, exactly once. A job that is missing here had lost its lease; nothing changed. */
  readonly recorded: readonly JobId[]
}

/** How far the handler of an active job is; `progress` in percent, 0..100. */
export interface StepReport {
  readonly jobId: JobId
  readonly start: number
  readonly step: StepProgress
  readonly progress: number
}

/** The workers and schedulers that are alive at one moment. */
export interface Attendance {
  /** How many live workers do each type; none of a type that nobody does. */
  readonly workers: Readonly<Record<string, number>>
  /** Whether a scheduler is alive. */
  readonly scheduled: boolean
  /** When the first work is due that a scheduler does: a delay or retry ends, a schedule ticks, an import or an operation was made. Possibly in the past. */
  readonly dueAt: Date | null
}

/**
 * Keeps workers with their leases, and moves jobs between them and the line. Processes meet here, so races are settled here. The order of the line
 * is that of the `JobStore`.
 *
 * **Hot operations** ({@link feed}, {@link begin}, {@link take}, {@link settle}, {@link beat}) are single atomic steps, called outside of a transaction; they write the facts they make true
 * themselves. All others may be part of one.
 */
export interface WorkerStore {
  /**
   * Takes up to `limit` jobs from the head of the line, in order, and marks them handed over to the broker. Lanes whose jobs have keys are left to {@link take}.
   * Lanes of a run whose type is not in `types` are passed over. Jobs that are due again (a retry, a lapsed lease, a lost delivery) come before
   * what was never fed. Two feeds never hand over the same job. May give fewer than `limit` although more is there, but never out of order; empty means that nothing is ready.
   */
  feed(request: {
    readonly limit: number
    readonly types: readonly string[]
    readonly now: Date
  }): Promise<Delivery[]>
  /**
   * Deliveries handed over before `handedBefore` and not begun since, of `types` or of all: the broker may have lost them. Delivering twice is harmless, and so is
   * beginning them without the broker.
   */
  listUndelivered(handedBefore: Date, limit: number, types?: readonly string[]): Promise<Delivery[]>
  /**
   * Begins those of `deliveries` that may begin now: still pending, fed, gate open, run neither paused nor cancelled, worker alive. The first start of a pending
   * run makes it `running` (and writes that fact). Anything else in `deliveries` is left as it is; a held one goes back in line at its place, to be fed again when it may.
   */
  begin(request: {
    readonly deliveries: readonly Delivery[]
    readonly workerId: WorkerId
    readonly now: Date
  }): Promise<ActiveJob[]>
  /**
   * {@link feed} and {@link begin} in one step, for a worker that needs no broker: takes up to `limit` jobs from the head of the line, by the rules of the one, and begins
   * them, by the rules of the other. Gives them in the line's order. A worker that is not alive gets none.
   *
   * Jobs with keys begin only where all of their keys have room, and are taken here alone: no broker is given them. Those that have none are passed over and
   * keep their places. Where a key has room for some of the lanes that wait for it, those that were served longest ago come first. `report`: what the
   * worker holds; one that holds and held nothing with keys says nothing. Jobs under a hard budget are taken as those with keys are: one begins if `mayStart` says so of each of its budgets, with its estimate, which is then
   * reserved there. `uncounted`: of a worker that keeps no count of them: it holds the jobs that are active with
   * it, and these have just spent so many units in place of their estimates. `keyed`: of lanes whose jobs have keys alone, or of others alone. `projects`: of
   * these alone. `durable`: once jobs with keys, or under a hard budget, are given, a crash of the database does not forget that they have begun; without it the store may
   * tell of the last takes before they are on disk. A store that keeps nothing on disk ignores it.
   */
  take(request: {
    readonly limit: number
    readonly types: readonly string[]
    readonly workerId: WorkerId
    readonly now: Date
    readonly report?: HoldReport | undefined
    readonly uncounted?: NonNullable<HoldReport['settled']> | undefined
    readonly keyed?: boolean | undefined
    readonly projects?: readonly ProjectId[] | undefined
    readonly durable?: boolean | undefined
  }): Promise<Taken>
  /**
   * Records how attempts ended, each only if the job is still active since that start with that worker. Moves the counters of lane, run and queue by as much, completes a run with its last job, and
   * writes the facts `job_failed` and `run_status_changed`, all in one transaction: progress is exact, always. Keys cool as `cooled` says, from the store's time on, and begin to count anew with a job that completed. A `retry`, `notNow`, `returned` or `asleep` of a
   * cancelled run, a cleared or a cancelled job settles as cancelled.
   */
  settle(request: {
    readonly outcomes: readonly Outcome[]
    readonly workerId: WorkerId
    readonly now: Date
  }): Promise<SettleReceipt>
  /** Keeps the latest step of active jobs: never moves back within an attempt (compare index, then progress), ignores those whose lease is lost. */
  reportSteps(reports: readonly StepReport[], workerId: WorkerId): Promise<void>

  /** Registers a worker process that does jobs of `types`; its lease runs until `leaseUntil`. All its active jobs live and die with it. */
  openWorker(worker: {
    readonly workerId: WorkerId
    readonly leaseUntil: Date
    readonly now: Date
    readonly types?: readonly string[] | undefined
  }): Promise<void>
  /** A scheduler is alive until then, at least. */
  announceScheduler(until: Date): Promise<void>
  /** The workers and schedulers that are alive, and when the next job is due. */
  findAttendance(now: Date): Promise<Attendance>
  /** Extends the worker's lease. `alive: false`: it was declared dead and must stop what it does and register anew. `cancelling`: its jobs that were told to stop. */
  beat(worker: {
    readonly workerId: WorkerId
    readonly leaseUntil: Date
  }): Promise<{ readonly alive: boolean; readonly cancelling: readonly JobId[] }>
  /** Ends a worker. Jobs that it neither settled nor returned are in line again at once, their attempt not counted. */
  closeWorker(workerId: WorkerId, now: Date): Promise<void>
  /**
   * Declares workers dead whose lease ended before `now`: their active jobs are in line again without having used an attempt (or `failed` with `worker_lost` after the fifth
   * death in a row, or cancelled if they were told to stop). Says how many jobs that concerned.
   */
  reapWorkers(now: Date): Promise<number>
  /** Puts delayed jobs and retries whose time has come (`availableAt <= now`) in line. Says how many, and when the next is due. */
  wakeDue(now: Date, limit: number): Promise<{ readonly woken: number; readonly nextAt: Date | null }>
  /** Tidies rows that a cancel or a clear has already decided on. Moves no counter. Says how many; 0 when done. */
  sweepCancelled(limit: number): Promise<number>
}
