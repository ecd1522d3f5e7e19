import { describe, expect, it } from 'vitest'
import { SeededRandom } from './seeded-random.ts'
import { SequentialIds } from './sequential-ids.ts'

function drawn(seed: number, count: number): number[] {
  const random = new SeededRandom(seed)
  return Array.from({ length: count }, () => random.next())
}

describe('SeededRandom', () => {
  it('draws the same numbers for the same seed and others for another', () => {
    expect(drawn(7, 5)).toEqual(drawn(7, 5))
    expect(drawn(7, 5)).not.toEqual(drawn(8, 5))
  })

  it('draws from 0 up to 1, evenly', () => {
    const numbers = drawn(1, 100_000)
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const share = numbers.filter((number) => Math.floor(number * 10) === tenth).length / numbers.length
      expect(share).toBeCloseTo(0.1, 2)
    }
  })
})

describe('SequentialIds', () => {
  it('makes ids in the shape of UUIDv7 that ascend', () => {
    const ids = new SequentialIds(14)
    const made = Array.from({ length: 300 }, () => ids.next())
    expect(made).toEqual(made.toSorted())
    expect(new Set(made).size).toBe(300)
    for (const id of made)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })
})
