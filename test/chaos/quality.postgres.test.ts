import { freshDatabase } from '@muster/test-services/vitest'
import { expect, it } from 'vitest'
import { qualityUnderFire } from './quality/round.ts'
import { SHORT_QUALITY as SHORT } from './short.ts'

it('counts people who are watched and asked as often as it takes as a recount does, though processes are killed', async () => {
  const report = await qualityUnderFire({ ...SHORT, url: await freshDatabase() })
  expect(report.violations).toEqual([])
  expect(report.made['submit']).toBeGreaterThanOrEqual(SHORT.submissions)
  expect(report.asked).toBeGreaterThan(0)
  expect(report.processesKilled).toBeGreaterThanOrEqual(SHORT.kills)
})
