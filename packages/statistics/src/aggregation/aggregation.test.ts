import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outcomesOf, unnamed } from '../fixtures.test.support.ts'
import { FUNCTIONS, rows } from './aggregation.fixtures.test.support.ts'
import { davidson, strengthDifference } from './davidson.ts'
import { dawidSkene } from './dawid-skene.ts'
import type { FitOptions } from './fit.ts'
import { mace } from './mace.ts'
import { oneCoin } from './one-coin.ts'
import { accuracySince, posterior } from './posterior.ts'
import { majority } from './votes.ts'

describe('aggregation', () => {
  it.each(outcomesOf('aggregation', FUNCTIONS))('$title', ({ differences }) => {
    expect(differences).toEqual([])
  })

  it('has a fixture for each of them', () => {
    expect(unnamed('aggregation', FUNCTIONS)).toEqual([])
  })
})

describe('fits', () => {
  const label = fc.tuple(fc.nat(6), fc.nat(4), fc.nat(2))
  const labels = fc.array(label, { minLength: 1, maxLength: 40 })
  const METHODS = { oneCoin, dawidSkene, mace }

  it.each(Object.entries(METHODS))('gives the same bits of the same labels in any order: %s', (_, method) => {
    fc.assert(
      fc.property(labels, fc.infiniteStream(fc.nat()), (given, order) => {
        const shuffled = given.toSorted(() => (order.next().value ?? 0) - 1_000_000_000)
        const columns = {
          items: given.map(([item]) => item),
          people: given.map(([, person]) => person),
          answers: given.map(([, , answer]) => answer),
        }
        const fit = method(given, { classes: 3 })
        expect(method(shuffled, { classes: 3 })).toEqual(fit)
        expect(method([...given].reverse(), { classes: 3 })).toEqual(fit)
        expect(method(columns, { classes: 3 })).toEqual(fit)
      }),
      { numRuns: 20 },
    )
  })

  it.each(Object.entries(METHODS))('turns with the names of the classes: %s', (_, method) => {
    fc.assert(
      fc.property(labels, (given) => {
        const turned = given.map(([item, person, answer]) => [item, person, (answer + 1) % 3] as const)
        const [fit, other] = [method(given, { classes: 3 }), method(turned, { classes: 3 })]
        fc.pre(fit.converged && fit.rounds === other.rounds)
        for (const [at, chance] of fit.posterior.entries()) {
          const item = Math.floor(at / 3)
          expect(other.posterior[item * 3 + ((at + 1) % 3)]).toBeCloseTo(chance, 9)
        }
      }),
      { numRuns: 50 },
    )
  })

  it.each(Object.entries(METHODS))(
    'gives chances that sum to 1, of items without labels too: %s',
    (_, method) => {
      const {
        posterior,
        likeliest,
        labels: given,
        items,
      } = method(
        [
          [0, 0, 1],
          [2, 2, 0],
        ],
        { classes: 2 },
      )
      expect(items).toBe(3)
      for (const [a = 0, b = 0] of rows(posterior, 2)) expect(a + b).toBeCloseTo(1, 14)
      expect([...likeliest]).toEqual([1, -1, 0])
      expect([...given]).toEqual([1, 0, 1])
    },
  )

  it.each(Object.entries(METHODS))('fits no labels at all: %s', (_, method) => {
    expect(method([], { classes: 2 })).toMatchObject({ items: 0, people: 0, converged: true })
  })

  it('believes a newcomer a little, and somebody right on gold more', () => {
    const gold = new Map([
      [0, 0],
      [1, 1],
      [2, 0],
    ])
    const { accuracy } = oneCoin(
      [
        [0, 1, 0],
        [1, 1, 1],
        [2, 1, 0],
        [0, 2, 1],
        [3, 0, 0],
      ],
      { classes: 2, gold },
    )
    expect(accuracy[1]).toBeCloseTo(7 / 8, 12)
    expect(accuracy[2]).toBeCloseTo(4 / 6, 12)
  })

  it('says when the limit ended it', () => {
    const labels = [
      [0, 0, 0],
      [0, 1, 1],
      [1, 0, 1],
      [1, 1, 1],
    ] as const
    expect(oneCoin(labels, { classes: 2, limit: 1 })).toMatchObject({ rounds: 1, converged: false })
  })

  it('stays finite without pseudo-counts if somebody was never wrong', () => {
    const pseudoCounts = { right: 0, wrong: 0, ofClass: 0 }
    const labels = [
      [0, 0, 0],
      [0, 1, 0],
      [1, 0, 1],
      [1, 1, 1],
    ] as const
    for (const fit of [
      oneCoin(labels, { classes: 3, pseudoCounts }),
      dawidSkene(labels, { classes: 3, pseudoCounts }),
    ])
      expect(fit.posterior.every(Number.isFinite)).toBe(true)
  })

  it.each([
    [
      'an answer that is no class',
      () => oneCoin([[0, 0, 2]], { classes: 2 }),
      'answer of label 0 must be a whole number from 0 to 1, and is 2',
    ],
    ['a negative person', () => oneCoin([[0, -1, 1]], { classes: 2 }), 'person of label 0 must be'],
    ['one class', () => oneCoin([], { classes: 1 }), 'classes must be a whole number from 2 to'],
    [
      'columns of two lengths',
      () => mace({ items: [0], people: [], answers: [1] }, { classes: 2 }),
      'people must have one value for each of 1 labels, and has 0',
    ],
    [
      'gold that is no class',
      () => mace([[0, 0, 1]], { classes: 2, gold: [[0, 5]] }),
      'gold of item 0 must be a whole number from 0 to 1, and is 5',
    ],
    [
      'a control without gold',
      () => mace([[0, 0, 1]], { classes: 2, controls: [0] }),
      'controls must have gold, and item 0 has none',
    ],
    [
      'a negative pseudo-count',
      () => dawidSkene([], { classes: 2, pseudoCounts: { right: -1 } }),
      'pseudoCounts.right must be',
    ],
    [
      'an unknown option',
      () => mace([], { classes: 2, rounds: 3 } as FitOptions),
      'rounds is no option here',
    ],
    [
      'too few accuracies',
      () => majority([[0, 3, 1]], { classes: 2, accuracy: [0.5] }),
      'accuracy must have one value for each of 4 people, and has 1',
    ],
    ['shares that sum to more', () => posterior([], [0.5, 0.7]), 'prevalence must sum to 1, and sums to 1.2'],
    [
      'a certainty above 1',
      () => posterior([{ answer: 0, accuracy: 2 }], [0.5, 0.5]),
      'accuracy must be between 0 and 1',
    ],
    [
      'a model against itself',
      () => davidson([{ i: 1, j: 1, outcome: 'i' }], { models: 2 }),
      'games[0] must be of two models, and is of 1 alone',
    ],
    [
      'clusters of some games',
      () =>
        davidson(
          [
            { i: 0, j: 1, outcome: 'i' },
            { i: 0, j: 1, outcome: 'i', cluster: 'a' },
          ],
          { models: 2 },
        ),
      'cluster must be given with all games or with none',
    ],
    [
      'models that no game connects',
      () => davidson([{ i: 0, j: 1, outcome: 'tie' }], { models: 3, phantom: 0, tieCount: 0 }),
      'the games must connect the models',
    ],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

describe('one step of Bayes', () => {
  it('gives what a fit gives of one item with its accuracies', () => {
    const labels = [
      [0, 0, 1],
      [0, 1, 1],
      [0, 2, 0],
      [1, 0, 0],
      [1, 1, 0],
      [2, 2, 2],
      [2, 1, 2],
    ] as const
    const { accuracy, prevalence, posterior: fitted } = oneCoin(labels, { classes: 3, tolerance: 1e-13 })
    const answers = labels
      .filter(([item]) => item === 0)
      .map(([, person, answer]) => ({ answer, accuracy: accuracy[person] ?? 0 }))
    for (const [k, chance] of posterior(answers, prevalence).entries())
      expect(chance).toBeCloseTo(fitted[k] ?? 0, 10)
  })

  it('stays finite with a hundred sure answers of fifty classes', () => {
    const answers = Array.from({ length: 100 }, (_, i) => ({ answer: i % 2, accuracy: 1 }))
    expect(posterior(answers, Array(50).fill(1 / 50)).every(Number.isFinite)).toBe(true)
  })

  it('adds to a fitted accuracy what gold has shown since', () => {
    expect(accuracySince({ accuracy: 0.8, labels: 0 }, { right: 0, wrong: 0 })).toBe(0.8)
    expect(accuracySince({ accuracy: 0.8, labels: 5 }, { right: 8, wrong: 2 })).toBeCloseTo(0.8, 12)
    expect(accuracySince({ accuracy: 0.9, labels: 5 }, { right: 0, wrong: 10 })).toBeCloseTo(0.45, 12)
  })
})

describe('strengths', () => {
  it('gives no error of one cluster', () => {
    const fit = davidson([{ i: 0, j: 1, outcome: 'i', cluster: 'one' }], { models: 2 })
    expect(fit.models[0]).toMatchObject({ se: null, low: null, high: null, wins: 1, losses: 0, ties: 0 })
    expect(strengthDifference(fit, 0, 1)).toMatchObject({ se: null, interval: null })
  })

  it('gives chances that leave ties', () => {
    const { chances, nu } = davidson([{ i: 0, j: 1, outcome: 'tie', weight: 5 }], { models: 2 })
    expect(chances[0]?.[1]).toBeCloseTo(1 / (2 + nu), 9)
    expect(chances[1]?.[0]).toBeCloseTo(1 / (2 + nu), 9)
  })
})
