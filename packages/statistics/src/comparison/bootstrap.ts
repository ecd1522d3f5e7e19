import { assertInside, assertNumber, assertOneOf, assertOptions, assertWhole } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL } from '../arithmetic/interval.ts'
import { Sum } from '../arithmetic/sum.ts'
import { stream } from '../random/stream.ts'

/**
 * How the values of a side become one. The median of an even number is the mean of two; p95 is the
 * ⌈0.95 n⌉-th.
 */
export type Aggregate = 'mean' | 'median' | 'p95'

/** A pair: what the baseline and what the candidate came to. */
export type Pair = readonly [baseline: number, candidate: number]

/** Options of a bootstrap. */
export interface BootstrapOptions {
  readonly aggregate: Aggregate
  /** 0 if not given. */
  readonly seed?: number
  /** The name of the stream; `bootstrap` if not given. */
  readonly name?: string
  /** 1 999 if not given. */
  readonly draws?: number
  /** 0.95 if not given. */
  readonly level?: number
}

/** The difference of an aggregate, candidate − baseline, with its percentile interval. */
export interface Bootstrapped {
  readonly estimate: number
  readonly low: number
  readonly high: number
  /** 2·(1 + the fewer of draws ≤ 0 and ≥ 0) ÷ (draws + 1), at most 1. */
  readonly p: number
  /** The difference of each draw, ascending. */
  readonly drawn: Float64Array
}

const AGGREGATES: readonly Aggregate[] = ['mean', 'median', 'p95']

/**
 * The cluster bootstrap of the difference of two sides' means, medians or 95th percentiles: groups
 * are drawn whole, as many as there are.
 *
 * @param groups the pairs of each group; a group of one if pairs do not depend on each other
 * @throws RangeError if there is no group, one is empty, or a value is no finite number
 */
export function clusterBootstrap(
  groups: readonly (readonly Pair[])[],
  options: BootstrapOptions,
): Bootstrapped {
  assertOptions(options, ['aggregate', 'seed', 'name', 'draws', 'level'])
  const { aggregate, seed = 0, name = 'bootstrap', draws = 1_999, level = DEFAULT_LEVEL } = options
  assertOneOf('aggregate', aggregate, AGGREGATES)
  assertWhole('draws', draws, 1)
  assertInside('level', level)
  assertGroups(groups)
  const g = groups.length
  const sides = [0, 1].map((side) => sideOf(groups, side as 0 | 1, aggregate))
  const difference = (times: Int32Array): number => {
    const [baseline, candidate] = sides.map((side) => side(times))
    return (candidate as number) - (baseline as number)
  }
  const estimate = difference(new Int32Array(g).fill(1))
  const from = stream(seed, name)
  const times = new Int32Array(g)
  const drawn = Float64Array.from({ length: draws }, () => {
    times.fill(0)
    for (let k = 0; k < g; k++) {
      const group = from.below(g)
      times[group] = (times[group] as number) + 1
    }
    return difference(times)
  }).sort()
  // Rounded first: (1 − level) is not exact, and the 50th of 1 999 must not become the 49th.
  const rank = Math.max(1, Math.floor(((draws + 1) * (1 - level)) / 2 + 1e-9))
  const [atMost, atLeast] = [sharesOf(drawn, 0).atMost, sharesOf(drawn, 0).atLeast]
  return {
    estimate,
    low: drawn[rank - 1] as number,
    high: drawn[draws - rank] as number,
    p: Math.min(1, (2 * (1 + Math.min(atMost, atLeast))) / (draws + 1)),
    drawn,
  }
}

/** How many of the draws are at most, and at least, a value. */
export function sharesOf(
  drawn: ArrayLike<number>,
  value: number,
): { readonly atMost: number; readonly atLeast: number } {
  let [atMost, atLeast] = [0, 0]
  for (let i = 0; i < drawn.length; i++) {
    if ((drawn[i] as number) <= value) atMost++
    if ((drawn[i] as number) >= value) atLeast++
  }
  return { atMost, atLeast }
}

/** The aggregate of values, each once. */
export function aggregateOf(values: ArrayLike<number>, aggregate: Aggregate): number {
  const once = Int32Array.of(1)
  const pairs = Array.from({ length: values.length }, (_, i): Pair => [values[i] as number, 0])
  return sideOf([pairs], 0, aggregate)(once)
}

/** The aggregate of one side, of groups that are taken so many times each. */
function sideOf(
  groups: readonly (readonly Pair[])[],
  side: 0 | 1,
  aggregate: Aggregate,
): (times: Int32Array) => number {
  if (aggregate === 'mean') return meanOf(groups, side)
  // Sorted once: a draw then only walks along, counting.
  const order = groups
    .flatMap((pairs, group) => pairs.map((pair) => ({ value: pair[side], group })))
    .sort((a, b) => a.value - b.value || a.group - b.group)
  const values = Float64Array.from(order, ({ value }) => value)
  const group = Int32Array.from(order, (each) => each.group)
  const sizes = Int32Array.from(groups, (pairs) => pairs.length)
  return (times) => {
    let n = 0
    for (let k = 0; k < sizes.length; k++) n += (sizes[k] as number) * (times[k] as number)
    if (aggregate === 'p95') return nth(Math.ceil((95 * n) / 100))
    const upper = nth(Math.floor(n / 2) + 1)
    return n % 2 === 1 ? upper : (nth(n / 2) + upper) / 2

    function nth(rank: number): number {
      let passed = 0
      for (let i = 0; i < values.length; i++) {
        passed += times[group[i] as number] as number
        if (passed >= rank) return values[i] as number
      }
      return values.at(-1) as number
    }
  }
}

function meanOf(groups: readonly (readonly Pair[])[], side: 0 | 1): (times: Int32Array) => number {
  const sums = groups.map((pairs) => {
    const total = new Sum()
    for (const pair of pairs) total.add(pair[side])
    return total.value
  })
  return (times) => {
    const total = new Sum()
    let n = 0
    for (const [k, pairs] of groups.entries()) {
      total.add((times[k] as number) * (sums[k] as number))
      n += (times[k] as number) * pairs.length
    }
    return total.value / n
  }
}

function assertGroups(groups: readonly (readonly Pair[])[]): void {
  if (groups.length === 0) throw new RangeError('groups must be at least 1, and are none')
  for (const [k, pairs] of groups.entries()) {
    if (pairs.length === 0) throw new RangeError(`groups[${k}] must have a pair, and is empty`)
    for (const [i, [baseline, candidate]] of pairs.entries()) {
      assertNumber(`groups[${k}][${i}][0]`, baseline)
      assertNumber(`groups[${k}][${i}][1]`, candidate)
    }
  }
}
