import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import type { TestProject } from 'vitest/node'
import { startRedis } from './redis.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The run's Redis server, and what the names of all its keys and channels begin with. */
    redis: { readonly url: string; readonly prefix: string }
  }
}

/** One Redis for the whole test run. Keys left on a server of `REDIS_URL` are removed at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startRedis()
  const prefix = `muster_test_${randomUUID().slice(0, 8)}_`
  project.provide('redis', { url: server.url, prefix })
  console.log(`Redis for tests: ${server.origin}`)
  return async () => {
    if (server.origin === 'REDIS_URL') await removeKeys(server.url, prefix)
    await server.stop()
  }
}

async function removeKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url)
  try {
    for await (const keys of client.scanStream({ match: `*${prefix}*`, count: 1_000 })) {
      for (const key of keys as string[]) await client.unlink(key)
    }
  } finally {
    client.disconnect()
  }
}
