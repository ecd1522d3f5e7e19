import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

/** More than this one caller hardly needs. */
const MOST_METHODS = 15

const report = await readFile(new URL('../docs/api/core.ports.api.md', import.meta.url), 'utf8')

/** How many methods each storage port has, by its name. */
function methods(text: string): Map<string, number> {
  const ports = text.matchAll(/^export interface (\w+Store) \{\n(?<body>[\s\S]*?)^\}/gm)
  return new Map(
    [...ports].map(({ 1: name = '', groups }) => [
      name,
      groups?.['body']?.match(/^ {4}\w+\(/gm)?.length ?? 0,
    ]),
  )
}

it('asks at most fifteen methods of each store', () => {
  const counts = methods(report)
  expect(counts.size).toBeGreaterThan(10)
  const wrong = [...counts].filter(([, count]) => count === 0 || count > MOST_METHODS)
  expect(wrong).toEqual([])
})
