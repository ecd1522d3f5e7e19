import { freshDatabase } from '@muster/test-services/vitest'
import { expect, it } from 'vitest'
import { sendAnything } from './any-input.test.support.ts'

it('answers whatever is sent to any documented operation as documented, or with a problem: on Postgres', async () => {
  const sent = await sendAnything(await freshDatabase(), { numRuns: 12, renewals: 1 })
  expect(sent).toBeGreaterThan(500)
}, 90_000)
