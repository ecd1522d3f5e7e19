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

/**
 * The mean of people's answers, from labels of units drawn uniformly and the judge's score of all:
 * prediction-powered, with the judge believed as far as it helps.
 *
 * Source: Angelopoulos, Duchi & Zrnic 2023, arXiv 2311.01453 (PPI++).
 *
 * @throws RangeError if a score or label is no finite number, or an option is not as it must be
 */
export function uniform(units: Iterable<CalibrationUnit>, options: EstimateOptions = {}): Estimate {
  const how = estimating(options)
  const sample = sampleOf(units, how.target)
  return estimateOf([sample], how, predictionPowered(sample, how))
}

/** An estimate of strata says also how sure it would be if their shares were known. */
export interface StratifiedEstimate extends Estimate {
  readonly lambda: readonly number[] | null
  /** The error without that of the strata's shares. */
  readonly conditionalSe: number | null
}

/**
 * The same from labels drawn within strata, each weighted by its share of the units.
 *
 * @param strata the units of each stratum; one without units does not count
 * @throws RangeError if a score or label is no finite number, or an option is not as it must be
 */
export function stratified(
  strata: Iterable<Iterable<CalibrationUnit>>,
  options: EstimateOptions = {},
): StratifiedEstimate {
  const how = estimating(options)
  const samples = [...strata].map((units) => sampleOf(units, how.target)).filter(({ f }) => f.length > 0)
  const all = samples.reduce((sum, { f }) => sum + f.length, 0)
  const parts = samples.map((sample) => predictionPowered(sample, how))
  const known = parts.filter((part) => part !== null)
  const complete = known.length === samples.length ? known : []
  const shares = samples.map(({ f }) => f.length / all)
  const found = complete.length > 0 ? together(samples, complete, shares, how) : null
  const estimate = estimateOf(samples, how, found)
  return {
    ...estimate,
    lambda: estimate.reason === null ? complete.map(({ lambda }) => lambda) : null,
    conditionalSe: found && estimate.reason === null ? Math.sqrt(found.conditional) : null,
  }
}

interface Part extends Found {
  readonly lambda: number
}

function together(
  samples: readonly Sample[],
  parts: readonly Part[],
  shares: readonly number[],
  { target }: Estimating,
): Found & { readonly conditional: number } {
  const all = samples.reduce((sum, { f }) => sum + f.length, 0)
  const [theta, within, between] = [new Sum(), new Sum(), new Sum()]
  for (const [h, part] of parts.entries()) {
    const share = shares[h] as number
    theta.add(share * part.estimate)
    within.add(share * share * part.variance)
  }
  const estimate = theta.value
  for (const [h, part] of parts.entries())
    between.add(((shares[h] as number) * (part.estimate - estimate) * (part.estimate - estimate)) / all)
  const labels = samples.map(({ labelled, y }) => labelled.map((i) => y[i] as number))
  const weights = labels.map((of, h) => of.map(() => (shares[h] as number) / of.length))
  return {
    estimate,
    variance: within.value + (target === 'scenarios' ? between.value : 0),
    conditional: within.value,
    lambda: parts.map(({ lambda }) => lambda),
    spreadOfLabels: weightedVariance(labels.flat(), weights.flat()),
    influence: () =>
      Float64Array.from(
        parts.flatMap((part, h) =>
          [...part.influence()].map((own) => (shares[h] as number) * own + (part.estimate - estimate) / all),
        ),
      ),
  }
}

/** Of fewer than two labels nothing, but if they are all there is. */
function predictionPowered({ f, y, labelled, others }: Sample, { target, lambda }: Estimating): Part | null {
  const [n, m] = [labelled.length, others.length]
  if (n === 0 || (n === 1 && m > 0)) return null
  const labels = labelled.map((i) => y[i] as number)
  const scores = labelled.map((i) => f[i] as number)
  const rest = moments(others.map((i) => f[i] as number))
  const believed =
    m === 0
      ? 0
      : (lambda ??
        cut(
          covariance(labels, scores) /
            ((1 + n / m) * variance(moments([...scores, ...others.map((i) => f[i] as number)]))),
        ))
  const left = moments(labels.map((label, i) => label - believed * (scores[i] as number)))
  const all = n + m
  // With the run as the target, what is left to estimate are the m.
  const inRun =
    m === 0 ? left : moments(labels.map((label, i) => label - believed * (all / m) * (scores[i] as number)))
  return {
    estimate: believed * rest.mean + left.mean,
    variance:
      target === 'run'
        ? ((1 - n / all) * variance(inRun)) / n
        : variance(left) / n + (m > 0 ? (believed * believed * variance(rest)) / m : 0),
    lambda: believed,
    spreadOfLabels: variance(moments(labels)),
    influence: () => {
      const influence = new Float64Array(all)
      for (const i of labelled)
        influence[i] = ((y[i] as number) - believed * (f[i] as number) - left.mean) / n
      for (const i of others) influence[i] = (believed * ((f[i] as number) - rest.mean)) / m
      return influence
    },
  }
}

function covariance(a: readonly number[], b: readonly number[]): number {
  if (a.length < 2) return 0
  const [meanA, meanB] = [moments(a).mean, moments(b).mean]
  const products = new Sum()
  for (const [i, value] of a.entries()) products.add((value - meanA) * ((b[i] as number) - meanB))
  return products.value / (a.length - 1)
}
