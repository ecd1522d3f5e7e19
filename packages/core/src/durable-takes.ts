import { replacing } from './following.ts'
import type { WorkerStore } from './jobs/worker-store.ts'

/** `workers`, whose takes are durable. */
export function durableTakes(workers: WorkerStore): WorkerStore {
  return replacing(workers, { take: (request) => workers.take({ ...request, durable: true }) })
}
