import { describe, expect, it } from 'vitest'
import { costsAfter, estimateOf, isWarned, leftOf, MEAN_OF, mayStart, UNSPENT } from './budget.ts'
import { nextMidnight } from './midnight.ts'

const cap = { capMicros: 1_000, soft: 0.8, hard: true, atCap: 'pause' } as const

describe('mayStart', () => {
  it('counts what is spent, reserved and assumed, and the estimate, up to the cap and no further', () => {
    const use = { spentMicros: 300, reservedMicros: 200, assumedMicros: 100 }
    expect(leftOf(cap, use)).toBe(400)
    expect(mayStart(cap, use, 400)).toBe(true)
    expect(mayStart(cap, use, 401)).toBe(false)
  })

  it('lets attempts of no estimate begin until the cap is spent, whatever is reserved up to it', () => {
    expect(mayStart(cap, { ...UNSPENT, reservedMicros: 1_000 }, 0)).toBe(true)
    expect(mayStart(cap, { ...UNSPENT, reservedMicros: 1_001 }, 0)).toBe(false)
    expect(mayStart(cap, { ...UNSPENT, spentMicros: 999, reservedMicros: 1 }, 0)).toBe(true)
    expect(mayStart(cap, { ...UNSPENT, spentMicros: 600, assumedMicros: 400 }, 0)).toBe(false)
  })
})

describe('estimateOf', () => {
  const price = {
    model: 'm',
    from: new Date(0),
    inputMicros: 2_500_001,
    outputMicros: 9,
    cachedMicros: 0,
    cacheWriteMicros: 0,
  }

  it('takes what the job says, else its units at the price, else the mean, rounded up, else nothing', () => {
    expect(estimateOf({ costMicros: 70, units: 1_000 }, price, [5])).toBe(70)
    expect(estimateOf({ units: 1_000 }, price, [5])).toBe(2_501)
    expect(estimateOf({ units: 1_000 }, undefined, [5, 6])).toBe(6)
    expect(estimateOf({}, price, [4, 4, 5])).toBe(5)
    expect(estimateOf({}, price, [])).toBe(0)
  })

  it('goes by the last attempts alone', () => {
    const costs = costsAfter(
      Array.from({ length: MEAN_OF }, () => 1),
      [7, 8],
    )
    expect(costs).toHaveLength(MEAN_OF)
    expect(costs.slice(-3)).toEqual([1, 7, 8])
  })
})

describe('isWarned', () => {
  it('begins at the soft share of the cap', () => {
    expect(isWarned(cap, { ...UNSPENT, spentMicros: 799, reservedMicros: 900 })).toBe(false)
    expect(isWarned(cap, { ...UNSPENT, spentMicros: 800 })).toBe(true)
  })
})

describe('nextMidnight', () => {
  const after = (zone: string, at: string): string =>
    new Date(nextMidnight(zone, Date.parse(at))).toISOString()

  it('finds the first moment of the next day, over changes of the clock', () => {
    expect(after('UTC', '2026-11-30T00:00:00Z')).toBe('2026-12-01T00:00:00.000Z')
    expect(after('Europe/Berlin', '2026-03-28T23:30:00Z')).toBe('2026-03-29T22:00:00.000Z')
    expect(after('Europe/Berlin', '2026-10-24T22:00:00Z')).toBe('2026-10-25T23:00:00.000Z')
    // Clocks jump from midnight to one: the day begins at one.
    expect(after('Asia/Beirut', '2026-03-28T12:00:00Z')).toBe('2026-03-28T22:00:00.000Z')
  })
})
