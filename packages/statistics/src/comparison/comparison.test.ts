import { describe, expect, it } from 'vitest'
import { outcomesOf, unnamed } from '../fixtures.test.support.ts'
import { clusterBootstrap, type Pair } from './bootstrap.ts'
import { type CompareOptions, compareMetric, compareMetricSteps, summary, verdicts } from './compare.ts'
import { FUNCTIONS } from './comparison.fixtures.test.support.ts'
import { holm } from './correction.ts'
import { gate } from './gate.ts'
import { bootstrapMarginTests, floorTests, marginTests } from './margins.ts'
import { clusterT, pairedT } from './paired-means.ts'
import { signFlips } from './sign-flips.ts'
import { bonettPrice } from './sign-test.ts'

describe('comparison', () => {
  it.each(outcomesOf('comparison', FUNCTIONS))('$title', ({ differences }) => {
    expect(differences).toEqual([])
  })

  it('has a fixture for each of them', () => {
    expect(unnamed('comparison', FUNCTIONS)).toEqual([])
  })
})

const twelve = (value: (i: number) => Pair): Pair[] => Array.from({ length: 12 }, (_, i) => value(i))

describe('a metric of two models', () => {
  it('says which pairs are too few, and which too many are missing', () => {
    const pairs = twelve((i) => [0, i % 2])
    expect(compareMetric(pairs.slice(0, 9))).toMatchObject({
      p: null,
      reason: 'too_few_pairs',
      n: 9,
      baseline: 0,
    })
    expect(compareMetric([])).toMatchObject({
      reason: 'too_few_pairs',
      n: 0,
      baseline: null,
      candidate: null,
    })
    expect(compareMetric(pairs, { missing: 1 })).toMatchObject({ reason: 'too_many_missing', p: null })
    const clusters = pairs.map((_, i) => `${i % 4}`)
    expect(compareMetric(pairs, { clusters })).toMatchObject({ reason: 'too_few_pairs', units: 4, n: 12 })
  })

  it('shows no difference of pairs that are all the same', () => {
    for (const [value, test] of [
      [1, 'mcnemar-exact'],
      [0.5, 'permutation (none)'],
    ] as const) {
      const same = compareMetric(twelve(() => [value, value]))
      expect(same).toMatchObject({ p: 1, difference: 0, wins: 0, losses: 0, test })
      expect(verdicts([same])).toEqual([{ pAdjusted: 1, verdict: 'no_difference_shown' }])
    }
  })

  it('takes pairs as columns, and pauses while it draws', () => {
    const pairs = Array.from({ length: 300 }, (_, i): Pair => [(i * 7) % 31, (i * 11) % 37])
    const columns = { baseline: pairs.map(([one]) => one), candidate: pairs.map(([, other]) => other) }
    for (const aggregate of ['mean', 'median'] as const) {
      const steps = compareMetricSteps(columns, { aggregate })
      let pauses = 0
      let step = steps.next()
      for (; !step.done; step = steps.next()) pauses += 1
      expect(step.value).toEqual(compareMetric(pairs, { aggregate }))
      // 9 999 sign flips, or 1 999 draws, of 300: about a hundred thousand between two pauses.
      expect(pauses).toBeGreaterThan(4)
      expect(pauses).toBeLessThan(40)
    }
    expect(() => compareMetric({ baseline: [1, 2], candidate: [1] })).toThrow(/candidate of pairs/)
  })

  it('turns with the way that is better, to the bit', () => {
    const pairs = twelve((i) => [i / 7, (i * i) / 50])
    for (const aggregate of ['mean', 'median', 'p95'] as const) {
      const higher = compareMetric(pairs, { aggregate })
      const lower = compareMetric(pairs, { aggregate, better: 'lower' })
      expect(lower).toMatchObject({ p: higher.p, wins: higher.losses, losses: higher.wins })
      expect([lower.difference, lower.low, lower.high]).toEqual([
        -(higher.difference ?? 0),
        -(higher.high ?? 0),
        -(higher.low ?? 0),
      ])
    }
  })

  it('takes clusters of one pair each for none', () => {
    const pairs = twelve((i) => [i / 7, (i * i) / 50])
    expect(compareMetric(pairs, { clusters: pairs.map((_, i) => `${i}`) })).toEqual(compareMetric(pairs))
  })

  it('finds an improvement and a regression among metrics, by Holm', () => {
    const better = compareMetric(twelve((i) => [i, i + 1]))
    const worse = compareMetric(twelve((i) => [i + 1, i]))
    const few = compareMetric([[0, 1]])
    expect(verdicts([better, few, worse]).map(({ verdict }) => verdict)).toEqual([
      'improved',
      'INCONCLUSIVE',
      'regressed',
    ])
    expect(verdicts([better, worse]).map(({ pAdjusted }) => pAdjusted)).toEqual(
      [2, 2].map((m) => m * (better.p ?? 0)),
    )
  })

  it.each([
    [
      'a value that is no number',
      () => compareMetric([[0, Number.NaN]]),
      'candidate of pairs[0] must be a finite number',
    ],
    [
      'clusters of others',
      () => compareMetric([[0, 1]], { clusters: [] }),
      'clusters must have one value for each of 1 pairs, and has 0',
    ],
    [
      'a scale called binary',
      () => compareMetric([[0, 3]], { kind: 'binary' }),
      'pairs must be of 0 and 1 for binary',
    ],
    [
      'an unknown option',
      () => compareMetric([], { metric: 'x' } as CompareOptions),
      'metric is no option here',
    ],
    ['a p-value above 1', () => holm([0.5, 1.5]), 'p[1] must be between 0 and 1, and is 1.5'],
    [
      'a negative margin',
      () => marginTests({ centre: 0, se: 1, df: 9 }, -1),
      'maxDrop must be a number of at least 0',
    ],
    [
      'more wins than pairs',
      () => bonettPrice({ wins: 3, losses: 3, n: 5 }),
      'n must be a whole number of at least 6, and is 5',
    ],
    ['one difference', () => pairedT([1]), 'differences must be at least 2, and are 1'],
    ['one cluster', () => clusterT([1, 2], ['a', 'a']), 'clusters must be at least 2, and are 1'],
    [
      'an empty group',
      () => clusterBootstrap([[]], { aggregate: 'mean' }),
      'groups[0] must have a pair, and is empty',
    ],
    [
      'an unknown tier',
      () => gate([{ tier: 'major' as 'critical', pass: 1, block: 1 }]),
      'rules[0].tier must be one of critical',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

describe('limits', () => {
  it('judges a median by the draws of its bootstrap', () => {
    const { drawn } = compareMetric(
      twelve((i) => [i, i + 3]),
      { aggregate: 'median' },
    )
    expect(bootstrapMarginTests(drawn ?? [], 1)).toEqual({ pass: 1 / 2000, block: 1 })
  })

  it('judges nothing just at a limit without an error', () => {
    expect(marginTests({ centre: -0.5, se: 0, df: 9 }, 0.5)).toEqual({ pass: 1, block: 1 })
  })

  it('counts values of one cluster as less than as many of their own', () => {
    const values = Array.from({ length: 40 }, (_, i) => (i % 8 < 5 ? 1 : 0.2))
    const clusters = values.map((_, i) => `${Math.floor(i / 8)}`)
    const alone = floorTests(values, 0.6)
    expect(floorTests(values, 0.6, { clusters: values.map((_, i) => `${i}`) }).pass).toBeCloseTo(
      alone.pass,
      12,
    )
    expect(
      floorTests(
        values.map((_, i) => (i < 24 ? 1 : 0.2)),
        0.6,
        { clusters },
      ).pass,
    ).toBeGreaterThan(alone.pass)
  })
})

describe('a summary', () => {
  it('gives shares and means their intervals, and medians none', () => {
    expect(summary([])).toEqual({ n: 0, value: null, interval: null })
    expect(summary([3])).toEqual({ n: 1, value: 3, interval: null })
    expect(summary([1, 1, 1, 0]).interval?.high).toBeLessThanOrEqual(1)
    expect(summary([1, 5, 3, 3]).interval?.high).toBeGreaterThan(5)
    expect(summary([1, 5, 3, 4], { aggregate: 'median' })).toEqual({ n: 4, value: 3.5, interval: null })
    expect(
      summary(
        Array.from({ length: 20 }, (_, i) => i),
        { aggregate: 'p95' },
      ).value,
    ).toBe(18)
  })
})

describe('values that may have the other sign', () => {
  it('gives the same p by all patterns as by hand, and near it by drawn ones', () => {
    const values = Array.from({ length: 16 }, (_, i) => (i % 5) + 0.5 - (i % 3) * 1.7)
    const { p } = signFlips(values)
    let hits = 0
    const whole = Math.abs(values.reduce((sum, value) => sum + value, 0))
    for (let pattern = 0; pattern < 2 ** 16; pattern++) {
      const turned = values.reduce((sum, value, k) => sum + ((pattern >> k) & 1 ? value : -value), 0)
      if (Math.abs(turned) >= whole - 1e-9) hits++
    }
    expect(p).toBe(hits / 2 ** 16)
    const drawn = signFlips([...values, 1e-15])
    expect(drawn.method).toBe('drawn')
    expect(Math.abs(drawn.p - p)).toBeLessThan(0.02)
  })
})
