import { it } from 'vitest'
import { sendAnything } from './any-input.test.support.ts'

it('answers whatever is sent to any documented operation as documented, or with a problem: in memory', async () => {
  await sendAnything(undefined, { numRuns: 40, renewals: 4 })
}, 90_000)
