import type { NewFact } from '../events/event.ts'
import type { JobId, ProjectId, RunId } from '../ids.ts'
import type { ActiveJob, Outcome } from './worker-store.ts'

/** A loose job that was put in line, so many of them, or so many of a run's. */
export type Enqueued =
  | { readonly projectId: ProjectId; readonly jobId: JobId; readonly type: string }
  | { readonly projectId: ProjectId; readonly count: number }
  | { readonly projectId: ProjectId; readonly runId: RunId; readonly count: number }

/**
 * Follows jobs from being put in line to being recorded, in whichever processes that happens. Nothing of it is kept or sent along: what is said of a
 * job in one process is joined to what is said elsewhere by the job's id. Its methods return at once and never throw.
 */
export interface Tracing {
  /** A transaction that began at `since` has put these in line. Called after its commit, in the asynchronous context of who asked for it. */
  enqueued(what: readonly Enqueued[], since: Date): void
  /** A worker has begun an attempt. */
  began(job: ActiveJob): AttemptTrace
}

/** One attempt, from its begin to its record. */
export interface AttemptTrace {
  /** Calls `attempt` once and gives what it gives: all that it does, at once or later, belongs to the attempt. Not called if no slot came free soon. */
  run<Result>(attempt: () => Result): Result
  /** The end. Without an `outcome`, or not `recorded`, it counted for nothing: the lease was lost, or the store could not be told. */
  settled(outcome: Outcome | undefined, recorded: boolean): void
}

/** Tells `tracing` what a transaction that began at `since` has put in line, by the facts that it appended. */
export function traceEnqueued(tracing: Tracing, facts: readonly NewFact[], since: Date): void {
  const enqueued = facts.flatMap(({ projectId, type, data }): Enqueued[] => {
    if (type !== 'queue_item_added') return []
    if ('itemId' in data) return [{ projectId, jobId: data.itemId, type: data.type }]
    return [
      'runId' in data
        ? { projectId, runId: data.runId, count: data.count }
        : { projectId, count: data.count },
    ]
  })
  if (enqueued.length > 0) tracing.enqueued(enqueued, since)
}
