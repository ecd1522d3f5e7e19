import { glob, readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { literal } from './sql.ts'

it('keeps SQL as it is inside of a template, with the line ends of Windows as others', () => {
  const text = "select $1, `a`, E'\\n', $${x}$$;\nselect $$b$$;\n"
  expect(runInNewContext(`\`${literal(text.replaceAll('\n', '\r\n'))}\``)).toBe(text)
})

/** In characters. */
const LONGEST_LINE = 120

it('keeps each line of the functions short enough to read', async () => {
  const long: string[] = []
  for await (const file of glob('packages/adapters-pg/functions/*.sql', {
    cwd: new URL('../', import.meta.url),
  })) {
    const lines = (await readFile(new URL(`../${file}`, import.meta.url), 'utf8')).split('\n')
    expect(lines.length).toBeGreaterThan(1)
    for (const [index, line] of lines.entries()) {
      if (line.length > LONGEST_LINE) long.push(`${file}:${index + 1} has ${line.length} characters`)
    }
  }
  expect(long).toEqual([])
})
