import type { JobId } from '../ids.ts'
import type { JobState, NewJob } from './job.ts'

/** A transaction that the host has opened: a client of `pg`, the `tx` of a PGlite transaction, or anything that is asked in the same way. */
export interface HostTransaction {
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}

/** A statement that adds a job, for any library that runs one inside of a transaction. Its only value is text. */
export interface HostStatement {
  readonly text: string
  readonly values: readonly string[]
  readonly jobId: JobId
}

/** A job that was added in the host's transaction: others see it once that has committed. */
export interface ArrivingItem {
  readonly jobId: JobId
  /** `existing`: the job that holds its unique key. */
  readonly status: 'added' | 'existing'
  readonly state: JobState
  readonly position: null
  /** Of an existing one: whether it was added with another payload. */
  readonly differs?: boolean
}

/** Adds jobs in transactions of the host, on the database that Muster keeps its own in. */
export interface Joining {
  statement(job: NewJob): HostStatement
  /**
   * @throws TypeError for a connection that is closed, is none, or would wait for itself; MisconfiguredError for one that leads to a database without
   * Muster; NotFoundError for the project; BusyError if another transaction has held its unique key for 5 s
   */
  add(tx: HostTransaction, job: NewJob): Promise<ArrivingItem>
}
