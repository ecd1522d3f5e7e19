import { expect, it } from 'vitest'
import { z } from 'zod'
import { lengthOf, name, severalOf, stepId, text } from './parse.ts'

const FOX = '\u{1f98a}'

it.each([
  ['', 0],
  ['abc', 3],
  ['e\u0301', 2],
  [FOX, 1],
  [`a${FOX}b`, 3],
  ['\ud83e', 1],
  ['\udd8a\ud83e', 2],
  [`\ud83e${FOX}\udd8a`, 3],
])('counts the characters of %j as Unicode does: %i', (given, characters) => {
  expect(lengthOf(given)).toBe(characters)
  expect(Array.from(given)).toHaveLength(characters)
})

it.each(['x', '\u00df', FOX, '\u{10ffff}'])('takes 200 characters %j as a name, and no more', (one) => {
  expect(name.safeParse(one.repeat(200)).success).toBe(true)
  expect(name.safeParse(one.repeat(201)).error?.issues).toMatchObject([
    { message: 'must have 1 to 200 characters' },
  ])
})

it.each(['\u0000', '\ud83e', 'a\udd8a'])('refuses the text %j, which not every adapter keeps', (given) => {
  expect(text(0, 10).safeParse(given).success).toBe(false)
})

it('says the same of a text in documents as it does', () => {
  const schema = z.strictObject({ comment: text(0, 9), step: stepId, states: severalOf(['a', 'b']) })
  const { properties } = z.toJSONSchema(schema, { io: 'input' })
  expect(properties).toEqual({
    comment: { type: 'string', maxLength: 9, pattern: '^[^\\x00]*$' },
    step: { type: 'string', minLength: 1, maxLength: 63, pattern: '^[a-z][a-z0-9_-]{0,62}$' },
    states: { type: 'array', minItems: 1, items: { type: 'string', enum: ['a', 'b'] } },
  })
})

it('reads several of a few values from a list or from text with commas', () => {
  const states = severalOf(['a', 'b'])
  expect(states.parse('b,a')).toEqual(['b', 'a'])
  expect(states.parse(['b'])).toEqual(['b'])
  const none = ['', 'a,', 'c', [], 7].filter((given) => states.safeParse(given).success)
  expect(none).toEqual([])
})
