import { assertShare } from '../arithmetic/input.ts'
import { moments, Sum, variance } from '../arithmetic/sum.ts'
import {
  type CalibrationUnit,
  cut,
  type Estimate,
  type EstimateOptions,
  type Estimating,
  estimateOf,
  estimating,
  type Found,
  type Sample,
  sampleOf,
  weightedVariance,
} from './sample.ts'

/** A unit that was drawn with a probability of its own. */
export interface ActiveUnit extends CalibrationUnit {
  /** The probability of being drawn, above 0. */
  readonly pi: number
}

/** An estimate of units with their own probabilities. */
export interface ActiveEstimate extends Estimate {
  /** (Σ 1/π)² ÷ Σ 1/π² of the labelled: as many even ones would say as much. 0 of none. */
  readonly effectiveLabels: number
}

/**
 * The mean of people's answers, from labels of units that were each drawn with a probability of
 * their own, and the judge's score of all: a difference estimator weighted by 1/π.
 *
 * Source: Zrnic & Candès 2024, ICML.
 *
 * @throws RangeError if a score, a label or a probability is not as it must be
 */
export function active(units: Iterable<ActiveUnit>, options: EstimateOptions = {}): ActiveEstimate {
  const how = estimating(options)
  const given = [...units]
  for (const [i, { pi }] of given.entries()) {
    assertShare(`pi of units[${i}]`, pi)
    if (pi === 0) throw new RangeError(`pi of units[${i}] must be above 0, and is 0`)
  }
  const sample = sampleOf(given, how.target)
  const pi = Float64Array.from(given, (unit) => unit.pi)
  return {
    ...estimateOf([sample], how, sample.labelled.length > 0 ? weighted(sample, pi, how) : null),
    effectiveLabels: effective(sample.labelled.map((i) => 1 / (pi[i] as number))),
  }
}

/** (Σw)² ÷ Σw²: how many even weights say as much. 0 of none. */
export function effective(weights: readonly number[]): number {
  const [whole, squares] = [new Sum(), new Sum()]
  for (const weight of weights) {
    whole.add(weight)
    squares.add(weight * weight)
  }
  return squares.value > 0 ? (whole.value * whole.value) / squares.value : 0
}

function weighted({ f, y, labelled }: Sample, pi: Float64Array, { target, lambda }: Estimating): Found {
  const n = f.length
  const drawn = new Uint8Array(n)
  for (const i of labelled) drawn[i] = 1
  const a = f.map((score, i) => score * ((drawn[i] as number) / (pi[i] as number) - 1))
  const b = y.map((label, i) => (drawn[i] === 1 ? label / (pi[i] as number) : 0))
  const believed = lambda ?? cut(covariance(a, b) / variance(moments(a)))
  const each = b.map((label, i) => label - believed * (a[i] as number))
  const spread = moments(each)
  return {
    estimate: spread.mean,
    variance: target === 'run' ? inRun() : variance(spread) / n,
    lambda: believed,
    spreadOfLabels: weightedVariance(
      labelled.map((i) => y[i] as number),
      labelled.map((i) => 1 / (pi[i] as number)),
    ),
    influence: () => each.map((value) => (value - spread.mean) / n),
  }

  function inRun(): number {
    const squares = new Sum()
    for (const i of labelled) {
      const off = ((y[i] as number) - believed * (f[i] as number)) / (pi[i] as number)
      squares.add((1 - (pi[i] as number)) * off * off)
    }
    return squares.value / n / n
  }
}

function covariance(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [moments(a).mean, moments(b).mean]
  const products = new Sum()
  for (let i = 0; i < a.length; i++) products.add(((a[i] as number) - meanA) * ((b[i] as number) - meanB))
  return a.length > 1 ? products.value / (a.length - 1) : 0
}
