import type { Logger } from '@muster/core/ports'
import { freshRedis } from '@muster/test-services/vitest'
import { broadcastContract, jobQueueContract, presenceStoreContract } from '@muster/testing/suites'
import { BullJobQueue } from './bull-job-queue.ts'
import { RedisConnections } from './connections.ts'
import { RedisBroadcast } from './redis-broadcast.ts'
import { RedisPresence } from './redis-presence.ts'

const logger: Logger = { debug() {}, info() {}, warn: console.warn, error: console.error }

/** What one process has of a Redis that nobody else uses. */
function processOf({ url, prefix }: { readonly url: string; readonly prefix: string }) {
  const connections = new RedisConnections({ url }, logger)
  return { connections, logger, prefix }
}

jobQueueContract('BullJobQueue', async () => {
  const redis = freshRedis()
  const [queue, again] = [new BullJobQueue(processOf(redis)), new BullJobQueue(processOf(redis))]
  return {
    queue,
    again,
    async close() {
      await Promise.all([queue.close(), again.close()])
    },
  }
})

broadcastContract('RedisBroadcast', async () => {
  const redis = freshRedis()
  const [here, there] = [processOf(redis), processOf(redis)]
  return {
    here: new RedisBroadcast(here),
    there: new RedisBroadcast(there),
    async close() {
      here.connections.close()
      there.connections.close()
    },
  }
})

presenceStoreContract('RedisPresence', async () => {
  const process = processOf(freshRedis())
  return { presence: new RedisPresence(process), close: async () => process.connections.close() }
})
