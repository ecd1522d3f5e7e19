import { Parser } from '@asyncapi/parser'
import { expect, it } from 'vitest'
import { asyncapiText, checkFrame, failures } from './asyncapi.test.support.ts'

it('is a document that AsyncAPI’s own parser has nothing against', async () => {
  const { document, diagnostics } = await new Parser().parse(asyncapiText)
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([])
  expect(document?.version()).toBe('3.0.0')
}, 60_000)

it('refuses a frame that it does not describe', () => {
  checkFrame('mark', { channel: 'me', cursor: 'A'.repeat(30), more: true })
  expect(failures.splice(0)).toHaveLength(1)
})
