import { expect, it } from 'vitest'
import { sendAnyDocument, sendAnything } from './any-input.test.support.ts'

it('answers whatever is sent to any documented operation as documented, or with a problem: in memory', async () => {
  const sent = await sendAnything(undefined, { numRuns: 6, renewals: 2 })
  expect(sent).toBeGreaterThan(500)
})

it('answers any document that near enough fits the schema with data or with an error of ours: in memory', async () => {
  const sent = await sendAnyDocument(undefined, { numRuns: 8, renewals: 2 })
  expect(sent).toBeGreaterThan(500)
})
