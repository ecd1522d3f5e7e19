import fc from 'fast-check'

const FIRST_SURROGATE = 0xd800
const SURROGATES = 0x800
const LAST_CODE_POINT = 0x10ffff

/**
 * Any character of Unicode, as one text: every code point but halves of pairs. For `unit` and `stringUnit` of fast-check, whose own `'binary'` means the
 * same, but first makes a table of a million characters in each process: two seconds of a processor.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: LAST_CODE_POINT - SURROGATES })
  .map(
    (nth) => String.fromCodePoint(nth < FIRST_SURROGATE ? nth : nth + SURROGATES),
    (character) => {
      const codePoint = typeof character === 'string' ? character.codePointAt(0) : undefined
      if (codePoint === undefined || String.fromCodePoint(codePoint) !== character)
        throw new TypeError('Must be one character')
      return codePoint < FIRST_SURROGATE ? codePoint : codePoint - SURROGATES
    },
  )
