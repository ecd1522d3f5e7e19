import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { schemaText } from '../../tools/write-schema.ts'
import { parsed } from './call.ts'

it('has the types of the API’s own document: npm run console:schema writes them anew', async () => {
  expect(await readFile(new URL('./schema.ts', import.meta.url), 'utf8')).toBe(await schemaText())
}, 60_000)

it('keeps numbers that a double would change, digit by digit', () => {
  const text = '{"id":12345678901234567890,"price":0.1,"list":[1,2.5e3,9007199254740993]}'
  expect(JSON.stringify(parsed(text))).toBe(
    '{"id":12345678901234567890,"price":0.1,"list":[1,2500,9007199254740993]}',
  )
})
