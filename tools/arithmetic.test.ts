import { globSync, readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'oxc-parser'
import { expect, it } from 'vitest'

const root = new URL('../', import.meta.url)
const SOURCES = 'packages/statistics/src/**/*.ts'

// The lint forbids the functions of Math in whose last bits engines differ; of the operator no lint rule knows.
it('raises to no power with ** in the statistics, which engines round as they like', () => {
  const files = globSync(SOURCES, { cwd: root }).filter((file) => !/\.test(\.support)?\.ts$/.test(file))
  expect(files.length).toBeGreaterThan(10)
  const found = files.filter((file) => hasPower(file, readFileSync(new URL(file, root), 'utf8')))
  expect(found).toEqual([])
})

it.each(['const a = 2 ** b', 'a **= 2'])('finds the operator in %s', (source) => {
  expect(hasPower('source.ts', source)).toBe(true)
})

function hasPower(file: string, source: string): boolean {
  let found = false
  new Visitor({
    BinaryExpression: ({ operator }) => {
      if (operator === '**') found = true
    },
    AssignmentExpression: ({ operator }) => {
      if (operator === '**=') found = true
    },
  }).visit(parseSync(file, source).program)
  return found
}
