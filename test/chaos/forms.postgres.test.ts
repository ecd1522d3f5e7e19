import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { formsUnderFire } from './forms/round.ts'
import { SHORT_FORMS as SHORT } from './short.ts'

describe('a form that changes while people work by it, in two tabs each', () => {
  it('loses no draft and no result that was answered, though processes and connections are killed', async () => {
    const report = await formsUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.changes).toBeGreaterThanOrEqual(SHORT.changes)
    expect(report.inFlight).toBeGreaterThan(0)
    expect(report.submissions).toBeGreaterThanOrEqual(SHORT.submissions)
    expect(report.processesKilled).toBeGreaterThanOrEqual(SHORT.kills)
  })

  it('is caught if changes of a task do not wait for each other', async () => {
    const report = await formsUnderFire({ ...SHORT, url: await freshDatabase(), kills: 0, unlocked: true })
    expect(report.violations.map(({ rule }) => rule)).toContain('no older tab overwrites a draft')
  })
})
