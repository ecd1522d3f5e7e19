import { expect, it } from 'vitest'
import { causePattern } from './causes.ts'

/** Kinds of failures, each as it differs from one to the next. */
const KINDS: readonly ((n: number) => string)[] = [
  (n) => `Timed out after ${1000 + n} ms`,
  (n) => `connect ECONNREFUSED 10.0.${n % 250}.${n % 199}:${4000 + n}`,
  (n) => `GET https://api.example.com/v1/items/${n}?page=${n}#top answered 503`,
  (n) =>
    `Order ${n.toString(16).padStart(8, '0')}-1111-4222-8333-${n.toString(16).padStart(12, '0')} is unknown`,
  (n) => `Segmentation fault at 0x${(n * 7919 + 4096).toString(16)}`,
  (n) => `ENOENT: no such file or directory, open '/var/lib/data/${n}/part-${n}/model.bin'`,
  (n) => `Expected property name in JSON at position ${n} (line ${n} column ${n})`,
  (n) => `The value "customer ${n} of the north" is not allowed`,
  (n) => `Mail to person.${n}@example.org bounced`,
  (n) => `Token ${Buffer.from(`secret-token-${n}-of-somebody`).toString('base64')} is spent`,
  (n) => `Certificate expired at 2026-0${1 + (n % 9)}-1${n % 9}T0${n % 9}:00:0${n % 9}.${100 + (n % 800)}Z`,
  (n) => `Used ${n}.${n % 10} MB of ${n + 3} MB, ${n % 100} % left\n    at frame${n} (file.ts:${n})`,
]

it('tells twelve kinds of failures apart, a thousand of each, by addresses, ids, paths and quotes', () => {
  const patterns = KINDS.map(
    (kind) => new Set(Array.from({ length: 1_000 }, (_, n) => causePattern(kind(n)))),
  )
  expect(patterns.map((found) => [...found].slice(0, 3))).toEqual(patterns.map((found) => [[...found][0]]))
  expect(new Set(patterns.flatMap((found) => [...found])).size).toBe(KINDS.length)
})

it('keeps words and short names, and looks at the first line alone', () => {
  expect(causePattern('The field "name" is missing\nat somewhere 12')).toBe('The field "name" is missing')
  expect(causePattern('')).toBe('')
  expect(causePattern('x'.repeat(10_000)).length).toBeLessThanOrEqual(300)
})

it('takes no longer than a moment for a message that is made to be slow', () => {
  const hostile = [
    'a/'.repeat(5_000),
    '"'.repeat(9_999),
    '1,'.repeat(5_000),
    'a@'.repeat(5_000),
    '0x'.repeat(5_000),
  ]
  for (const message of hostile) expect(causePattern(message).length).toBeLessThanOrEqual(700)
})
