import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outcomesOf, unnamed } from '../fixtures.test.support.ts'
import { active } from './active.ts'
import { FUNCTIONS } from './calibration.fixtures.test.support.ts'
import { allocate, anytimeMultiplier, inclusion, neymanWeights, scoreBins } from './design.ts'
import { judgeQuality } from './judge.ts'
import type { EstimateOptions } from './sample.ts'
import { stratified, uniform } from './uniform.ts'

describe('calibration', () => {
  it.each(outcomesOf('calibration', FUNCTIONS))('$title', ({ differences }) => {
    expect(differences).toEqual([])
  })

  it('has a fixture for each of them', () => {
    expect(unnamed('calibration', FUNCTIONS)).toEqual([])
  })
})

const units = Array.from({ length: 60 }, (_, i) => ({
  f: ((i * 17) % 60) / 60,
  y: i < 24 ? (((i * 17) % 60) / 60 > 0.4 ? 1 : 0) : null,
}))

describe('an estimate', () => {
  it('is none of fewer than two labels, and says so', () => {
    const reason = 'too_few_labels'
    const none = { estimate: null, se: null, interval: null, lambda: null, bias: null, saved: null, reason }
    expect(uniform([])).toMatchObject({ ...none, judgeMean: null, units: 0 })
    expect(
      uniform([
        { f: 0.5, y: 1 },
        { f: 0.5, y: null },
      ]),
    ).toMatchObject({ ...none, judgeMean: 0.5, labelled: 1 })
    expect(
      stratified([
        units,
        [
          { f: 0.5, y: 1 },
          { f: 0.5, y: null },
        ],
      ]),
    ).toMatchObject({ ...none, conditionalSe: null })
    expect(active([{ f: 0.5, y: null, pi: 0.5 }])).toMatchObject({ ...none, effectiveLabels: 0 })
    const oneCluster = units.map((unit) => ({ ...unit, cluster: unit.y === null ? 'others' : 'one' }))
    expect(uniform(oneCluster)).toMatchObject({ ...none, labelledClusters: 1, clusters: 2 })
  })

  it('keeps a share within 0…1 and sets the judge right by its bias', () => {
    const { estimate, interval, judgeMean, bias } = uniform(units, { kind: 'share' })
    expect(interval?.high).toBeLessThanOrEqual(1)
    expect(bias?.value).toBe((judgeMean ?? 0) - (estimate ?? 0))
  })

  it('is wider by the anytime multiplier', () => {
    const multiplier = anytimeMultiplier(24, { planned: 24 })
    const [fixed, anytime] = [uniform(units), uniform(units, { multiplier })]
    expect(anytime.interval?.low).toBeLessThan(fixed.interval?.low ?? 0)
  })

  it.each(['scenarios', 'run'] as const)(
    'is the same of units drawn evenly in all designs, about: %s',
    (target) => {
      const even = units.map((unit) => ({ ...unit, pi: 0.4 }))
      const [plain, weighted] = [uniform(units, { target, lambda: 0 }), active(even, { target, lambda: 0 })]
      expect(stratified([units, []], { target }).estimate).toBe(uniform(units, { target }).estimate)
      expect(weighted.estimate).toBeCloseTo(plain.estimate ?? 0, 12)
      expect(weighted.effectiveLabels).toBeCloseTo(24, 12)
    },
  )

  it('takes each unit as its own cluster for none, nearly', () => {
    const clustered = units.map((unit, i) => ({ ...unit, cluster: `${i}` }))
    expect(uniform(clustered).se).toBeCloseTo(uniform(units).se ?? 0, 2)
    const [a, b] = [
      clustered.slice(0, 12).concat(clustered.slice(30, 45)),
      clustered.slice(12, 30).concat(clustered.slice(45)),
    ]
    expect(stratified([a, b]).se).toBeCloseTo(
      stratified([a, b].map((of) => of.map(({ f, y }) => ({ f, y })))).se ?? 0,
      2,
    )
    const drawn = clustered.map((unit) => ({ ...unit, pi: 0.4 }))
    expect(active(drawn).se).toBeCloseTo(active(units.map((unit) => ({ ...unit, pi: 0.4 }))).se ?? 0, 2)
  })

  it.each([
    [
      'a score that is no number',
      () => uniform([{ f: Number.NaN, y: 1 }]),
      'f of units[0] must be a finite number, and is NaN',
    ],
    [
      'clusters of some units',
      () =>
        uniform([
          { f: 1, y: 1, cluster: 'a' },
          { f: 1, y: 1 },
        ]),
      'cluster must be given with all units or with none',
    ],
    [
      'clusters of a run',
      () => uniform([{ f: 1, y: 1, cluster: 'a' }], { target: 'run' }),
      'target must be scenarios with clusters',
    ],
    ['a probability of 0', () => active([{ f: 1, y: 1, pi: 0 }]), 'pi of units[0] must be above 0, and is 0'],
    [
      'an unknown option',
      () => uniform([], { targte: 'run' } as EstimateOptions),
      'targte is no option here',
    ],
    [
      'a label of 0.5',
      () => judgeQuality([{ f: 1, y: 0.5 as 1 }]),
      'y of units[0] must be 0 or 1, and is 0.5',
    ],
    [
      'a negative weight',
      () => allocate(20, [-1, 1], [20, 20]),
      'weights[0] must be a number of at least 0, and is -1',
    ],
    [
      'less than all strata need',
      () => allocate(15, [1, 1], [20, 20]),
      'total must be at least 20, which the strata need together, and is 15',
    ],
    [
      'no even part',
      () => inclusion([1], { budget: 1, floor: 0 }),
      'floor must be a number above 0, and is 0',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

describe('a design', () => {
  it('splits all of the total, within bounds, and never less to a stratum than before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ weight: fc.nat(100), cap: fc.nat(60) }), { minLength: 1, maxLength: 8 }),
        fc.nat(300),
        (strata, more) => {
          const [weights, caps] = [strata.map(({ weight }) => weight), strata.map(({ cap }) => cap)]
          const needed = caps.reduce((sum, cap) => sum + Math.min(10, cap), 0)
          const all = caps.reduce((sum, cap) => sum + cap, 0)
          const first = allocate(needed, weights, caps)
          const then = allocate(needed + more, weights, caps, { least: first })
          expect(then.reduce((sum, of) => sum + of, 0)).toBe(Math.min(all, needed + more))
          for (const [h, of] of then.entries()) {
            expect(of).toBeGreaterThanOrEqual(first[h] ?? 0)
            expect(of).toBeLessThanOrEqual(caps[h] ?? 0)
          }
        },
      ),
    )
  })

  it('draws the budget in the mean, each unit with a chance above 0', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.integer({ min: 1, max: 60 }),
        (uncertainty, budget) => {
          const pi = inclusion(uncertainty, { budget })
          expect(pi.reduce((sum, each) => sum + each, 0)).toBeCloseTo(Math.min(budget, pi.length), 8)
          expect(pi.every((each) => each > 0 && each <= 1)).toBe(true)
        },
      ),
    )
  })

  it('bins scores so that equal ones share a bin', () => {
    expect(scoreBins([0.1, 0.9, 0.1, 0.5, 0.7, 0.1, 0.8, 0.6])).toEqual([0, 3, 0, 1, 2, 0, 3, 2])
    expect(scoreBins([-0, 0, 1])).toEqual([0, 0, 2])
    expect(neymanWeights([100, 50], [0.5, 0.001])).toEqual([50, 5])
  })

  it('says of a judge nothing that no unit shows', () => {
    const { sensitivity, specificity, kappa } = judgeQuality([
      { f: 0.9, y: 1 },
      { f: 0.8, y: 1 },
    ])
    expect(sensitivity.value).toBe(1)
    expect(specificity).toEqual({ value: null, interval: null })
    expect(kappa).toEqual({ value: null, interval: null })
    expect(judgeQuality([])).toMatchObject({ precision: { value: null }, effective: 0 })
  })
})
