import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { BREAKS, type Broken } from './claims/broken.ts'
import { claimsUnderFire } from './claims/round.ts'

/** A short round of `npm run chaos -- claims`. */
const SHORT = {
  seed: 1,
  claims: 200,
  processes: 2,
  connections: 12,
  people: 24,
  killEveryMs: 100,
  askEveryMs: 50,
}

const TIMEOUT_MS = 120_000

describe('people who claim, are pushed and move at once, from several processes', () => {
  it('never break a rule, though connections and processes are killed', { timeout: TIMEOUT_MS }, async () => {
    const report = await claimsUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.claims).toBeGreaterThanOrEqual(SHORT.claims)
    expect(report.connectionsKilled).toBeGreaterThan(0)
  })

  it.each(Object.keys(BREAKS) as Broken[])('are caught where %s', { timeout: TIMEOUT_MS }, async (broken) => {
    const { violations } = await claimsUnderFire({
      ...SHORT,
      url: await freshDatabase(),
      claims: Number.POSITIVE_INFINITY,
      broken,
    })
    expect(violations.map(({ rule }) => rule)).toContain('limit')
  })
})
