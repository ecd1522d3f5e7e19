import { glob, readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

const read = (path: string): Promise<string> => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

/** The first cell of each row of the table under a heading's columns, without its marks, and the rest of the cells. */
function rowsOf(page: string): string[][] {
  return [...page.matchAll(/^\| `(?<cells>.+) \|$/gm)].map(({ groups }) =>
    (groups?.['cells'] ?? '').split(' | ').map((cell) => cell.replaceAll('`', '')),
  )
}

it('tells of every code its class and its status, and of none that there is not', async () => {
  const [page, errors, problem] = await Promise.all([
    read('docs/errors.md'),
    read('packages/core/src/errors.ts'),
    read('packages/transport-http/src/requests/problem.ts'),
  ])
  const classes = new Map<string, string>()
  for (const { groups } of errors.matchAll(/class (?<name>\w+) extends [^}]*? code\b[^=]*= '(?<code>\w+)'/g))
    classes.set(groups?.['code'] ?? '', groups?.['name'] ?? '')
  // One class may have several codes.
  const several = /class (?<name>\w+) extends [^}]*?readonly code: (?<codes>'\w+'(?: \| '\w+')+)\n/g
  for (const { groups } of errors.matchAll(several))
    for (const code of groups?.['codes']?.match(/\w+/g) ?? []) classes.set(code, groups?.['name'] ?? '')
  const table = /STATUS_BY_CODE[^{]*\{(?<rows>[^}]*)\}/.exec(problem)?.groups?.['rows'] ?? ''
  const statuses = new Map(
    [...table.matchAll(/(\w+): (\d{3})/g)].map(([, code = '', status = '']) => [code, status]),
  )

  const known = [...classes].map(([code, name]) => [code, name, statuses.get(code) ?? '–'])
  const ofTransport = [...statuses].filter(([code]) => !classes.has(code))
  const told = rowsOf(page)
  const expected = [...known, ...ofTransport].map((row) => row.join(' '))
  const columns = (row: string[]) => row.slice(0, classes.has(row[0] ?? '') ? 3 : 2).join(' ')
  expect(told.map(columns).sort()).toEqual(expected.sort())
  for (const row of told) expect(row.at(-1)?.length).toBeGreaterThan(20)
})

it('ends the name of every class of errors in Error', async () => {
  const named: string[] = []
  const otherwise: string[] = []
  for await (const file of glob('{packages,examples,benchmarks,test}/**/*.ts', {
    cwd: new URL('../', import.meta.url),
    exclude: (name) => name === 'node_modules' || name === 'dist',
  })) {
    for (const [, name = '', parent = ''] of (await read(file)).matchAll(/class (\w+) extends (\w+)/g)) {
      if (name.endsWith('Error')) named.push(name)
      else if (parent.endsWith('Error')) otherwise.push(`${file}: ${name}`)
    }
  }
  expect(named).toContain('NotFoundError')
  expect(otherwise).toEqual([])
})
