import { describe, expect, it } from 'vitest'
import { ValidationError } from '../../errors.ts'
import { bitmapOf, previewOf } from './matrix.ts'
import { conditionsOf } from './matrix-words.ts'

const models = ['cld3', 'my model', 'da']

describe('Words of a matrix', () => {
  it('are read as conditions, with quotes around what has spaces', () => {
    expect(conditionsOf('split  failed text~"og mod" cld3=nb cld3!=nb "my model"!=cld3', models)).toEqual([
      { kind: 'split' },
      { kind: 'failed' },
      { kind: 'text', text: 'og mod' },
      { kind: 'is', model: 0, label: 'nb' },
      { kind: 'isNot', model: 0, label: 'nb' },
      { kind: 'differs', model: 1, other: 0 },
    ])
    expect(conditionsOf('cld3!=da cld3!="da" cld3=a=b', models)).toEqual([
      { kind: 'differs', model: 0, other: 2 },
      { kind: 'isNot', model: 0, label: 'da' },
      { kind: 'is', model: 0, label: 'a=b' },
    ])
    expect(conditionsOf('', models)).toEqual([])
    expect(conditionsOf('split failed split', models)).toEqual([{ kind: 'split' }, { kind: 'failed' }])
  })

  it.each([
    ['splitt', /where knows no word splitt: say split, failed/],
    ['eld=da', /where names no model of the run: eld/],
    ['cld3=', /where says nothing behind cld3=/],
    ['cld3~da', /where takes ~ behind text alone, not behind cld3/],
    ['text~"og mod', /where has a quote that does not end/],
    ['=da', /where knows no word =da/],
    [
      Array.from({ length: 21 }, (_, nth) => `text~${nth}`).join(' '),
      /where has 21 conditions, and may have 20/,
    ],
  ])('refuse %s by name', (where, message) => {
    expect(() => conditionsOf(where, models)).toThrow(ValidationError)
    expect(() => conditionsOf(where, models)).toThrow(message)
  })
})

it('shows a payload in a line: its text, else its first text, else its JSON', () => {
  expect(previewOf({ id: 'a', text: ' two\n lines ' })).toBe('two lines')
  expect(previewOf({ deep: [{ said: 'here' }] })).toBe('here')
  expect(previewOf({ n: 1 })).toBe('{"n":1}')
  expect(previewOf('🦊'.repeat(300))).toBe('🦊'.repeat(200))
})

it('sets a bit for each place, the first the lowest of the first byte', () => {
  expect([...bitmapOf([1, 3, 9], 10)]).toEqual([0b101, 0b1])
})
