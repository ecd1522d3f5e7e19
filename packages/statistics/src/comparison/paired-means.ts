import { assertInside, assertOptions, assertSameLength } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, meanInterval } from '../arithmetic/interval.ts'
import { tUpper } from '../arithmetic/student.ts'
import { assertNumbers, moments, Sum, variance } from '../arithmetic/sum.ts'

/** A mean of differences with its interval by t, and the p-value of "it is 0". */
export interface MeanDifference {
  readonly difference: number
  readonly se: number
  readonly df: number
  readonly p: number
  readonly low: number
  readonly high: number
}

/** The same with pairs that depend on each other within clusters. */
export interface ClusteredDifference extends MeanDifference {
  readonly clusters: number
}

/**
 * The mean of paired differences, by Student's t. With no spread, p is 0 beside a difference and 1
 * without.
 *
 * @throws RangeError if there are fewer than two differences, or one is no finite number
 */
export function pairedT(
  differences: ArrayLike<number>,
  options: { readonly level?: number } = {},
): MeanDifference {
  assertOptions(options, ['level'])
  assertNumbers('differences', differences)
  if (differences.length < 2)
    throw new RangeError(`differences must be at least 2, and are ${differences.length}`)
  const spread = moments(differences)
  return byT(spread.mean, Math.sqrt(variance(spread) / spread.n), spread.n - 1, options.level)
}

/**
 * The mean of differences, with an error that lets those of one cluster depend on each other: se² =
 * g/(g − 1)·Σ_g (Σ(d − d̄))²/n², and t of g − 1.
 *
 * @param clusters the cluster of each difference
 * @throws RangeError if there are fewer than two clusters, or not as many as differences
 */
export function clusterT(
  differences: ArrayLike<number>,
  clusters: ArrayLike<string>,
  options: { readonly level?: number } = {},
): ClusteredDifference {
  assertOptions(options, ['level'])
  assertNumbers('differences', differences)
  assertSameLength('clusters', clusters.length, 'differences', differences.length)
  const groups = groupsOf(clusters)
  if (groups.length < 2) throw new RangeError(`clusters must be at least 2, and are ${groups.length}`)
  const { n, mean } = moments(differences)
  const squares = new Sum()
  for (const group of groups) {
    const off = new Sum()
    for (const i of group) off.add((differences[i] as number) - mean)
    squares.add(off.value * off.value)
  }
  const g = groups.length
  const se = Math.sqrt((g / (g - 1)) * squares.value) / n
  return { ...byT(mean, se, g - 1, options.level), clusters: g }
}

/** The places of each cluster's members, clusters by their key, members in their order. */
export function groupsOf(clusters: ArrayLike<string>): number[][] {
  const groups = new Map<string, number[]>()
  for (let i = 0; i < clusters.length; i++) {
    const key = String(clusters[i])
    const group = groups.get(key)
    if (group) group.push(i)
    else groups.set(key, [i])
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
}

function byT(difference: number, se: number, df: number, level = DEFAULT_LEVEL): MeanDifference {
  assertInside('level', level)
  const p = se > 0 ? 2 * tUpper(Math.abs(difference) / se, df) : difference === 0 ? 1 : 0
  return { difference, se, df, p: Math.min(1, p), ...meanInterval(difference, se, df + 1, { level }) }
}
