import { freshDatabase } from '@muster/test-services/vitest'
import { expect, it, onTestFinished } from 'vitest'
import { jobsUnderFire } from './jobs/round.ts'
import { openOwnRedis } from './own-redis.ts'
import { SHORT_JOBS_ON_REDIS } from './short.ts'

it('jobs end once each, as they should, though Redis is flushed and a worker killed', async () => {
  const redis = await openOwnRedis()
  onTestFinished(() => redis.stop())
  const report = await jobsUnderFire({
    ...SHORT_JOBS_ON_REDIS,
    url: await freshDatabase(),
    redisUrl: redis.url,
    harm: { flushRedis: redis.flush },
  })
  expect(report.violations).toEqual([])
  expect(report.deeds['flush Redis']).toBeGreaterThan(0)
  expect(report.deeds['kill a worker']).toBeGreaterThan(0)
})
