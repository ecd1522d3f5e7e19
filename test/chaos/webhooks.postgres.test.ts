import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { SHORT_WEBHOOKS as SHORT } from './short.ts'
import { webhooksUnderFire } from './webhooks/round.ts'

describe('Webhooks of two processes', () => {
  it('are told every fact, in order, though senders are killed and receivers away', async () => {
    const report = await webhooksUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.told).toBeGreaterThanOrEqual(3 * report.facts)
    expect(report.processesKilled).toBeGreaterThan(0)
  })

  it('are caught if they take a message for delivered before its answer', async () => {
    const wish = { ...SHORT, kills: 0, trusting: true }
    const { violations } = await webhooksUnderFire({ ...wish, url: await freshDatabase() })
    expect(violations.map(({ rule }) => rule)).toContain('every fact is told')
  })
})
