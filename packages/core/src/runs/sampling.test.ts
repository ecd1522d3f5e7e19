import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { samplePlaces, sampleSize } from './sampling.ts'

const scenarioIds = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 80 })
const percentage = fc.double({ min: 0.001, max: 100, noNaN: true })
const seed = fc.maxSafeNat()
const idsTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1))

describe('A sample', () => {
  it.each([
    [1, 0.001, 1],
    [10, 10, 1],
    [10, 14.9, 1],
    [10, 15, 2],
    [1_000, 10, 100],
    [3, 50, 2],
    [7, 100, 7],
    [1_000_000, 33.3333, 333_333],
  ])('takes of %i scenarios, at %s percent, %i', (total, percent, size) => {
    expect(sampleSize(total, percent)).toBe(size)
  })

  // By `printf '0\\n%s' $id | sha256sum | sort | head -5`.
  it('is pinned: the same on every machine and in every version', () => {
    expect(samplePlaces(idsTo(20), 25, 0)).toEqual([1, 8, 9, 13, 15])
    expect(samplePlaces(idsTo(20), 25, 42)).not.toEqual(samplePlaces(idsTo(20), 25, 0))
  })

  it('takes the ids whose digests come first, in the order of the definition', () => {
    fc.assert(
      fc.property(scenarioIds, percentage, seed, (ids, percent, s) => {
        const places = samplePlaces(ids, percent, s)
        expect(places).toHaveLength(sampleSize(ids.length, percent))
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b))
        const digests = ids.map((id) => createHash('sha256').update(`${s}\n${id}`).digest('hex'))
        const taken = places.map((place) => digests[place - 1] ?? '')
        const left = digests.filter((_, index) => !places.includes(index + 1))
        for (const digest of left) expect(taken.every((other) => other < digest)).toBe(true)
      }),
    )
  })

  it('contains the sample of every smaller percentage', () => {
    fc.assert(
      fc.property(scenarioIds, percentage, percentage, seed, (ids, a, b, s) => {
        const larger = new Set(samplePlaces(ids, Math.max(a, b), s))
        expect(samplePlaces(ids, Math.min(a, b), s).every((place) => larger.has(place))).toBe(true)
      }),
    )
  })

  it('takes everything at 100 %', () => {
    fc.assert(
      fc.property(scenarioIds, seed, (ids, s) => {
        expect(samplePlaces(ids, 100, s)).toEqual(ids.map((_, index) => index + 1))
      }),
    )
  })
})
