import { expect, it } from 'vitest'
import {
  amountOf,
  type Budget,
  lookOfBudget,
  microsOf,
  money,
  partSaid,
  scopeSaid,
  type UsagePart,
} from './data.ts'

it.each([
  [0, '0.00'],
  [4, '0.000004'],
  [12_500_000, '12.50'],
  [1_234_567, '1.234567'],
  [-1_200_000, '−1.20'],
  [1_000_000_000_000, '1\u202f000\u202f000.00'],
  [10 ** 15, '1\u202f000\u202f000\u202f000.00'],
])('says %d millionths to their last digit: %s', (micros, said) => {
  expect(money(micros)).toBe(said)
})

it.each([
  ['20', 20_000_000],
  ['0.25', 250_000],
  [' 1 000.000001 ', 1_000_000_001],
  ['1.', 1_000_000],
  ['', undefined],
  ['1,5', undefined],
  ['-1', undefined],
  ['0.0000001', undefined],
  ['1e3', undefined],
])('reads %j as millionths', (text, micros) => {
  expect(microsOf(text)).toBe(micros)
})

it('reads back every amount that it writes', () => {
  for (const micros of [1, 999_999, 1_000_001, 123_456_789_012_345])
    expect(microsOf(amountOf(micros))).toBe(micros)
})

const BUDGET = {
  capMicros: 100,
  soft: 0.8,
  hard: true,
  reached: false,
  spentMicros: 0,
  reservedMicros: 0,
  assumedMicros: 0,
  scope: { projectId: 'p' },
} as unknown as Budget

it('says how a budget stands', () => {
  const word = (change: Partial<Budget>): string => lookOfBudget({ ...BUDGET, ...change }).word
  expect(word({ spentMicros: 79, reservedMicros: 21 })).toBe('open')
  expect(word({ spentMicros: 70, assumedMicros: 10 })).toBe('nearly spent')
  expect(word({ spentMicros: 100 })).toBe('at its cap')
  expect(word({ reached: true, spentMicros: 85 })).toBe('at its cap')
  expect(word({ hard: false, spentMicros: 120 })).toBe('beyond it')
  expect(word({ hard: false, reached: true, spentMicros: 90 })).toBe('nearly spent')
})

it('names what a budget and a part of usage are of', () => {
  expect(scopeSaid(BUDGET)).toBe('the project, for ever')
  expect(scopeSaid({ ...BUDGET, scope: { projectId: 'p', day: 'Asia/Tokyo' } })).toContain('Asia/Tokyo')
  expect(scopeSaid({ ...BUDGET, scope: { runId: 'abcd-12345678' } })).toBe('run 12345678')
  const said = (part: object): string =>
    partSaid(part as UsagePart, (id) => (id === 'p' ? 'Languages' : undefined))
  expect(
    [{ model: 'm' }, { day: '2026-11-30' }, { projectId: 'p' }, { projectId: 'abcd-12345678' }].map(said),
  ).toEqual(['m', '2026-11-30', 'Languages', '…12345678'])
  expect([{ runId: 'abcd-12345678' }, { runId: null }].map(said)).toEqual(['run 12345678', 'jobs of no run'])
})
