import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { statesPage } from './states.ts'

it('has the states drawn as the code has them', async () => {
  expect(await readFile(new URL('../docs/states.md', import.meta.url), 'utf8')).toBe(statesPage())
})
