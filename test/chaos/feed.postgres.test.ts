import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { feedUnderFire } from './feed/round.ts'
import { SHORT_FEED as SHORT } from './short.ts'

const TIMEOUT_MS = 120_000

describe('clients of both wires who are cut off and come back to any of three processes', () => {
  it('have every fact once and in order, though one process is killed and none hears another', {
    timeout: TIMEOUT_MS,
  }, async () => {
    const report = await feedUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report).toMatchObject({
      missed: 0,
      repeated: 0,
      outOfOrder: 0,
      wrongPrev: 0,
      reloads: 0,
      nodesKilled: 1,
    })
    expect(report.reconnects).toBeGreaterThanOrEqual(SHORT.reconnects)
    expect(report.facts).toBeGreaterThan(0)
  })

  it('are seen to miss some where numbers come from a sequence', { timeout: TIMEOUT_MS }, async () => {
    const report = await feedUnderFire({ ...SHORT, url: await freshDatabase(), broken: true })
    expect(report.missed).toBeGreaterThan(0)
  })
})
