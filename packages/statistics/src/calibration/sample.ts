import { assertInside, assertNumber, assertOneOf, assertOptions } from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, type Interval, meanInterval, shareInterval } from '../arithmetic/interval.ts'
import { Sum } from '../arithmetic/sum.ts'

/** One unit of what was drawn from. */
export interface CalibrationUnit {
  /** The judge's score. */
  readonly f: number
  /** People's answer; `null` if nobody was asked. */
  readonly y: number | null
  /** Units that depend on each other share it. All units have one, or none. */
  readonly cluster?: string
}

/** The population that an estimate speaks for: scenarios like these, or these very outputs. */
export type Target = 'scenarios' | 'run'

/** How to estimate. */
export interface EstimateOptions {
  /** `scenarios` if not given. */
  readonly target?: Target
  /** A `share` lies in 0…1; `mean` if not given. */
  readonly kind?: 'share' | 'mean'
  /** How much the judge is believed, in place of what the data say: 0 takes labels alone. */
  readonly lambda?: number
  /** 0.95 if not given. */
  readonly level?: number
  /** In place of the quantile of t, such as {@link anytimeMultiplier}. */
  readonly multiplier?: number
}

/**
 * Why there is no estimate: fewer than two labels or labelled clusters, or fewer than two of a
 * stratum that is not labelled whole.
 */
export type EstimateReason = 'too_few_labels'

/** A value with its interval. */
export interface WithInterval extends Interval {
  readonly value: number
}

/**
 * An estimate of people's answers to all units, from labels of some and the judge's score of all.
 */
export interface Estimate {
  /** `null` with a reason. */
  readonly estimate: number | null
  readonly se: number | null
  readonly interval: Interval | null
  readonly reason: EstimateReason | null
  /** How much the judge was believed, in 0…1; of each stratum if there are strata. */
  readonly lambda: number | readonly number[] | null
  readonly labelled: number
  readonly units: number
  /** The mean of the judge's scores; `null` without units. */
  readonly judgeMean: number | null
  /** judgeMean − estimate. */
  readonly bias: WithInterval | null
  /**
   * The share of labels that the judge saves against as many drawn uniformly without it. It may be
   * negative.
   */
  readonly saved: number | null
  /** Clusters with a labelled unit; `null` without clusters. */
  readonly labelledClusters: number | null
  readonly clusters: number | null
}

/** Options with what is taken if they are not given. */
export interface Estimating {
  readonly target: Target
  readonly kind: 'share' | 'mean'
  readonly lambda: number | undefined
  readonly level: number
  readonly multiplier: number | undefined
}

export function estimating(options: EstimateOptions): Estimating {
  assertOptions(options, ['target', 'kind', 'lambda', 'level', 'multiplier'])
  const { target = 'scenarios', kind = 'mean', lambda, level = DEFAULT_LEVEL, multiplier } = options
  assertOneOf('target', target, ['scenarios', 'run'])
  assertOneOf('kind', kind, ['share', 'mean'])
  assertInside('level', level)
  if (lambda !== undefined) assertNumber('lambda', lambda)
  return { target, kind, lambda, level, multiplier }
}

/** Units in columns. */
export interface Sample {
  readonly f: Float64Array
  /** `NaN` where nobody was asked. */
  readonly y: Float64Array
  /** The places of those that people labelled, and of the others. */
  readonly labelled: readonly number[]
  readonly others: readonly number[]
  readonly clusters: readonly string[] | undefined
}

export function sampleOf(units: Iterable<CalibrationUnit>, target: Target): Sample {
  const given = [...units]
  const labelled: number[] = []
  const others: number[] = []
  for (const [i, { f, y }] of given.entries()) {
    assertNumber(`f of units[${i}]`, f)
    if (y === null) others.push(i)
    else {
      assertNumber(`y of units[${i}]`, y)
      labelled.push(i)
    }
  }
  const clusters = given.map(({ cluster }) => cluster)
  const clustered = clusters.some((cluster) => cluster !== undefined)
  if (clustered && clusters.includes(undefined))
    throw new TypeError('cluster must be given with all units or with none')
  if (clustered && target === 'run')
    throw new RangeError('target must be scenarios with clusters, and is run')
  return {
    f: Float64Array.from(given, ({ f }) => f),
    y: Float64Array.from(given, ({ y }) => y ?? Number.NaN),
    labelled,
    others,
    clusters: clustered ? (clusters as string[]) : undefined,
  }
}

/** The part of an estimate that depends on the design. */
export interface Found {
  readonly estimate: number
  readonly variance: number
  readonly lambda: number | readonly number[]
  /** Of y, weighted by the design. */
  readonly spreadOfLabels: number
  /** Each unit's part of the estimate's error; needed with clusters. */
  readonly influence: () => Float64Array
}

export function estimateOf(samples: readonly Sample[], options: Estimating, found: Found | null): Estimate {
  const labelled = samples.reduce((all, sample) => all + sample.labelled.length, 0)
  const units = samples.reduce((all, sample) => all + sample.f.length, 0)
  const clustered = clustersOf(samples)
  const judgeMean = units > 0 ? meanOf(samples) : null
  const counts = {
    labelled,
    units,
    judgeMean,
    clusters: clustered?.keys.length ?? null,
    labelledClusters: clustered?.labelled ?? null,
  }
  const independent = clustered ? clustered.labelled : labelled
  if (!found || judgeMean === null || independent < 2) {
    const nothing = { estimate: null, se: null, interval: null, lambda: null, bias: null, saved: null }
    return { ...nothing, reason: 'too_few_labels', ...counts }
  }
  const variance = clustered ? clusteredVariance(clustered, found.influence()) : found.variance
  const { estimate, lambda, spreadOfLabels } = found
  const se = Math.sqrt(variance)
  const { target, kind, level, multiplier } = options
  const how = multiplier === undefined ? { level } : { level, multiplier }
  const interval = (kind === 'share' ? shareInterval : meanInterval)(estimate, se, independent, how)
  const value = judgeMean - estimate
  const alone = (spreadOfLabels / labelled) * (target === 'run' ? 1 - labelled / units : 1)
  return {
    estimate,
    se,
    interval,
    reason: null,
    lambda,
    bias: { value, low: judgeMean - interval.high, high: judgeMean - interval.low },
    saved: alone > 0 ? 1 - variance / alone : 0,
    ...counts,
  }
}

interface Clustered {
  /** The cluster of each unit, strata one after another. */
  readonly of: readonly string[]
  readonly keys: readonly string[]
  readonly labelled: number
}

function clustersOf(samples: readonly Sample[]): Clustered | undefined {
  const given = samples.filter(({ f }) => f.length > 0)
  if (!given.some(({ clusters }) => clusters)) return undefined
  if (given.some(({ clusters }) => !clusters))
    throw new TypeError('cluster must be given with all units or with none')
  const of = given.flatMap(({ clusters = [] }) => clusters)
  const labelled = given.flatMap((sample) => sample.labelled.map((i) => sample.clusters?.[i]))
  return { of, keys: [...new Set(of)].sort(), labelled: new Set(labelled).size }
}

/** g/(g − 1)·Σ_g (Σψ)², clusters by their key. */
function clusteredVariance({ of, keys }: Clustered, influence: Float64Array): number {
  const sums = new Map(keys.map((key) => [key, new Sum()]))
  for (const [i, key] of of.entries()) sums.get(key)?.add(influence[i] as number)
  const squares = new Sum()
  for (const sum of sums.values()) squares.add(sum.value * sum.value)
  return keys.length > 1 ? (keys.length / (keys.length - 1)) * squares.value : 0
}

function meanOf(samples: readonly Sample[]): number {
  const total = new Sum()
  let n = 0
  for (const { f } of samples) {
    for (const score of f) total.add(score)
    n += f.length
  }
  return total.value / n
}

/** Cut to 0…1, and 0 of no number. */
export function cut(lambda: number): number {
  return lambda > 0 ? Math.min(1, lambda) : 0
}

/** The variance of values that stand for so many each: Σw(y − ȳ)²/Σw · n/(n − 1). */
export function weightedVariance(values: readonly number[], weights: readonly number[]): number {
  const n = values.length
  if (n < 2) return 0
  const [whole, total] = [new Sum(), new Sum()]
  for (const [i, value] of values.entries()) {
    whole.add(weights[i] as number)
    total.add((weights[i] as number) * value)
  }
  const mean = total.value / whole.value
  const squares = new Sum()
  for (const [i, value] of values.entries())
    squares.add((weights[i] as number) * (value - mean) * (value - mean))
  return (squares.value / whole.value) * (n / (n - 1))
}
