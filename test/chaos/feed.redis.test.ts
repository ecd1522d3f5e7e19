import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it, onTestFinished } from 'vitest'
import { feedUnderFire } from './feed/round.ts'
import { openOwnRedis } from './own-redis.ts'
import { SHORT_FEED as SHORT } from './short.ts'
import { missedOfBrokenFeed } from './teeth.ts'

describe('clients of every wire, of two busy projects, who are cut off and come back to any of three processes', () => {
  it('have every fact once and in order, and the latest states, though a process is killed and Redis forgets and goes away', async () => {
    const redis = await openOwnRedis()
    onTestFinished(() => redis.stop())
    const report = await feedUnderFire({ ...SHORT, url: await freshDatabase(), redis })
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

  it('are seen to miss some if numbers come from a sequence', async () => {
    expect(await missedOfBrokenFeed(await freshDatabase())).toBeGreaterThan(0)
  })
})
