// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Making work: jobs that are added later, once for a key, or in a transaction of the host.

// Unique keys.
export { UniqueHeldError } from './errors.ts'
export type { UniqueBy } from './jobs/job.ts'
export type { HeldKey, KeyedJob, TakenKey, UniqueStore } from './jobs/unique-store.ts'
export type { AddedQueueItem, OnExisting, UniqueWish } from './queue/queues.ts'
