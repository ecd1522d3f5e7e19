import { expect, it } from 'vitest'
import { cellOf } from './csv.ts'

it.each([
  [null, ''],
  [7, '7'],
  [-7, '-7'],
  ['plain words', 'plain words'],
  ['a, b', '"a, b"'],
  ['said "no"', '"said ""no"""'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', `"'=1+1"`],
  ['+49', `"'+49"`],
  ['-1', `"'-1"`],
  ['@home', `"'@home"`],
  ['\tx', `"'\tx"`],
  ['a=b', 'a=b'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
])('writes %j as the cell %s', (value, cell) => {
  expect(cellOf(value)).toBe(cell)
})
