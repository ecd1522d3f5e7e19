import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { literal } from './sql.ts'

it('keeps SQL as it is inside of a template, with the line ends of Windows as others', () => {
  const text = "select $1, `a`, E'\\n', $${x}$$;\nselect $$b$$;\n"
  expect(runInNewContext(`\`${literal(text.replaceAll('\n', '\r\n'))}\``)).toBe(text)
})
