import { freshDatabase } from '@muster/test-services/vitest'
import { expect, it } from 'vitest'
import { sendAnyDocument, sendAnything } from './any-input.test.support.ts'

it('answers whatever is sent to any documented operation as documented, or with a problem: on Postgres', async () => {
  const sent = await sendAnything(await freshDatabase(), { numRuns: 3, renewals: 1 })
  expect(sent).toBeGreaterThan(500)
})

it('answers any document that near enough fits the schema with data or with an error of ours: on Postgres', async () => {
  const sent = await sendAnyDocument(await freshDatabase(), { numRuns: 4, renewals: 1 })
  expect(sent).toBeGreaterThan(200)
})
