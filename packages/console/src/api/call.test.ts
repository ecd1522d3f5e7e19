import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parsed } from './call.ts'

it('keeps numbers that a double would change, digit by digit', () => {
  const text = '{"id":12345678901234567890,"price":0.1,"list":[1,2.5e3,9007199254740993]}'
  expect(JSON.stringify(parsed(text))).toBe(
    '{"id":12345678901234567890,"price":0.1,"list":[1,2500,9007199254740993]}',
  )
})

/** Numbers as JSON writes them: short and long, with places and with exponents. */
const NUMBER = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 0n, max: 10n ** 22n }),
    fc.option(fc.stringMatching(/^\d{1,20}$/)),
    fc.option(fc.tuple(fc.constantFrom('e', 'E', 'e+', 'e-'), fc.integer({ min: 0, max: 400 }))),
  )
  .map(
    ([sign, whole, places, power]) =>
      `${sign}${whole}${places === null ? '' : `.${places}`}${power?.join('') ?? ''}`,
  )

const significant = (text: string): string =>
  text
    .replace(/e.*$/i, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '')

it('keeps the digits of all numbers, beside whatever words', () => {
  const some = { maxLength: 4 }
  fc.assert(
    fc.property(fc.array(NUMBER, some), fc.array(fc.string(), some), (numbers, words) => {
      const text = `{"numbers":[${numbers.join(', ')}],"words":${JSON.stringify(words)}}`
      const read = parsed(text) as { readonly numbers: readonly unknown[]; readonly words: readonly string[] }
      expect(read.words).toEqual(words)
      expect(read.numbers.map((number) => significant(JSON.stringify(number)))).toEqual(
        numbers.map(significant),
      )
    }),
    { numRuns: 2_000 },
  )
})
