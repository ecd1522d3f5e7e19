export { MemoryJobQueue } from './jobs/memory-job-queue.ts'
export { MemoryBroadcast } from './memory-broadcast.ts'
export { MemoryPersistence } from './memory-persistence.ts'
export { MemoryPresenceStore } from './memory-presence-store.ts'
