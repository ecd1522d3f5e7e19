import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { entriesOf, publishedPackages } from '../packages/pack.ts'
import { exportedNames, REPORTS } from './reports.ts'

/** Nobody reads more names than this at one place. */
const MOST_NAMES = 80

const files = (await readdir(REPORTS)).filter((file) => file.endsWith('.api.md'))

it('has a report for each entry of each package', () => {
  expect(files).toHaveLength(publishedPackages().flatMap(({ manifest }) => entriesOf(manifest)).length)
})

it.each(files)(`exports between 1 and ${MOST_NAMES} names: %s`, async (file) => {
  const { size } = exportedNames(await readFile(join(REPORTS, file), 'utf8'))
  expect(size).toBeGreaterThan(0)
  expect(size).toBeLessThanOrEqual(MOST_NAMES)
})

it('gives each name of a package at one entry alone', async () => {
  const entries = new Map<string, string>()
  const twice: string[] = []
  for (const file of files) {
    const [folder] = file.split('.')
    for (const name of exportedNames(await readFile(join(REPORTS, file), 'utf8'))) {
      const earlier = entries.get(`${folder} ${name}`)
      if (earlier !== undefined) twice.push(`${name}: ${earlier}, ${file}`)
      entries.set(`${folder} ${name}`, file)
    }
  }
  expect(twice).toEqual([])
})

it('counts names of every kind', () => {
  const kinds = ['class A', 'abstract class B', 'const c', 'function d', 'interface E', 'type F']
  const report = [...kinds.map((kind) => `export ${kind} {`), 'export { g }', 'export { h_2 as h }'].join(
    ';\n',
  )
  const names = exportedNames(`${report};\nexport default work;\ninterface I {`)
  expect([...names].join(' ')).toBe('A B c d E F g h default')
})
