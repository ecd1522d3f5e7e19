import type { JobId, ProjectId } from '../ids.ts'
import type { NewJob, UniqueBy } from './job.ts'

/** A job that is to hold a key. */
export type KeyedJob = NewJob & { readonly unique: UniqueBy }

/** How it went with a key that was asked for. */
export interface TakenKey {
  /** The job that holds it instead; null: it is the job's own now. */
  readonly holder: JobId | null
  /** Whether the holder was added with another payload. */
  readonly differs: boolean
}

/** A job that cannot be tried again while another holds its key. */
export interface HeldKey {
  readonly jobId: JobId
  readonly projectId: ProjectId
  readonly holder: JobId
}

/**
 * Keeps which job holds each unique key of a project and type. A job holds its key while its state, as it is told, is one of `states`, and in
 * any state until `until`; the next one to ask looks whether it still does, so that nothing is done for keys when a job moves. All of it is part of the
 * transaction that adds or retries the jobs, and comes before their locks.
 */
export interface UniqueStore {
  /**
   * Takes the keys for these jobs of one project, each answered at its place. Of two with one key the first takes it, and is the holder of the other. Of many at
   * once in several transactions exactly one takes a key.
   * @param waitMs how long to wait behind an open transaction that holds one of the keys
   * @throws BusyError after that
   */
  take(jobs: readonly KeyedJob[], now: Date, waitMs: number): Promise<readonly TakenKey[]>
  /**
   * Takes the keys that these jobs were added with once more, as a retry needs them, and gives those whose key another job holds. Of two with one key
   * the first takes it. Those without a key, and those that have not failed, are passed over.
   */
  retake(jobIds: readonly JobId[], now: Date): Promise<readonly HeldKey[]>
  /**
   * Gives the pending job, locked before and never begun, payload, priority and time of another, and puts it at the end of its lane. The caller holds
   * its key.
   */
  replace(jobId: JobId, by: KeyedJob, now: Date): Promise<void>
}
