import {
  assertInside,
  assertOneOf,
  assertOptions,
  assertSameLength,
  assertWhole,
} from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, type Interval, meanInterval, shareInterval } from '../arithmetic/interval.ts'
import { assertNumbers, moments, Sum, variance } from '../arithmetic/sum.ts'
import { type Aggregate, aggregateOf, bootstrapSteps, type Pair } from './bootstrap.ts'
import { holm } from './correction.ts'
import { type Better, isBinary, minimumDetectable, type Pivot } from './margins.ts'
import { clusterT, groupsOf, pairedT } from './paired-means.ts'
import { signFlipSteps } from './sign-flips.ts'
import { bonettPrice, signTest } from './sign-test.ts'
import { finished, type Steps } from './steps.ts'

/** How values are to be read. */
export type MetricKind = 'binary' | 'ordinal' | 'numeric'

/** How to compare. */
export interface CompareOptions {
  /** `binary` if not given and every value is 0 or 1, else `numeric`. */
  readonly kind?: MetricKind
  /** `higher` if not given. */
  readonly better?: Better
  /** `mean` if not given. */
  readonly aggregate?: Aggregate
  /** The cluster of each pair, if pairs depend on each other. */
  readonly clusters?: ArrayLike<string>
  /** Pairs that were dropped since a side had no value; 0 if not given. */
  readonly missing?: number
  /** 0 if not given. */
  readonly seed?: number
  /** The metric's name, of which the streams have theirs; empty if not given. */
  readonly name?: string
  /** Of sign flips; 9 999 if not given. */
  readonly draws?: number
  /** 0.95 if not given. */
  readonly level?: number
}

/** Why a metric decides nothing: fewer than 10 units, or more than 5 % of the pairs missing. */
export type InconclusiveReason = 'too_few_pairs' | 'too_many_missing'

/**
 * One metric of two models on their pairs. Differences are candidate − baseline, turned so that
 * above 0 is better.
 */
export interface MetricComparison {
  readonly kind: MetricKind
  readonly aggregate: Aggregate
  /** Pairs. */
  readonly n: number
  /** Clusters, or pairs. */
  readonly units: number
  /** Pairs in which the candidate is better. */
  readonly wins: number
  readonly losses: number
  /** The aggregate of each side; `null` without pairs. */
  readonly baseline: number | null
  readonly candidate: number | null
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
  /** The estimate that margins are tested on; `null` of a bootstrap. */
  readonly pivot: Pivot | null
  /** The draws of a bootstrap, ascending, turned as the difference. */
  readonly drawn: Float64Array | null
  /** Of "no difference". */
  readonly p: number | null
  readonly midP: number | null
  /** The name of the test. */
  readonly test: string | null
  readonly minimumDetectable: number | null
  /** `null` if it may decide: the verdict then rests on all metrics, see {@link verdicts}. */
  readonly verdict: 'INCONCLUSIVE' | null
  readonly reason: InconclusiveReason | null
}

const LEAST_UNITS = 10
const MOST_MISSING = 0.05
const OPTIONS = ['kind', 'better', 'aggregate', 'clusters', 'missing', 'seed', 'name', 'draws', 'level']

/** Pairs as two columns of the same length. */
export interface PairColumns {
  readonly baseline: ArrayLike<number>
  readonly candidate: ArrayLike<number>
}

/**
 * Compares a metric of two models on the pairs of what both did, by the test and the interval that
 * the data ask for.
 *
 * @param pairs the baseline's value and the candidate's; a hundred thousand take less as columns
 * @throws RangeError if a value is no finite number, or an option is not as it must be
 */
export function compareMetric(
  pairs: Iterable<Pair> | PairColumns,
  options: CompareOptions = {},
): MetricComparison {
  return finished(compareMetricSteps(pairs, options))
}

/**
 * {@link compareMetric} in steps: what draws many times from many pairs takes seconds, in which its
 * caller may want to do other things.
 *
 * @throws RangeError with the first step, if a value is no finite number, or an option is not as it must be
 */
export function* compareMetricSteps(
  pairs: Iterable<Pair> | PairColumns,
  options: CompareOptions = {},
): Steps<MetricComparison> {
  const { better, missing, level, data } = read(columnsOf(pairs), options)
  const { kind, aggregate, n, groups, d } = data
  const units = groups?.length ?? n
  const [wins, losses] = [count(d, (each) => each > 0), count(d, (each) => each < 0)]
  const sides = {
    baseline: n > 0 ? aggregateOf(data.baseline, aggregate) : null,
    candidate: n > 0 ? aggregateOf(data.candidate, aggregate) : null,
  }
  const common = { kind, aggregate, n, units, wins, losses, ...sides }
  if (units < LEAST_UNITS || missing > MOST_MISSING * (n + missing)) {
    const reason = units < LEAST_UNITS ? 'too_few_pairs' : 'too_many_missing'
    return { ...common, ...NOTHING, verdict: 'INCONCLUSIVE', reason }
  }
  const found =
    aggregate === 'mean'
      ? yield* meansOf(data, wins, losses, level, options)
      : yield* quantilesOf(data, better, level, options)
  return { ...common, ...NOTHING, ...found }
}

/** A metric's verdict among all of its comparison. */
export interface MetricVerdict {
  /** By Holm over the metrics that decide; `null` of one that does not. */
  readonly pAdjusted: number | null
  readonly verdict: 'improved' | 'regressed' | 'no_difference_shown' | 'INCONCLUSIVE'
}

/**
 * The verdicts of all metrics of one comparison: improved or regressed if the adjusted p-value is
 * at most 1 − level, by the sign of the difference.
 *
 * @throws RangeError if the level is none
 */
export function verdicts(
  metrics: readonly MetricComparison[],
  options: { readonly level?: number } = {},
): MetricVerdict[] {
  assertOptions(options, ['level'])
  const { level = DEFAULT_LEVEL } = options
  assertInside('level', level)
  const deciding = [...metrics.keys()].filter((i) => metrics[i]?.p !== null)
  const adjusted = holm(deciding.map((i) => metrics[i]?.p ?? 1))
  // 1 − 0.95 is more than 0.05 in doubles, so no p of just 0.05 is lost.
  return metrics.map((metric, i) => {
    const pAdjusted = adjusted[deciding.indexOf(i)]
    if (pAdjusted === undefined) return { pAdjusted: null, verdict: 'INCONCLUSIVE' }
    if (pAdjusted > 1 - level) return { pAdjusted, verdict: 'no_difference_shown' }
    return { pAdjusted, verdict: (metric.difference ?? 0) >= 0 ? 'improved' : 'regressed' }
  })
}

/** One model's values of one metric, as one. */
export interface MetricSummary {
  readonly n: number
  /** `null` of no values. */
  readonly value: number | null
  /** `null` of medians and percentiles, and of fewer than two values or clusters. */
  readonly interval: Interval | null
}

/**
 * The mean of a model's values with its interval, a share's if every value is 0 or 1; or the median
 * or 95th percentile without one.
 *
 * @throws RangeError if a value is no finite number, or an option is not as it must be
 */
export function summary(
  values: ArrayLike<number>,
  options: Pick<CompareOptions, 'kind' | 'aggregate' | 'clusters' | 'level'> = {},
): MetricSummary {
  assertOptions(options, ['kind', 'aggregate', 'clusters', 'level'])
  const { aggregate = 'mean', clusters, level = DEFAULT_LEVEL } = options
  assertOneOf('aggregate', aggregate, ['mean', 'median', 'p95'])
  assertInside('level', level)
  assertNumbers('values', values)
  if (clusters) assertSameLength('clusters', clusters.length, 'values', values.length)
  const n = values.length
  if (n === 0) return { n, value: null, interval: null }
  if (aggregate !== 'mean') return { n, value: aggregateOf(values, aggregate), interval: null }
  const spread = moments(values)
  const units = clusters ? groupsOf(clusters).length : n
  if (units < 2) return { n, value: spread.mean, interval: null }
  const se = clusters ? clusterT(values, clusters).se : Math.sqrt(variance(spread) / n)
  const share = options.kind === 'binary' || (options.kind === undefined && isBinary(values))
  const interval = (share ? shareInterval : meanInterval)(spread.mean, se, units, { level })
  return { n, value: spread.mean, interval }
}

type Found = Pick<
  MetricComparison,
  | 'difference'
  | 'low'
  | 'high'
  | 'pivot'
  | 'drawn'
  | 'p'
  | 'midP'
  | 'test'
  | 'minimumDetectable'
  | 'verdict'
  | 'reason'
>

const NOTHING: Found = {
  difference: null,
  low: null,
  high: null,
  pivot: null,
  drawn: null,
  p: null,
  midP: null,
  test: null,
  minimumDetectable: null,
  verdict: null,
  reason: null,
}

interface Data {
  readonly kind: MetricKind
  readonly aggregate: Aggregate
  readonly n: number
  readonly baseline: Float64Array
  readonly candidate: Float64Array
  /** Differences, above 0 if better. */
  readonly d: Float64Array
  /** The pairs of each cluster; `undefined` if each has one, for then there are none. */
  readonly groups: readonly (readonly number[])[] | undefined
  readonly clusters: ArrayLike<string> | undefined
}

function columnsOf(pairs: Iterable<Pair> | PairColumns): PairColumns {
  if (!(Symbol.iterator in pairs)) return pairs
  const all = [...pairs]
  return {
    baseline: Float64Array.from(all, (pair) => pair[0]),
    candidate: Float64Array.from(all, (pair) => pair[1]),
  }
}

function read(
  pairs: PairColumns,
  options: CompareOptions,
): { readonly better: Better; readonly missing: number; readonly level: number; readonly data: Data } {
  assertOptions(options, OPTIONS)
  const { better = 'higher', aggregate = 'mean', missing = 0, level = DEFAULT_LEVEL, clusters } = options
  assertOneOf('better', better, ['higher', 'lower'])
  assertOneOf('aggregate', aggregate, ['mean', 'median', 'p95'])
  assertWhole('missing', missing)
  assertInside('level', level)
  if (options.draws !== undefined) assertWhole('draws', options.draws, 1)
  if (options.seed !== undefined) assertWhole('seed', options.seed)
  assertSameLength('baseline of pairs', pairs.baseline.length, 'candidate of pairs', pairs.candidate.length)
  const baseline = Float64Array.from(pairs.baseline)
  const candidate = Float64Array.from(pairs.candidate)
  assertNumbers('baseline of pairs', baseline)
  assertNumbers('candidate of pairs', candidate)
  if (clusters) assertSameLength('clusters', clusters.length, 'pairs', baseline.length)
  const kind = options.kind ?? (isBinary(baseline) && isBinary(candidate) ? 'binary' : 'numeric')
  assertOneOf('kind', kind, ['binary', 'ordinal', 'numeric'])
  if (kind === 'binary' && !(isBinary(baseline) && isBinary(candidate)))
    throw new RangeError('pairs must be of 0 and 1 for binary')
  const sign = better === 'higher' ? 1 : -1
  // Less a baseline, plus 0: no difference is −0.
  const d = candidate.map((value, i) => sign * (value - (baseline[i] as number)) + 0)
  const groups = clusters && groupsOf(clusters)
  const clustered = groups?.some((group) => group.length > 1)
  return {
    better,
    missing,
    level,
    data: {
      kind,
      aggregate,
      n: baseline.length,
      baseline,
      candidate,
      d,
      groups: clustered ? groups : undefined,
      clusters: clustered ? clusters : undefined,
    },
  }
}

function* meansOf(
  { kind, n, d, groups, clusters }: Data,
  wins: number,
  losses: number,
  level: number,
  { seed = 0, name = '', draws = 9_999 }: CompareOptions,
): Steps<Partial<Found>> {
  const flips = { seed, name: `permutation\n${name}`, draws }
  if (groups && clusters) {
    const values = kind === 'ordinal' ? d.map(Math.sign) : d
    const sums = groups.map((group) => {
      const total = new Sum()
      for (const i of group) total.add(values[i] as number)
      return total.value
    })
    const { p, method } = yield* signFlipSteps(sums, flips)
    return {
      ...byMean(clusterT(values, clusters, { level }), level),
      p,
      test: `cluster-permutation (${method})`,
    }
  }
  if (kind === 'numeric') {
    const { p, method } = yield* signFlipSteps(d, flips)
    return { ...byMean(pairedT(d, { level }), level), p, test: `permutation (${method})` }
  }
  const { difference, shifted, se, low, high } = bonettPrice({ wins, losses, n }, { level })
  const pivot = { centre: shifted, se, df: Number.POSITIVE_INFINITY }
  return {
    difference,
    low,
    high,
    pivot,
    ...signTest({ wins, losses }),
    test: kind === 'binary' ? 'mcnemar-exact' : 'sign-exact',
    minimumDetectable: minimumDetectable(se, pivot.df, { level }),
  }
}

function byMean(
  {
    difference,
    se,
    df,
    low,
    high,
  }: { readonly difference: number; readonly se: number; readonly df: number } & Interval,
  level: number,
): Partial<Found> {
  return {
    difference,
    low,
    high,
    pivot: { centre: difference, se, df },
    minimumDetectable: minimumDetectable(se, df, { level }),
  }
}

function* quantilesOf(
  { aggregate, baseline, candidate, groups }: Data,
  better: Better,
  level: number,
  { seed = 0, name = '' }: CompareOptions,
): Steps<Partial<Found>> {
  const order = groups?.flat()
  const drawing = {
    sides: order
      ? [baseline, candidate].map((side) => Float64Array.from(order, (i) => side[i] as number))
      : [baseline, candidate],
    sizes: groups?.map((group) => group.length),
  }
  const { estimate, low, high, p, drawn } = yield* bootstrapSteps(drawing, {
    aggregate,
    seed,
    name: `bootstrap\n${name}`,
    level,
  })
  const found = { p, test: 'bootstrap' }
  if (better === 'higher') return { ...found, difference: estimate, low, high, drawn }
  const turned = drawn.map((each) => -each + 0).reverse()
  return { ...found, difference: -estimate + 0, low: -high + 0, high: -low + 0, drawn: turned }
}

function count(values: Float64Array, of: (value: number) => boolean): number {
  let counted = 0
  for (const value of values) if (of(value)) counted++
  return counted
}
