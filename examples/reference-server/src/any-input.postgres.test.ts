import { freshDatabase } from '@muster/test-services/vitest'
import { it } from 'vitest'
import { sendAnything } from './any-input.test.support.ts'

it('answers whatever is sent to any documented operation as documented, or with a problem: on Postgres', async () => {
  await sendAnything(await freshDatabase(), { numRuns: 12, renewals: 1 })
}, 90_000)
