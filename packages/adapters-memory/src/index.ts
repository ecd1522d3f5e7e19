export { MemoryBroadcast } from './memory-broadcast.ts'
export { MemoryJobQueue } from './memory-job-queue.ts'
export { MemoryPersistence } from './memory-persistence.ts'
export { MemoryPresenceStore } from './memory-presence-store.ts'
