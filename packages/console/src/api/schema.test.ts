import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { schemaText } from '../../tools/write-schema.ts'

it('has the types of the API’s own document: npm run console:schema writes them anew', async () => {
  expect(await readFile(new URL('./schema.ts', import.meta.url), 'utf8')).toBe(await schemaText())
})
