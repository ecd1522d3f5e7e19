import { expect, it } from 'vitest'
import { nearestName } from './near-name.ts'
import { assertOptions, option } from './options.ts'

const RULES = {
  concurrency: option.whole(1, 100),
  seconds: option.number(0, 60),
  isOpen: option.flag,
  name: option.text,
  types: option.texts({ least: 1 }),
  origins: option.origins,
  signal: option.signal,
  clock: option.having('now'),
  operations: option.either(option.flag, option.group<{ docs?: boolean }>({ docs: option.flag })),
}

it.each<[object, string]>([
  ...[0, -1, 1.5, 101, Number.NaN, Number.POSITIVE_INFINITY].map((concurrency): [object, string] => [
    { concurrency },
    `concurrency must be a whole number from 1 to 100, not ${concurrency}`,
  ]),
  [{ concurrency: '5' }, 'concurrency must be a whole number from 1 to 100, not a text'],
  [{ concurrency: null }, 'concurrency must be a whole number from 1 to 100, not null'],
  [{ seconds: Number.NaN }, 'seconds must be a number from 0 to 60, not NaN'],
  [{ isOpen: 'no' }, 'isOpen must be true or false, not a text'],
  [{ name: '' }, 'name must be a text that is not empty, not an empty text'],
  [{ types: [] }, 'types must be a list of texts that is not empty, not an empty list'],
  [{ types: 'a' }, 'types must be a list of texts that is not empty, not a text'],
  [{ origins: 'https://a.example' }, 'origins must be a list of origins, such as'],
  [{ origins: ['https://a.example/'] }, 'origins has https://a.example/, which is no origin'],
  [{ signal: {} }, 'signal must be an AbortSignal, not an object'],
  [{ clock: {} }, 'clock must be an object with the methods now, not an object'],
  [{ operations: { doc: false } }, 'operations.doc is not known: did you mean docs?'],
  [{ concurency: 5 }, 'concurency is not known: did you mean concurrency?'],
  [{ bogus: 5 }, 'bogus is not known: there are concurrency, seconds, '],
])('refuses %j, with the rule', (given, message) => {
  expect(() => assertOptions('work', given, RULES)).toThrow(TypeError)
  expect(() => assertOptions('work', given, RULES)).toThrow(`work: ${message}`)
})

it('takes what can be meant, and counts what is undefined as left out', () => {
  const clock = { now: () => new Date(0) }
  assertOptions('work', { concurrency: 100, seconds: 0.5, types: ['a'], operations: false, clock }, RULES)
  assertOptions('work', { concurrency: undefined, bogus: undefined }, RULES)
  expect(() => assertOptions('work', {}, { muster: option.needed(option.having('work')) })).toThrow(
    'work: muster is missing: it must be an object with the methods work',
  )
  expect(() => assertOptions('work', null, RULES)).toThrow('must be an object of options, not null')
})

it('repeats no text, which may be secret', () => {
  expect(() => assertOptions('work', { concurrency: 'hidden' }, RULES)).not.toThrow(/hidden/)
})

it.each([
  ['concurency', 'concurrency'],
  ['Concurrency', 'concurrency'],
  ['cocnurrency', 'concurrency'],
  ['nane', 'name'],
  ['url', undefined],
])('takes %s for %s', (given, meant) => {
  expect(nearestName(given, Object.keys(RULES))).toBe(meant)
})
