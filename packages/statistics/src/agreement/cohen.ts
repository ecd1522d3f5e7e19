import {
  assertAtLeast,
  assertInside,
  assertOneOf,
  assertOptions,
  assertSameLength,
} from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, type Interval, twoSided } from '../arithmetic/interval.ts'
import { Sum } from '../arithmetic/sum.ts'
import type { AgreementReason } from './items.ts'
import { logInterval, lowestOfNone } from './jackknife.ts'

/**
 * How much of an agreement two different classes are: none, or more the nearer they are in their
 * order.
 */
export type KappaWeights = 'none' | 'linear' | 'quadratic'

/** How to weigh, and the level of the interval. */
export interface CohenOptions {
  readonly weights?: KappaWeights
  /** 0.95 if not given. */
  readonly level?: number
}

/** Cohen's κ of two people. */
export interface Kappa {
  /** At most 1; `null` with a reason. */
  readonly value: number | null
  readonly interval: Interval | null
  readonly reason: Exclude<AgreementReason, 'one_rater'> | null
  /** The observed agreement; `null` of an empty table. */
  readonly observed: number | null
  /** The agreement that chance would give; `null` of an empty table. */
  readonly expected: number | null
  /** The standard error of the value; `null` with a reason. */
  readonly se: number | null
  /** The sum of the table. */
  readonly items: number
}

/**
 * Cohen's κ: how far two people agree beyond chance, from the table of their classes. The table may
 * be weighted, so that its cells are no whole numbers.
 *
 * Sources: Cohen 1960; the error of Fleiss, Cohen & Everitt 1969, Psychol Bull 72.
 *
 * @param table how often the one said the class of the row and the other that of the column: as
 *   many rows as columns
 * @throws RangeError if the table is not square, or a cell is negative or no number
 */
export function cohen(table: readonly ArrayLike<number>[], options: CohenOptions = {}): Kappa {
  assertOptions(options, ['weights', 'level'])
  const { weights = 'none', level = DEFAULT_LEVEL } = options
  assertOneOf('weights', weights, ['none', 'linear', 'quadratic'])
  assertInside('level', level)
  const { rows, columns, items } = margins(table)
  const empty = { value: null, interval: null, se: null, items }
  if (items === 0) return { ...empty, reason: 'empty', observed: null, expected: null }

  const k = table.length
  const apart = (i: number, j: number): number => distance(weights, i, j, k)
  const [seen, chance] = [new Sum(), new Sum()]
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      seen.add(apart(i, j) * (cell(table, i, j) / items))
      chance.add(apart(i, j) * (rows[i] as number) * (columns[j] as number))
    }
  }
  const [missed, expectedMissed] = [seen.value, chance.value]
  const observed = 1 - missed
  const expected = 1 - expectedMissed
  if (expectedMissed === 0) return { ...empty, reason: 'no_variation', observed, expected }
  const disagreement = missed / expectedMissed
  const se = errorOf(table, rows, columns, items, apart, disagreement, expectedMissed)
  return {
    value: 1 - disagreement,
    interval: items < 2 ? null : intervalOf(disagreement, se, items, 1 / expectedMissed, level),
    reason: null,
    observed,
    expected,
    se,
    items,
  }
}

function intervalOf(disagreement: number, se: number, items: number, worst: number, level: number): Interval {
  if (disagreement === 0) return { low: lowestOfNone(items, worst, level), high: 1 }
  return logInterval(disagreement, (twoSided(level, items - 1) * se) / disagreement)
}

/** From 0 for the same class to 1 for the farthest. */
function distance(weights: KappaWeights, i: number, j: number, k: number): number {
  if (i === j) return 0
  if (weights === 'none') return 1
  const apart = Math.abs(i - j) / (k - 1)
  return weights === 'linear' ? apart : apart * apart
}

/** The error of Fleiss, Cohen & Everitt, written in disagreements. */
function errorOf(
  table: readonly ArrayLike<number>[],
  rows: Float64Array,
  columns: Float64Array,
  items: number,
  apart: (i: number, j: number) => number,
  disagreement: number,
  expectedMissed: number,
): number {
  const k = table.length
  const ofRow = Float64Array.from({ length: k }, (_, i) => meanApart(columns, (j) => apart(i, j)))
  const ofColumn = Float64Array.from({ length: k }, (_, j) => meanApart(rows, (i) => apart(i, j)))
  const [first, second] = [new Sum(), new Sum()]
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < k; j++) {
      const share = cell(table, i, j) / items
      const off = apart(i, j) - disagreement * ((ofRow[i] as number) + (ofColumn[j] as number))
      first.add(share * off)
      second.add(share * off * off)
    }
  }
  const variance = Math.max(0, second.value - first.value * first.value)
  return Math.sqrt(variance / items) / expectedMissed
}

function meanApart(shares: Float64Array, apart: (i: number) => number): number {
  const mean = new Sum()
  for (const [i, share] of shares.entries()) mean.add(share * apart(i))
  return mean.value
}

interface Margins {
  readonly rows: Float64Array
  readonly columns: Float64Array
  readonly items: number
}

/** The shares of the classes in rows and columns, and the sum of the table. */
function margins(table: readonly ArrayLike<number>[]): Margins {
  const k = table.length
  const all = new Sum()
  for (const [i, row] of table.entries()) {
    assertSameLength(`table[${i}]`, row.length, 'classes', k)
    for (let j = 0; j < k; j++) {
      assertAtLeast(`table[${i}][${j}]`, row[j] as number, 0)
      all.add(row[j] as number)
    }
  }
  const items = all.value
  const shareOf = (length: number, cellAt: (i: number) => number): number => {
    const share = new Sum()
    for (let i = 0; i < length; i++) share.add(cellAt(i))
    return items > 0 ? share.value / items : 0
  }
  return {
    items,
    rows: Float64Array.from({ length: k }, (_, i) => shareOf(k, (j) => cell(table, i, j))),
    columns: Float64Array.from({ length: k }, (_, j) => shareOf(k, (i) => cell(table, i, j))),
  }
}

function cell(table: readonly ArrayLike<number>[], i: number, j: number): number {
  return table[i]?.[j] as number
}
