import type { WorkerId } from '../../ids.ts'
import type { WorkerGrant } from '../../people/authenticator.ts'
import type { BegunJob } from '../worker-store.ts'

/** A worker over HTTP, as it was opened. Its lease is kept by the store of workers. */
export interface RemoteWorker extends Pick<WorkerGrant, 'subject' | 'types'> {
  readonly workerId: WorkerId
  /** For those who operate. */
  readonly name: string
  /** Jobs that it holds at once, at most. */
  readonly concurrency: number
  /** How long it may be silent, in ms. */
  readonly leaseMs: number
  readonly openedAt: Date
}

/** A job that a worker holds. */
export interface HeldJob extends BegunJob {
  /** To the millisecond. */
  readonly startedAt: Date
  /** It was told to stop. */
  readonly cancelling: boolean
}

/** An attempt by the job and the number that a claim gave it. */
export interface AttemptKey {
  readonly jobId: HeldJob['jobId']
  readonly attempt: number
}

/** A job of which somebody says that they worked on it. */
export interface WorkedOn extends Pick<HeldJob, 'jobId' | 'projectId' | 'runId' | 'type' | 'model'> {
  /** The worker's attempts at it whose outcomes are recorded, of those asked for: an attempt number comes again, another start does not. */
  readonly recorded: readonly { readonly attempt: number; readonly startedAt: Date }[]
}

/** Heartbeats that a worker misses in a row, after which it is declared dead. */
export const MISSED_HEARTBEATS = 3

/** How long workers are known that live no longer, in ms: repeats of their calls are answered as such until then. */
export const WORKERS_KEPT_MS: number = 24 * 3_600_000
