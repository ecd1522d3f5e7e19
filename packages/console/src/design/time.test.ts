import { expect, it } from 'vitest'
import { ago, count, decimal, duration, figure, percent } from './time.ts'

const NARROW = '\u202f'

it('writes spans of time to two units', () => {
  expect([999, 61_000, 3_600_000, 4_800_000, 90_000_000].map(duration)).toEqual([
    '1 s',
    '1 min 1 s',
    '1 h',
    '1 h 20 min',
    '1 d 1 h',
  ])
})

it('writes figures in groups of three with narrow spaces, and counts up to ten thousand', () => {
  expect(figure(1_204_567)).toBe(`1${NARROW}204${NARROW}567`)
  expect(count(10_000)).toBe(`10${NARROW}000`)
  expect(count(10_001)).toBe(`10${NARROW}000+`)
})

it('writes parts so that neither nothing nor all is claimed of what is neither', () => {
  expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual([
    `0${NARROW}%`,
    `<${NARROW}1${NARROW}%`,
    `50${NARROW}%`,
    `99${NARROW}%`,
    `100${NARROW}%`,
  ])
  expect([0.444, 39.55, 100, 1_204.4].map((value) => decimal(value))).toEqual([
    '0.44',
    '39.5',
    '100',
    `1${NARROW}204`,
  ])
})

it('says how long ago an instant was, or how far ahead it is, to one unit', () => {
  const now = Date.UTC(2026, 0, 1)
  const at = (ms: number): string => ago(new Date(now + ms), now)
  expect([-500, -59_000, -61_000, -7_300_000, 7_300_000].map(at)).toEqual([
    'now',
    '59 s ago',
    '1 min ago',
    '2 h ago',
    'in 2 h',
  ])
})
