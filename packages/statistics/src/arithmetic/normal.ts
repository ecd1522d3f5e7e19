import { assertInside, assertNumber } from './input.ts'
import { exp, ln } from './ln-exp.ts'

const SQRT_2PI = 2.5066282746310007

/** Below, a series about 0; above, a continued fraction. */
const SERIES_UP_TO = 2.5
/** Levels of the continued fraction, enough at SERIES_UP_TO. */
const FRACTION_LEVELS = 120

/**
 * P(Z > z) of the standard normal distribution, to a relative error below 1e-12 as far as z = 37.
 *
 * @throws RangeError if z is no finite number
 */
export function normalUpper(z: number): number {
  assertNumber('z', z)
  if (z < -SERIES_UP_TO) return 1 - fartherUpper(-z)
  return z > SERIES_UP_TO ? fartherUpper(z) : 0.5 - fromZero(z)
}

/**
 * The z below which the standard normal distribution has the share p, to a relative error below
 * 1e-12.
 *
 * @throws RangeError if p is not above 0 and below 1
 */
export function normalQuantile(p: number): number {
  assertInside('p', p)
  const middle = p - 0.5
  if (Math.abs(middle) < 0.45) return quantileNear0(middle)
  return p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p)
}

function density(z: number): number {
  return exp(-(z * z) / 2) / SQRT_2PI
}

/** P(0 < Z < z) = φ(z)·(z + z³/3 + z⁵/15 + …). Negative for z < 0. */
function fromZero(z: number): number {
  let term = z
  let series = z
  for (let n = 3; Math.abs(term) > Math.abs(series) * 1e-17; n += 2) {
    term *= (z * z) / n
    series += term
  }
  return density(z) * series
}

/** φ(z)/(z + 1/(z + 2/(z + 3/(z + …)))). */
function fartherUpper(z: number): number {
  let fraction = z
  for (let level = FRACTION_LEVELS; level > 0; level--) fraction = z + level / fraction
  return density(z) / fraction
}

/** The z with P(0 < Z < z) = share, by Newton's steps. */
function quantileNear0(share: number): number {
  let z = share * SQRT_2PI
  for (let step = 0; step < 12; step++) {
    const change = (fromZero(z) - share) / density(z)
    z -= change
    if (Math.abs(change) <= Math.abs(z) * 1e-15) break
  }
  return z
}

/** The z > 0 with P(Z > z) = p, for p ≤ 0.05, by Newton's steps on ln P. */
function upperQuantile(p: number): number {
  const target = ln(p)
  let z = Math.sqrt(-2 * target) - 0.5
  for (let step = 0; step < 20; step++) {
    const upper = normalUpper(z)
    const change = ((ln(upper) - target) * upper) / density(z)
    z += change
    if (Math.abs(change) <= z * 1e-15) break
  }
  return z
}
