import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { importsUnderFire } from './imports/round.ts'
import { SHORT_IMPORTS as SHORT } from './short.ts'

describe('Imports of two processes', () => {
  it('make each row once, with the report of an undisturbed one, though both ends are killed', async () => {
    const report = await importsUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.processesKilled).toBe(SHORT.kills)
    expect(report.uploads).toBeGreaterThan(2)
  })

  it('are caught if they commit the bookmark before the rows', async () => {
    const wish = { ...SHORT, kills: 0, processes: 1, bookmarkFirst: true }
    const { violations } = await importsUnderFire({ ...wish, url: await freshDatabase() })
    expect(violations.map(({ rule }) => rule)).toContain('no row is lost')
  })
})
