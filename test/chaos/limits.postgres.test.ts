import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { BREAKS } from './limits/broken.ts'
import { limitsUnderFire } from './limits/round.ts'
import { SHORT_LIMITS as SHORT } from './short.ts'
import { brokenLimits } from './teeth.ts'

describe('Keys and budgets of several processes', () => {
  it('allow no start too many, though processes die with jobs in hand', async () => {
    const report = await limitsUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report).toMatchObject({ over: 0, processesKilled: SHORT.deaths, budget: { beyond: 0 } })
    expect(report.died).toBeGreaterThanOrEqual(SHORT.deaths)
    expect(report.budget.waited).toBeGreaterThan(0)
    expect(report.starts).toBeGreaterThan(SHORT.jobs + SHORT.costly)
  })

  it('are caught if keys forget what runs', async () => {
    const violations = await brokenLimits(await freshDatabase(), 'keys forget what runs')
    expect(violations.map(({ rule }) => rule)).toContain(BREAKS['keys forget what runs'].rule)
  })
})
