import { expect, it } from 'vitest'
import { sendAnything } from './any-input.test.support.ts'

it('answers whatever is sent to any documented operation as documented, or with a problem: in memory', async () => {
  const sent = await sendAnything(undefined, { numRuns: 40, renewals: 4 })
  expect(sent).toBeGreaterThan(500)
}, 90_000)
