import { describe, expect, it } from 'vitest'
import { outcomesOf, unnamed } from '../fixtures.test.support.ts'
import { FUNCTIONS } from './agreement.fixtures.test.support.ts'
import { alpha } from './alpha.ts'
import { cohen } from './cohen.ts'
import { fleiss } from './fleiss.ts'
import { percent } from './percent.ts'
import { kendallDistance, rankingAgreement } from './rankings.ts'
import { spanOverlap } from './spans.ts'

describe('agreement', () => {
  it.each(outcomesOf('agreement', FUNCTIONS))('$title', ({ differences }) => {
    expect(differences).toEqual([])
  })

  it('has a fixture for each of them', () => {
    expect(unnamed('agreement', FUNCTIONS)).toEqual([])
  })
})

describe('items that were answered alike', () => {
  const items = [['a', 'a', 'b'], ['b', 'b'], ['b', 'b'], ['a', 'b'], ['a', 'a'], ['b'], [], ['b', 'b']]
  const kinds = [['b', 'b'], ['a', 'a'], ['b', 'a'], ['a', 'b', 'a'], ['a']]
  const counts = [3, 1, 1, 1, 5]

  it('gives the same bits from their kinds and counts, in any order', () => {
    expect(alpha(kinds, { counts })).toEqual(alpha(items))
    const asRow = (item: string[]) =>
      ['a', 'b'].map((each) => item.filter((answer) => answer === each).length)
    expect(fleiss(kinds.map(asRow), { counts })).toEqual(fleiss(items.map(asRow)))
    expect(percent(kinds, { counts }).value).toBeCloseTo(percent(items).value ?? 0, 15)
  })

  it.each([
    [[1, 1, 1, 1], 'counts must have one value for each of the items, and has fewer'],
    [[1, 1, 1, 1, 1, 1], 'counts must have one value for each of the items, and has more'],
    [[1, 1, 1, 1, -1], 'counts[4] must be a whole number of at least 0, and is -1'],
  ])('refuses the counts %j', (wrong, message) => {
    expect(() => alpha(kinds, { counts: wrong })).toThrow(message)
  })
})

describe('numbers of any size', () => {
  const pairs = [
    [1, 2],
    [4, 4],
    [3, 5],
    [7, 6],
  ]

  it.each([1e-300, 1e-5, 1e150, 1e307])(
    'gives the same α of intervals and ratios at a scale of %d',
    (scale) => {
      const scaled = pairs.map((item) => item.map((answer) => answer * scale))
      for (const difference of ['interval', 'ratio'] as const)
        expect(alpha(scaled, { difference }).value).toBeCloseTo(alpha(pairs, { difference }).value ?? 0, 9)
    },
  )

  it('finds the interval where one item holds nearly all that varies', () => {
    const { interval } = alpha([...pairs, [1e9, 1e9 + 1]], { difference: 'interval' })
    expect(interval?.low).toBeGreaterThanOrEqual(-1)
    expect(interval?.high).toBeLessThanOrEqual(1)
  })
})

describe('wrong input', () => {
  it.each([
    [
      'an answer that is no number',
      () => alpha([[1, Number.NaN]], { difference: 'interval' }),
      'an answer must be a finite number',
    ],
    [
      'a negative amount',
      () => alpha([[1, -1]], { difference: 'ratio' }),
      'an answer must be at least 0 for ratio',
    ],
    ['an unknown option', () => alpha([['a']], { metric: 'ordinal' } as object), 'metric is no option here'],
    [
      'an unknown difference',
      () => alpha([['a']], { difference: 'circular' as 'nominal' }),
      'difference must be one of nominal',
    ],
    ['a level of 95', () => percent([['a']], { level: 95 }), 'level must be above 0 and below 1, and is 95'],
    [
      'an item that is no list',
      () => percent(['aa' as unknown as string[]]),
      'items[0] must be a list of answers',
    ],
    [
      'a table that is not square',
      () => cohen([[1, 2], [3]]),
      'table[1] must have one value for each of 2 classes, and has 1',
    ],
    [
      'a negative cell',
      () =>
        cohen([
          [1, -2],
          [3, 4],
        ]),
      'table[0][1] must be a number of at least 0, and is -2',
    ],
    [
      'half a person',
      () => fleiss([[1.5, 1]]),
      'table[0][0] must be a whole number of at least 0, and is 1.5',
    ],
    [
      'a span that ends first',
      () => spanOverlap([{ start: 3, end: 2, label: 'x' }], []),
      'spans[0].end must be',
    ],
    ['rankings of others', () => kendallDistance([['a']], [['b']]), 'a and b must rank the same sides'],
    ['a side ranked twice', () => kendallDistance([['a', 'a']], [['a']]), 'a must rank each side once'],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})

describe('percent agreement', () => {
  it('takes 0 and −0 for one answer, and compares as it is told', () => {
    expect(percent([[0, -0]]).value).toBe(1)
    const near = (a: number, b: number) => Math.abs(a - b) <= 1
    expect(percent([[1, 2, 4]], { agree: near }).value).toBeCloseTo(1 / 3, 12)
  })
})

describe('rankings', () => {
  it('gives τ over items, and never an interval beyond −1…1', () => {
    const [up, down] = [
      [['a'], ['b'], ['c']],
      [['c'], ['b'], ['a']],
    ]
    expect(rankingAgreement([[up, down]])).toMatchObject({ value: -1, interval: null, items: 1, answers: 2 })
    const { value, interval } = rankingAgreement([[up, up], [up, down], [up, up], [down]])
    expect(value).toBeCloseTo(1 / 3, 12)
    expect(interval).toEqual({ low: -1, high: 1 })
  })
})
