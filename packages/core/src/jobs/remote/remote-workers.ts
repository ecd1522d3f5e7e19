import type { JobId, ProjectId, RunId, TaskId, WorkerId } from '../../ids.ts'
import type { Issue, Json } from '../../json/json.ts'
import type { WorkerGrant } from '../../people/authenticator.ts'
import type { CallUsage } from '../../usage/usage.ts'
import type { AskState, JobAsk, JobLife } from '../asks/ask.ts'
import type { StepProgress } from '../job.ts'
import type { ToldFailure } from '../retry/retry.ts'
import type { AttemptKey } from './remote-worker.ts'

/** A worker that wants to be opened. */
export interface NewRemoteWorker {
  readonly name: string
  /** Of those that its token names, all of them registered here. */
  readonly types: readonly string[]
  /** Jobs that it holds at once, at most: 1 to 10 000. */
  readonly concurrency: number
}

/** A worker that was opened. */
export interface OpenedWorker {
  readonly workerId: WorkerId
  /** Without a call of it for so long it is declared dead, and its jobs begin elsewhere. */
  readonly leaseSeconds: number
  /** How often it should send heartbeats. */
  readonly heartbeatSeconds: number
}

/** How much is claimed, and how long it is waited for. */
export interface RemoteClaim {
  /** 1 to 500. */
  readonly max: number
  /** 0 to 25; 0: it is not waited. */
  readonly waitSeconds?: number | undefined
}

/** A job that a worker has claimed. */
export interface ClaimedJob {
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
  /** To be given back with the outcome: an attempt number comes again, this does not. */
  readonly startedAt: Date
  /** It must have ended by then. A few seconds later the attempt counts as a time-out. */
  readonly deadline: Date
  /** The answers to all questions that earlier attempts have put, by name; left out if they put none. */
  readonly answers?: Readonly<Record<string, TakenAnswer>> | undefined
  /** The values that earlier attempts have kept, by name; left out if they kept nothing. */
  readonly kept?: JobLife['kept'] | undefined
}

/** The end of a question. `answer` is null if it was `cancelled` or has `timedOut`. */
export interface TakenAnswer extends Pick<JobAsk, 'answer' | 'by' | 'taskId' | 'digest'> {
  readonly state: Exclude<AskState, 'open'>
}

/** A worker's word on a job that it holds. */
export interface HeldReport extends AttemptKey {
  readonly step?: StepProgress | undefined
  /** 0..100; default: as the place of the step says. */
  readonly progress?: number | undefined
  readonly usage?: readonly CallUsage[] | undefined
}

/** A sign of life. */
export interface Heartbeat {
  /** The worker's own count of its calls that bring usage, from 1: what a report brings is counted once. Needed beside usage. */
  readonly report?: number | undefined
  /** All jobs that the worker holds. Left out: it says nothing of them. */
  readonly jobs?: readonly HeldReport[] | undefined
}

/** The answer to a heartbeat. */
export interface HeartbeatAnswer {
  /** Told to stop, or past their deadline: to be ended as soon as may be. */
  readonly cancel: readonly JobId[]
  /** Of those that the heartbeat named: they are no longer the worker's, and nothing of them can be recorded. */
  readonly lost: readonly JobId[]
}

/** The end of an attempt: with a result, with an error, or with questions to people. */
export interface RemoteOutcome extends AttemptKey {
  /** As JSON has that of the {@link ClaimedJob}. */
  readonly startedAt: string
  readonly result?: Json | undefined
  readonly error?: ToldFailure | undefined
  /** The questions of its handler, by name: each an `AskWish`. */
  readonly ask?: Readonly<Record<string, Json>> | undefined
  /** Values that it has made once, by name. */
  readonly keep?: JobLife['kept'] | undefined
  readonly usage?: readonly CallUsage[] | undefined
}

/** Outcomes that are settled together. */
export interface RemoteSettle {
  /** See {@link Heartbeat.report}. */
  readonly report?: number | undefined
  readonly outcomes: readonly RemoteOutcome[]
}

/**
 * The fate of an outcome. `repeated`: it was recorded before. `lost`: the job is no longer the worker's, and nothing was recorded. `refused`: there can be no
 * such outcome, its result is none that the type gives, its question cannot be put, or its values cannot be kept, for the reasons in `errors`, and the job has failed.
 */
export interface SettledOutcome {
  readonly jobId: JobId
  readonly status: 'recorded' | 'repeated' | 'lost' | 'refused'
  /** Also of what is not `refused`: why its usage was not counted. */
  readonly errors?: readonly Issue[]
}

/** {@link SettledOutcome.status}. */
export const SETTLED_STATUSES = ['recorded', 'repeated', 'lost', 'refused'] as const

/**
 * Workers over HTTP. Each call is a sign of life of its worker and is fenced by the worker, the job, its attempt and its start. A worker that is not the
 * grant's is not there: NotFoundError.
 */
export interface RemoteWorkerUseCases {
  /** @throws ValidationError for a type that the grant does not name or that is not registered, and for a project of the grant that is not there */
  open(worker: NewRemoteWorker, grant: WorkerGrant): Promise<OpenedWorker>
  /**
   * Jobs for the worker, begun; none if there are none within the time, or the worker holds as many as it may. `signal`: nobody waits for the answer any longer, and what was begun
   * goes back in line.
   * @throws LeaseLostError if the worker was declared dead or was closed
   */
  claim(
    workerId: WorkerId,
    claim: RemoteClaim,
    grant: WorkerGrant,
    signal?: AbortSignal,
  ): Promise<{ readonly jobs: readonly ClaimedJob[] }>
  /** @throws ValidationError for usage that cannot be counted, naming each member at fault */
  heartbeat(workerId: WorkerId, beat: Heartbeat, grant: WorkerGrant): Promise<HeartbeatAnswer>
  /** Records outcomes, each by itself; usage is counted whatever becomes of the outcome. @throws ValidationError for usage that cannot be counted, naming each member at fault */
  settle(
    workerId: WorkerId,
    settle: RemoteSettle,
    grant: WorkerGrant,
  ): Promise<{ readonly outcomes: readonly SettledOutcome[] }>
  /** Hands jobs back: they are in line again at once, and the attempt does not count. */
  handBack(
    workerId: WorkerId,
    jobIds: readonly JobId[],
    grant: WorkerGrant,
  ): Promise<{ readonly outcomes: readonly SettledOutcome[] }>
  /** Ends the worker and hands back all that it holds. Can be called twice. */
  close(workerId: WorkerId, grant: WorkerGrant): Promise<void>
}
