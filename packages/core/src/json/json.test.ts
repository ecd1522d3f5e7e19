import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { json, parse } from '../input/parse.ts'
import { jsonOf } from './json.ts'

/** What TypeScript lets through where it knows no better. */
const NOON = new Date('2026-01-05T12:00:00.000Z')

describe('a value that a host gives', () => {
  it.each<[string, unknown, unknown]>([
    ['members that are undefined', { a: 1, b: undefined, c: [undefined, 2] }, { a: 1, c: [null, 2] }],
    ['dates', { at: NOON, all: [NOON] }, { at: NOON.toISOString(), all: [NOON.toISOString()] }],
    [
      'what has a toJSON',
      { url: new URL('http://a.example/'), n: { toJSON: () => 7 } },
      { url: 'http://a.example/', n: 7 },
    ],
    ['a value that stands in two places', [NOON, NOON], [NOON.toISOString(), NOON.toISOString()]],
    [
      'an odd key',
      { at: NOON, ...JSON.parse('{"__proto__":{"x":1}}') },
      JSON.parse(`{"at":"${NOON.toISOString()}","__proto__":{"x":1}}`),
    ],
  ])('keeps %s as JSON.stringify does', (_, given, kept) => {
    const { value, issues } = jsonOf(given)
    expect(issues).toEqual([])
    expect(JSON.stringify(value)).toBe(JSON.stringify(kept))
    expect(JSON.stringify(value)).toBe(JSON.stringify(given))
    expect(parse(json, given)).toEqual(kept)
  })

  it.each<[string, () => unknown, string, string]>([
    ['a Map', () => ({ a: [new Map()] }), 'r.a[0]', 'must be a plain JSON object, not a Map'],
    ['a Set', () => new Set(), 'r', 'must be a plain JSON object, not a Set'],
    ['a bigint beside a date', () => ({ at: NOON, id: 1n }), 'r.id', 'must be JSON, not bigint'],
    ['a function', () => ({ f: () => 1 }), 'r.f', 'must be JSON, not function'],
    ['a date that is none', () => [new Date(Number.NaN)], 'r[0]', 'must be a valid date'],
    ['not a number', () => ({ n: { x: Number.NaN } }), 'r.n.x', 'must be a finite number'],
    ['an error', () => new TypeError('x'), 'r', 'must be a plain JSON object, not a TypeError'],
  ])('is refused for %s, by its place', (_, make, path, message) => {
    expect(jsonOf(make(), ['r']).issues).toEqual([{ path, message }])
  })

  it('is refused for a cycle where it closes, once', () => {
    const round: Record<string, unknown> = { list: [{}], left: undefined }
    round['list'] = [{ back: round }]
    expect(jsonOf(round, ['result']).issues).toEqual([
      { path: 'result.list[0].back', message: 'is result again: JSON has no cycles' },
    ])
    const inner: Record<string, unknown> = {}
    inner['self'] = inner
    expect(jsonOf({ at: NOON, inner }).issues).toEqual([
      { path: 'inner.self', message: 'is inner again: JSON has no cycles' },
    ])
  })

  it('is the same object if it is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonOf(value).value).toBe(value)
      }),
    )
  })
})
