// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Making work: jobs that are added later, once for a key, or in a transaction of the host.

// Transactions of the host.
export type { ArrivedJob, ArrivalStore } from './jobs/arrival-store.ts'
export { collecting } from './queue/collecting.ts'
export type { ArrivingItem, HostStatement, HostTransaction, Joining } from './jobs/joining.ts'
export { joiningUseCases } from './queue/joining-use-cases.ts'
export type { JoiningUseCases } from './queue/joining-use-cases.ts'

// Work after work.
export { sweeping, mending } from './queue/sweeping.ts'
export { flowVerdict, MOST_LINKS, NEEDS, ON_FAILURES } from './jobs/flows.ts'
export type { After, AwaitedRun, Need, OnFailure, ParentCounts } from './jobs/flows.ts'
export {
  PARENT_FAILED,
  PARENT_FAILED_CODE,
  parentFailed,
  parentsOf,
  RUN_FAILED,
  runFailed,
} from './jobs/parents.ts'
export type { EndedChild, FlowLink, FlowStore, FlowSweep, LinkedJob, Waiting } from './jobs/flow-store.ts'
export type { ParentJob } from './jobs/job.ts'
export type { FlowLevel, FlowNode, JobFlow } from './queue/job-flow.ts'
export { ParentFailedError } from './errors.ts'
export type { AfterWish } from './queue/queues.ts'

// How large a payload may be.
export { MAX_PAYLOAD_BYTES, MOST_PAYLOAD_BYTES } from './jobs/payload.ts'

// Unique keys.
export { OutOfBoundsError, UniqueHeldError } from './errors.ts'
export type { UniqueBy } from './jobs/job.ts'
export type { HeldKey, KeyedJob, TakenKey, UniqueStore } from './jobs/unique-store.ts'
export type { AddedQueueItem, OnExisting, UniqueWish } from './queue/queues.ts'
