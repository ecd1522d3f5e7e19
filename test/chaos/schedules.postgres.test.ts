import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { openPool } from './connections.ts'
import { schedulesUnderFire, untilCome } from './schedules/round.ts'
import { findViolations } from './schedules/violations.ts'
import { makeSchedules, openMuster } from './schedules/world.ts'
import { SHORT_SCHEDULES as SHORT } from './short.ts'

describe('Schedules of three processes', () => {
  it('fire each tick once, though one after another is killed', async () => {
    const report = await schedulesUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.ticks).toBeGreaterThanOrEqual(SHORT.ticks)
    expect(report.processesKilled).toBeGreaterThan(0)
  })

  it.each([
    ['do so whatever dies while ticks are written', false, []],
    ['are caught if they write ticks after what these start', true, ['a tick starts once']],
  ])('%s', async (_, keepsApart, rules) => {
    const url = await freshDatabase()
    const muster = await openMuster({ url, dying: 3, keepsApart })
    const pool = openPool(url, 1)
    try {
      const { planned } = await makeSchedules(muster, { schedules: 3, ticks: 60, live: 6 })
      await muster.schedule()
      await untilCome(SHORT, pool, 60)
      const found = await findViolations(muster, pool, planned)
      expect([...new Set(found.map(({ rule }) => rule))].sort()).toEqual(rules)
    } finally {
      await muster.close()
      await pool.end()
    }
  })
})
