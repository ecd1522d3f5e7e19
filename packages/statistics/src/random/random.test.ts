import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { outcomesOf, unnamed } from '../fixtures.test.support.ts'
import { FUNCTIONS } from './random.fixtures.test.support.ts'
import { sha256 } from './sha256.ts'
import { stream } from './stream.ts'
import { drawPoisson } from './units.ts'

describe('random streams', () => {
  it.each(outcomesOf('random', FUNCTIONS))('$title', ({ differences }) => {
    expect(differences).toEqual([])
  })

  it('has a fixture for each of them', () => {
    expect(unnamed('random', FUNCTIONS)).toEqual([])
  })

  it('hashes texts of every length around a block, and of all of Unicode, as SHA-256 does', () => {
    const texts = [
      'ü€😀\ud800',
      ...Array.from({ length: 140 }, (_, length) => 'muster'.repeat(24).slice(0, length)),
    ]
    for (const text of texts) {
      const hex = [...sha256(text)].map((word) => word.toString(16).padStart(8, '0')).join('')
      expect(hex).toBe(createHash('sha256').update(text).digest('hex'))
    }
  })

  it('refuses a seed, a bound or probabilities that are none', () => {
    expect(() => stream(-1, 'x')).toThrow('seed must be a whole number of at least 0, and is -1')
    expect(() => stream(2 ** 53, 'x')).toThrow(RangeError)
    expect(() => stream(0, 'x').below(0)).toThrow('n must be a whole number from 1 to 4294967296, and is 0')
    expect(() => drawPoisson(['a'], [0.5], [1.5])).toThrow('pi[0] must be between 0 and 1, and is 1.5')
    expect(() => drawPoisson(['a'], [0.5], [])).toThrow(
      'pi must have one value for each of 1 keys, and has 0',
    )
  })
})
