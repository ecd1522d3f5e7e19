import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import type { Tooth } from './console/person.ts'
import { consoleUnderFire } from './console/round.ts'
import { CONSOLE_WITH_TEETH, SHORT_CONSOLE as SHORT } from './short.ts'
import { brokenConsole } from './teeth.ts'

describe('pages at work while a server is killed and tabs crash', () => {
  it('lose no keystroke, hand nothing in twice, and let nothing through that was taken back', async () => {
    const report = await consoleUnderFire({ ...SHORT, url: await freshDatabase() })
    expect(report.violations).toEqual([])
    expect(report.handedIn).toBe(SHORT.people * SHORT.tasks)
    expect(report.serversKilled).toBe(SHORT.kills)
    expect(report.owed).toBeGreaterThan(0)
  })

  it.each(Object.keys(CONSOLE_WITH_TEETH) as Tooth[])('are caught if %s', {}, async (tooth) => {
    const violations = await brokenConsole(await freshDatabase(), tooth)
    expect(violations.map(({ rule }) => rule)).toContain(CONSOLE_WITH_TEETH[tooth].rule)
  })
})
