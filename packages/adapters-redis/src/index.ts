// Composing.

// The adapters themselves, for hosts that compose without a container.
export { BullJobQueue, type BullJobQueueOptions } from './bull-job-queue.ts'
export { RedisConnections, type RedisTarget } from './connections.ts'
export { RedisBroadcast } from './redis-broadcast.ts'
export { type RedisOptions, redisModule } from './redis-module.ts'
export { RedisPresence } from './redis-presence.ts'

// Looking at the deliveries with BullMQ's own tools.
export { bullQueueOf } from './type-queue.ts'
