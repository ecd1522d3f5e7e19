import { type RedisServer, startOwnRedis } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { Redis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type FeedOrders, feedUnderFire } from './feed/round.ts'
import { SHORT_FEED as SHORT } from './short.ts'

const TIMEOUT_MS = 120_000

describe('clients of both wires who are cut off and come back to any of three processes', () => {
  it('have every fact once and in order, and the latest states, though a process is killed and Redis forgets and goes away', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const report = await feedUnderFire({ ...SHORT, url: await freshDatabase(), redis: await ownRedis() })
    expect(report).toMatchObject({
      missed: 0,
      repeated: 0,
      outOfOrder: 0,
      wrongPrev: 0,
      reloads: 0,
      stale: 0,
      nodesKilled: 1,
      redisHarmed: 3,
    })
    expect(report.reconnects).toBeGreaterThanOrEqual(SHORT.reconnects)
    expect(report.facts).toBeGreaterThan(0)
  })

  it('are seen to miss some where numbers come from a sequence', { timeout: TIMEOUT_MS }, async () => {
    const report = await feedUnderFire({ ...SHORT, nodes: 2, url: await freshDatabase(), broken: true })
    expect(report.missed).toBeGreaterThan(0)
  })
})

async function ownRedis(): Promise<NonNullable<FeedOrders['redis']>> {
  let server: RedisServer = await startOwnRedis()
  const { url } = server
  onTestFinished(() => server.stop())
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
