import { assertInside, assertNumber, assertOneOf, assertOptions, assertWhole } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL } from '../arithmetic/interval.ts'
import { Sum } from '../arithmetic/sum.ts'
import { stream } from '../random/stream.ts'
import { finished, Pace, type Steps } from './steps.ts'

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
  assertGroups(groups)
  const sizes = groups.map((pairs) => pairs.length)
  const all = groups.flat()
  const sides = ([0, 1] as const).map((side) => Float64Array.from(all, (pair) => pair[side]))
  return finished(bootstrapSteps({ sides, sizes }, options))
}

/** Values of both sides, group after group. */
export interface GroupedSides {
  readonly sides: readonly ArrayLike<number>[]
  /** How many pairs each group has; `undefined` if each has one. */
  readonly sizes: ArrayLike<number> | undefined
}

/** {@link clusterBootstrap} in steps. */
export function* bootstrapSteps(
  { sides: given, sizes }: GroupedSides,
  options: BootstrapOptions,
): Steps<Bootstrapped> {
  assertOptions(options, ['aggregate', 'seed', 'name', 'draws', 'level'])
  const { aggregate, seed = 0, name = 'bootstrap', draws = 1_999, level = DEFAULT_LEVEL } = options
  assertOneOf('aggregate', aggregate, AGGREGATES)
  assertWhole('draws', draws, 1)
  assertInside('level', level)
  const g = sizes?.length ?? given[0]?.length ?? 0
  const [baseline, candidate] = given.map((values) => sideOf(values, sizes, aggregate))
  const difference = (times: Int32Array): number =>
    (candidate as Aggregated)(times) - (baseline as Aggregated)(times)
  const estimate = difference(new Int32Array(g).fill(1))
  const from = stream(seed, name)
  const times = new Int32Array(g)
  const drawn = new Float64Array(draws)
  const pace = new Pace()
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0)
    for (let k = 0; k < g; k++) {
      const group = from.below(g)
      times[group] = (times[group] as number) + 1
    }
    drawn[draw] = difference(times)
    if (pace.isDue(g)) yield
  }
  drawn.sort()
  // Rounded first: (1 − level) is not exact, and the 50th of 1 999 must not become the 49th.
  const rank = Math.max(1, Math.floor(((draws + 1) * (1 - level)) / 2 + 1e-9))
  const { atMost, atLeast } = sharesOf(drawn, 0)
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
  const n = values.length
  if (aggregate === 'mean') {
    const total = new Sum()
    for (let i = 0; i < n; i++) total.add(values[i] as number)
    return total.value / n
  }
  const sorted = Float64Array.from(values).sort()
  return quantileOf(aggregate, n, (rank) => sorted[rank - 1] as number)
}

/** The aggregate of groups that are taken so many times each. */
type Aggregated = (times: Int32Array) => number

/** A median or a 95th percentile of n values, of which `nth` gives each by its rank from 1. */
function quantileOf(aggregate: 'median' | 'p95', n: number, nth: (rank: number) => number): number {
  if (aggregate === 'p95') return nth(Math.ceil((95 * n) / 100))
  const upper = nth(Math.floor(n / 2) + 1)
  return n % 2 === 1 ? upper : (nth(n / 2) + upper) / 2
}

function sideOf(
  values: ArrayLike<number>,
  sizes: ArrayLike<number> | undefined,
  aggregate: Aggregate,
): Aggregated {
  if (aggregate === 'mean') return meanOf(values, sizes)
  // Sorted once: a draw then only walks along, counting.
  const groupOf = sizes && groupsOfPlaces(values.length, sizes)
  const order = Int32Array.from(values, (_, i) => i).sort(
    (a, b) => (values[a] as number) - (values[b] as number) || a - b,
  )
  const sorted = Float64Array.from(order, (i) => values[i] as number)
  const group = groupOf ? order.map((i) => groupOf[i] as number) : order
  return (times) => {
    let n = 0
    for (let k = 0; k < times.length; k++) n += (sizes?.[k] ?? 1) * (times[k] as number)
    return quantileOf(aggregate, n, (rank) => {
      let passed = 0
      for (let i = 0; i < sorted.length; i++) {
        passed += times[group[i] as number] as number
        if (passed >= rank) return sorted[i] as number
      }
      return sorted.at(-1) as number
    })
  }
}

/** The group of each value. */
function groupsOfPlaces(n: number, sizes: ArrayLike<number>): Int32Array {
  const groups = new Int32Array(n)
  let from = 0
  for (let k = 0; k < sizes.length; k++) {
    groups.fill(k, from, from + (sizes[k] as number))
    from += sizes[k] as number
  }
  return groups
}

function meanOf(values: ArrayLike<number>, sizes: ArrayLike<number> | undefined): Aggregated {
  const sums = new Float64Array(sizes?.length ?? values.length)
  let from = 0
  for (let k = 0; k < sums.length; k++) {
    const total = new Sum()
    const to = from + (sizes?.[k] ?? 1)
    while (from < to) total.add(values[from++] as number)
    sums[k] = total.value
  }
  return (times) => {
    const total = new Sum()
    let n = 0
    for (let k = 0; k < sums.length; k++) {
      total.add((times[k] as number) * (sums[k] as number))
      n += (times[k] as number) * (sizes?.[k] ?? 1)
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
