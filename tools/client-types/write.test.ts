import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { clientFiles, SOURCES } from './write.ts'

it('has written the files of the client from the document that is checked in: npm run client:types', async () => {
  const files = Object.entries(await clientFiles())
  expect(files).toHaveLength(2)
  for (const [name, text] of files)
    expect([name, readFileSync(new URL(name, SOURCES), 'utf8') === text]).toEqual([name, true])
})
