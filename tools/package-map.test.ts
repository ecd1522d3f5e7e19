import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { mapOf, PAGE, withMap } from './package-map.ts'

it('has the packages drawn as their imports are', async () => {
  const page = await readFile(PAGE, 'utf8')
  expect(page).toBe(withMap(page))
})

it('draws one arrow however many files import, and none within a package', () => {
  const files = new Map([
    ['packages/core/src/a.ts', "import { b } from './b.ts'"],
    ['packages/host/src/a.ts', "import { a } from '@muster/core'"],
    ['packages/host/src/b.ts', "import type { a } from '@muster/core/use-cases'\nimport 'inversify'"],
  ])
  expect(mapOf(files)).toBe('```mermaid\ngraph TD\n  core\n  host\n  host --> core\n```')
})

it('refuses a page that has no place for it', () => {
  expect(() => withMap('# Contributing')).toThrow(/no place for the map/)
})
