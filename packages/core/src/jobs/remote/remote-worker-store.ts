import type { WorkerId } from '../../ids.ts'
import type { AttemptKey, HeldJob, RemoteWorker, WorkedOn } from './remote-worker.ts'

/**
 * Keeps workers over HTTP beside their leases, and tells what they hold from the jobs themselves: any process may answer a worker's next call, so none remembers
 * anything of it.
 */
export interface RemoteWorkerStore {
  /** Keeps a worker that the store of workers has just opened. */
  add(worker: RemoteWorker): Promise<void>
  /** The worker, also for a while after its end. */
  find(workerId: WorkerId): Promise<RemoteWorker | undefined>
  /** The jobs that are active with the worker, oldest start first. */
  listHeld(workerId: WorkerId): Promise<HeldJob[]>
  /** Those of the jobs that are kept, with the worker's recorded attempts among `attempts`, whether it lives or not. */
  findWorkedOn(workerId: WorkerId, attempts: readonly AttemptKey[]): Promise<WorkedOn[]>
  /** Forgets workers that were opened before then and live no longer. */
  prune(openedBefore: Date): Promise<void>
}
