import { describe, expect, it } from 'vitest'
import { idsContract } from './ids-contract.ts'
import { randomContract } from './random-contract.ts'
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
})

randomContract('SeededRandom', () => new SeededRandom(1))
idsContract('SequentialIds', () => new SequentialIds(14))

it('gives sequential ids the shape of UUIDv7', () => {
  const ids = new SequentialIds(14)
  expect(ids.next()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
