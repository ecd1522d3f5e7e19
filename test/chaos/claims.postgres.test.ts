import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { claimsUnderFire } from './claims/round.ts'
import { SHORT_CLAIMS as SHORT } from './short.ts'
import { brokenClaims } from './teeth.ts'

describe('people who claim, are pushed and move at once, from several processes', () => {
  it('never break a rule, though connections and processes are killed', async () => {
    const report = await claimsUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.claims).toBeGreaterThanOrEqual(SHORT.claims)
    expect(report.connectionsKilled).toBeGreaterThan(0)
  })

  it('are caught if a person is not locked', async () => {
    const violations = await brokenClaims(await freshDatabase(), 'person not locked')
    expect(violations.map(({ rule }) => rule)).toContain('limit')
  })
})
