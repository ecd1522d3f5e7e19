import fc from 'fast-check'
import { expect, it } from 'vitest'
import { timeTicks, valueTicks } from './ticks.ts'

const DAY_MS = 86_400_000

it('names an axis of values at round numbers', () => {
  const said = (from: number, to: number): string =>
    valueTicks(from, to, String)
      .map(({ title }) => title)
      .join(' ')
  expect(said(0, 1)).toBe('0 0.5 1')
  expect(said(0, 1.1)).toBe('0 0.5 1')
  expect(said(0, 0.7)).toBe('0 0.2 0.4 0.6')
  expect(said(-3, 12)).toBe('0 5 10')
  expect(said(0, 44_000)).toBe('0 20000 40000')
  expect(said(4, 4)).toBe('4')
})

it('names any axis of values five times at most, within its ends', () => {
  const value = fc.double({ min: -1e9, max: 1e9, noNaN: true })
  fc.assert(
    fc.property(value, fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (from, size) => {
      const to = from + size
      fc.pre(size > Math.abs(from) * 1e-6)
      const ticks = valueTicks(from, to, String)
      expect(ticks.length).toBeGreaterThanOrEqual(1)
      expect(ticks.length).toBeLessThanOrEqual(5)
      for (const { at } of ticks) {
        expect(at).toBeGreaterThanOrEqual(from - size * 1e-6)
        expect(at).toBeLessThanOrEqual(to + size * 1e-6)
      }
    }),
  )
})

it('names an axis of times at a few round ones of this place', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('2024-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
      fc.integer({ min: 0, max: 900 * DAY_MS }),
      (begin, span) => {
        const from = begin.getTime()
        const ticks = timeTicks(from, from + span)
        expect(ticks.length).toBeGreaterThanOrEqual(span < 20_000 ? 0 : 1)
        expect(ticks.length).toBeLessThanOrEqual(6)
        const isByDay = span > 5 * DAY_MS
        for (const { at } of ticks) {
          expect(at).toBeGreaterThanOrEqual(from)
          expect(at).toBeLessThanOrEqual(from + span)
          expect(isByDay && new Date(at).getHours() !== 0).toBe(false)
        }
      },
    ),
  )
  const noon = new Date(2026, 5, 3, 12, 0, 7).getTime()
  const said = (span: number): string[] => timeTicks(noon, noon + span).map(({ title }) => title)
  expect(said(20_000)).toEqual(['12:00:10', '12:00:15', '12:00:20', '12:00:25'])
  expect(said(3_600_000)).toEqual(['12:30', '13:00'])
  expect(said(7 * DAY_MS)).toEqual(['5 Jun', '7 Jun', '9 Jun'])
})
