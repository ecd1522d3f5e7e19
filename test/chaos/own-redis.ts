import { startOwnRedis } from '@muster/test-services'
import { Redis } from 'ioredis'

/** A Redis of a round's own, which it may harm. */
export interface OwnRedis {
  readonly url: string
  readonly flush: () => Promise<void>
  readonly stop: () => Promise<void>
  /** After a stop, on the same port. */
  readonly start: () => Promise<void>
}

/** Starts one; {@link OwnRedis.stop} ends it. */
export async function openOwnRedis(): Promise<OwnRedis> {
  let server = await startOwnRedis()
  const { url } = server
  return {
    url,
    async flush() {
      const client = new Redis(url)
      await client.flushall().finally(() => client.disconnect())
    },
    stop: () => server.stop(),
    async start() {
      server = await startOwnRedis({ port: Number(new URL(url).port) })
    },
  }
}
