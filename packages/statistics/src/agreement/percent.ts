import { type Interval, meanInterval, shareInterval } from '../arithmetic/interval.ts'
import { Sum } from '../arithmetic/sum.ts'
import { type Agreement, type ItemsOptions, type Kind, kindsOf, levelOf } from './items.ts'

/** How to compare answers. */
export interface PercentOptions<Value> extends ItemsOptions {
  /** Whether two answers are the same; `===` if not given. */
  readonly agree?: (a: Value, b: Value) => boolean
}

/**
 * The share of pairs of answers that agree: of each item's pairs, and then the mean over items.
 * Chance is not taken out of it.
 *
 * @param items the answers that each item was given; an item with fewer than two says nothing
 */
export function percent<Value>(
  items: Iterable<readonly Value[]>,
  options: PercentOptions<Value> = {},
): Agreement {
  const level = levelOf(options, 'agree')
  const { agree = (a, b) => a === b, counts } = options
  return meanOfPairs(
    items,
    counts,
    (a, b) => (agree(a, b) ? 1 : 0),
    (mean, se, n) => shareInterval(mean, se, n, { level }),
  )
}

/**
 * The mean over items of the mean over their pairs of answers, with an interval of two items or
 * more.
 */
export function meanOfPairs<Value>(
  items: Iterable<readonly Value[]>,
  counts: Iterable<number> | undefined,
  of: (a: Value, b: Value) => number,
  intervalOf: (mean: number, se: number, n: number) => Interval,
): Agreement {
  const { pairable, items: n, answers, reason } = kindsOf(items, counts)
  if (reason) return { value: null, interval: null, reason, items: n, answers }
  const values = pairable.map(({ answers: item }) => meanOfItem(item, of))
  const value = weightedMean(pairable, values, n)
  const squares = new Sum()
  for (const [i, { count }] of pairable.entries()) {
    const off = (values[i] as number) - value
    squares.add(count * off * off)
  }
  const se = n > 1 ? Math.sqrt(squares.value / (n - 1) / n) : 0
  return { value, interval: n > 1 ? intervalOf(value, se, n) : null, reason: null, items: n, answers }
}

/** x ± t·s/√n, cut to −1…1. */
export function signedInterval(mean: number, se: number, n: number, level: number): Interval {
  const { low, high } = meanInterval(mean, se, n, { level })
  return { low: Math.max(-1, low), high: Math.min(1, high) }
}

function meanOfItem<Value>(item: readonly Value[], of: (a: Value, b: Value) => number): number {
  const total = new Sum()
  for (let i = 1; i < item.length; i++) {
    for (let j = 0; j < i; j++) total.add(of(item[j] as Value, item[i] as Value))
  }
  return total.value / ((item.length * (item.length - 1)) / 2)
}

function weightedMean(kinds: readonly Kind<unknown>[], values: readonly number[], n: number): number {
  const total = new Sum()
  for (const [i, { count }] of kinds.entries()) total.add(count * (values[i] as number))
  return total.value / n
}
