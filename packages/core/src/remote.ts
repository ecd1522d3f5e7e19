// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Workers that do jobs over HTTP.

// For hosts: job types of which they do all jobs.
export { remoteJobType } from './jobs/remote/remote-job-type.ts'

// The input of transports, and the answers.
export {
  heartbeat,
  LONGEST_CLAIM_SECONDS,
  MOST_CLAIMED,
  newRemoteWorker,
  remoteClaim,
  remoteReturn,
  remoteSettle,
} from './jobs/remote/remote-input.ts'
export { SETTLED_STATUSES } from './jobs/remote/remote-workers.ts'
export type {
  ClaimedJob,
  Heartbeat,
  HeartbeatAnswer,
  HeldReport,
  NewRemoteWorker,
  OpenedWorker,
  RemoteClaim,
  RemoteOutcome,
  RemoteSettle,
  RemoteWorkerUseCases,
  SettledOutcome,
  TakenAnswer,
} from './jobs/remote/remote-workers.ts'
export type { ToldFailure } from './jobs/retry/retry.ts'
export type { WorkerGrant, WorkerIdentity } from './people/authenticator.ts'

// The port, and the parts that a host composes.
export { WORKERS_KEPT_MS } from './jobs/remote/remote-worker.ts'
export type { AttemptKey, HeldJob, RemoteWorker, WorkedOn } from './jobs/remote/remote-worker.ts'
export type { RemoteWorkerStore } from './jobs/remote/remote-worker-store.ts'
export { remoteWorkerUseCases } from './jobs/remote/remote-use-cases.ts'
export type { RemoteDeps, RemoteStores } from './jobs/remote/remote-use-cases.ts'
export { FailureLog } from './jobs/worker/failure-log.ts'
