import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { observedQuality, PRIOR_SAMPLES, type Quality } from './quality.ts'

describe('observed quality', () => {
  it('is the mean of a Beta distribution with its prior', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<0 | 1>(0, 1), { minLength: 1, maxLength: 60 }), (outcomes) => {
        let quality: Quality | undefined
        for (const outcome of outcomes) quality = observedQuality(quality, outcome)
        const good = outcomes.filter((outcome) => outcome === 1).length
        expect(quality?.samples).toBe(outcomes.length)
        expect(quality?.score).toBeCloseTo((PRIOR_SAMPLES / 2 + good) / (PRIOR_SAMPLES + outcomes.length), 9)
      }),
    )
  })

  it('moves a score set from outside from where it was set', () => {
    expect(observedQuality({ score: 0.9, samples: 6 }, 1)).toEqual({
      score: expect.closeTo(10 / 11, 9),
      samples: 7,
    })
    expect(observedQuality({ score: 0.9, samples: 6 }, 0)).toEqual({
      score: expect.closeTo(9 / 11, 9),
      samples: 7,
    })
  })
})
