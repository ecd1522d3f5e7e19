import { startOwnRedis } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { jobsUnderFire, type Wish } from './jobs/round.ts'

/** A short round of `npm run chaos -- jobs`, on Postgres and Redis. */
async function short(deeds: Wish['deeds']): Promise<Wish> {
  const redis = await startOwnRedis()
  const client = new Redis(redis.url)
  onTestFinished(async () => {
    client.disconnect()
    await redis.stop()
  })
  return {
    url: await freshDatabase(),
    redisUrl: redis.url,
    seed: 1,
    jobs: 150,
    workers: 2,
    schedulers: 1,
    concurrency: 10,
    // BullMQ has clocks of its own, which cannot be made to run faster.
    speed: 1,
    everyMs: 500,
    deeds,
    mostDeeds: 2,
    harm: { flushRedis: async () => void (await client.flushall()) },
    patienceMs: 30_000,
  }
}

const TIMEOUT_MS = 120_000

it('jobs end once each, as they should, though Redis is flushed and a worker killed', {
  timeout: TIMEOUT_MS,
}, async () => {
  const report = await jobsUnderFire(await short(['flush Redis', 'kill a worker']))
  expect(report.violations).toEqual([])
  expect(report.deeds['flush Redis']).toBeGreaterThan(0)
  expect(report.deeds['kill a worker']).toBeGreaterThan(0)
})

it('jobs are missed where nobody delivers again what a flushed Redis forgot', {
  timeout: TIMEOUT_MS,
}, async () => {
  const wish = {
    ...(await short(['flush Redis'])),
    patienceMs: 5_000,
    broken: 'nobody delivers again',
  } as const
  const { violations } = await jobsUnderFire(wish)
  expect(violations.map(({ rule }) => rule)).toContain('nothing is lost')
})
