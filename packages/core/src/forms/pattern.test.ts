import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matcher, patternFault } from './pattern.ts'

describe('patterns', () => {
  it.each([
    ['(a)\\1', 'must not refer back to a group'],
    ['(?<x>a)\\k<x>', 'must not refer back to a group'],
    ['(?=a)a', 'must not look around'],
    ['(?<!a)a', 'must not look around'],
    ['(?:ab)+', 'must have no quantifier behind a group'],
    ['(a|b)?', 'must have no quantifier behind a group'],
    ['a+b*c{2,}', 'must have at most two quantifiers that may take more than ten characters'],
    ['a{11}b{0,11}c*', 'must have at most two quantifiers that may take more than ten characters'],
    ['a)|(b', 'must be an ECMAScript expression with the flag u'],
    ['[', 'must be an ECMAScript expression with the flag u'],
    ['\\-', 'must be an ECMAScript expression with the flag u'],
  ])('refuse %s', (pattern, fault) => {
    expect(patternFault(pattern)).toBe(fault)
  })

  it.each([
    '[A-Z]{2}-\\d{4}',
    '[^@ ]+@[^@ ]+\\.[a-z]{2,10}',
    '(?:yes|no)',
    '[\\]+*?{2}(]+',
    '\\u{1F600}?',
    'a{0,9}'.repeat(33),
  ])('admit %s', (pattern) => {
    expect(patternFault(pattern)).toBeUndefined()
  })

  it('match as the engine does, for admitted patterns of every kind', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '[ab]',
      '[^a]',
      '\\w',
      '\\d',
      '\\p{L}',
      '\\u{1F600}',
      '\\uD83D\\uDE00',
      '\\.',
      '\\n',
      '[\\]^-]',
      '[\\d]',
    )
    const quantifier = fc.constantFrom('', '', '', '?', '{2}', '{0,3}', '{1,2}?', '{0}')
    const wide = fc.constantFrom('a*', '.+', '[^b]{2,}', '\\p{L}*?', 'b{1,20}')
    const plain = fc.tuple(atom, quantifier).map((parts) => parts.join(''))
    const piece = fc.oneof(plain, plain, plain, fc.constantFrom('^', '$', '\\b', '\\B'))
    const sequence = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(''))
    const group = fc
      .tuple(fc.constantFrom('(', '(?:', '(?<n>'), sequence, sequence)
      .map(([open, one, two]) => `${open}${one}|${two})`)
    const pattern = fc
      .tuple(
        sequence,
        fc.option(wide, { nil: '' }),
        fc.option(group, { nil: '' }),
        fc.option(wide, { nil: '' }),
        sequence,
      )
      .map((parts) => parts.join(''))
    const text = fc
      .array(fc.constantFrom('a', 'b', '1', ' ', '\n', '😀', '-', 'é', '.'), { maxLength: 9 })
      .map((all) => all.join(''))
    fc.assert(
      fc.property(
        pattern,
        fc.boolean(),
        fc.array(text, { minLength: 1, maxLength: 8 }),
        (inner, whole, texts) => {
          const source = whole ? `^(?:${inner})$` : inner
          const [ours, engine] = [matcher(source), new RegExp(source, 'u')]
          for (const one of texts)
            expect([source, one, ours.test(one)]).toEqual([source, one, engine.test(one)])
        },
      ),
      { numRuns: 1500, seed: 7 },
    )
  })

  it('follow all ways at once, so that a pattern on which an engine would never end costs as little as others', () => {
    const hostile = matcher(`^(?:${'a?'.repeat(99)}b)$`)
    expect(hostile.test('a'.repeat(499))).toBe(false)
    expect(matcher(`^(?:${'(?:a|a)'.repeat(28)})$`).test('a'.repeat(28))).toBe(true)
  })

  it('leave a text that is too long to maxLength', () => {
    expect(matcher('^(?:b)$').test('a'.repeat(501))).toBe(true)
    expect(matcher('^(?:b)$').test('a'.repeat(500))).toBe(false)
  })
})
