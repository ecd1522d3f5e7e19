import { anyCharacter } from '@muster/testing/suites'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ValidationError } from '../errors.ts'
import type { Issue } from './json.ts'
import { parseJson } from './json-text.ts'

function issuesOf(text: string, at?: readonly PropertyKey[]): readonly Issue[] {
  try {
    parseJson(text, at)
    return []
  } catch (error) {
    if (error instanceof ValidationError) return error.issues
    throw error
  }
}

/** What JavaScript writes of a whole double, without an exponent. */
function writtenOut(value: number): bigint {
  const [mantissa = '', power = '0'] = String(Math.abs(value)).split('e+')
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = BigInt(whole + fraction.padEnd(Number(power), '0'))
  return value < 0 ? -digits : digits
}

describe('a JSON text', () => {
  it.each([
    '1234567890123456789',
    '-9007199254740993',
    '9007199254740993.0',
    '900719925474099.3e1',
    '90071992547409930e-1',
    '1e400',
    '-1e309',
    `1${'0'.repeat(400)}`,
    `${'7'.repeat(60)}`,
  ])('is refused for %s, by its place', (number) => {
    const text = `{"a":[0,{"id":${number}}],"text":"${number}"}`
    const [issue, ...more] = issuesOf(text, ['scenarios', 3])
    expect(issue).toMatchObject({ path: 'scenarios[3].a[1].id', message: expect.stringMatching(/^must be/) })
    expect(more).toEqual([])
  })

  it.each([
    ['1.0', 1],
    ['1e2', 100],
    ['0.1', 0.1],
    ['0.12345678901234567890', 0.12345678901234568],
    ['1e-400', 0],
    ['0e999', 0],
    ['-0', -0],
    ['9007199254740992', 2 ** 53],
    ['18446744073709551616', 2 ** 64],
    ['1e23', 1e23],
    ['6.02214076e23', 6.02214076e23],
    ['123456789012345680000', 123456789012345680000],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['12.50e1', 125],
  ])('gives %s as %d', (text, value) => {
    expect(parseJson(text)).toBe(value)
  })

  it('takes no text for a number, however it is quoted', () => {
    const value = { 'k"1e400': '\\"12345678901234567890"', '12345678901234567890\\': ['\\', '1e999'] }
    expect(parseJson(JSON.stringify(value))).toEqual(value)
  })

  it('keeps every key as a property of its own', () => {
    const value = parseJson('{"__proto__":{"id":1},"constructor":2,"":3}') as object
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', ''])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(issuesOf('{"__proto__":{"id":1e999}}')).toMatchObject([{ path: '__proto__.id' }])
  })

  it('gives back whatever JSON.stringify wrote', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: anyCharacter }), (value) => {
        const text = JSON.stringify(value)
        expect(JSON.stringify(parseJson(text))).toBe(text)
      }),
    )
  })

  it('refuses integers that a double neither holds nor writes as they were, and no others', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), fc.boolean(), (integer, inList) => {
        const text = inList ? `[${integer}]` : `${integer}`
        const value = Number(integer)
        const isKept = BigInt(value) === integer || writtenOut(value) === integer
        expect(issuesOf(text)).toHaveLength(isKept ? 0 : 1)
      }),
    )
  })

  it('says that it is none, as JSON.parse does', () => {
    expect(() => parseJson('{ no')).toThrow(SyntaxError)
  })

  it('names no more than ten places, and none that lies too deep', () => {
    expect(issuesOf(`[${Array(30).fill('1e999').join()}]`)).toHaveLength(10)
    const deep = `${'['.repeat(5_000)}1e999${']'.repeat(5_000)}`
    expect(issuesOf(deep, ['payload'])).toMatchObject([{ path: 'payload' }])
  })
})
