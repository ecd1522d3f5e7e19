import { betaPower, incompleteBeta, lnGammaRatio } from './beta.ts'
import { assertDegrees, assertInside, assertNumber } from './input.ts'
import { exp, ln, ln1p } from './ln-exp.ts'
import { lnGamma } from './ln-gamma.ts'
import { normalQuantile, normalUpper } from './normal.ts'

/**
 * P(T > t) of Student's distribution with df degrees of freedom; with `Infinity` it is the normal.
 * The relative error is below 1e-12, and below 1e-10 for df above 10 000.
 *
 * @throws RangeError if t is no finite number or df is not above 0
 */
export function tUpper(t: number, df: number): number {
  assertNumber('t', t)
  assertDegrees(df)
  if (df === Number.POSITIVE_INFINITY) return normalUpper(t)
  const upper = upperOf(Math.abs(t), df)
  return t < 0 ? 1 - upper : upper
}

/**
 * The t below which Student's distribution with df degrees of freedom has the share p; with
 * `Infinity` it is the normal. The relative error is below 1e-12.
 *
 * @throws RangeError if p is not above 0 and below 1, or df is not above 0
 */
export function tQuantile(p: number, df: number): number {
  assertInside('p', p)
  assertDegrees(df)
  if (df === Number.POSITIVE_INFINITY) return normalQuantile(p)
  const middle = p - 0.5
  if (middle === 0) return 0
  const t =
    Math.abs(middle) < 0.4 ? quantileNear0(Math.abs(middle), df) : upperQuantile(Math.min(p, 1 - p), df)
  return middle < 0 ? -t : t
}

/** Beyond, the tail is its leading power to the last place, and t² may be no finite number. */
const FAR = 1e9

function upperOf(t: number, df: number): number {
  if (t > FAR * Math.sqrt(df)) return farUpper(t, df)
  const { x, y } = shares(t, df)
  return incompleteBeta(df / 2, 0.5, x, y) / 2
}

function farUpper(t: number, df: number): number {
  const a = df / 2
  return exp(a * (ln(df) - 2 * ln(t)) + lnGammaRatio(a, 0.5) - lnGamma(0.5)) / df
}

/** P(0 < T < t). */
function fromZero(t: number, df: number): number {
  const { x, y } = shares(t, df)
  return incompleteBeta(0.5, df / 2, y, x) / 2
}

/** t times the density at t > 0, which is a finite number above 0 wherever the tail is. */
function tDensity(t: number, df: number): number {
  if (t > FAR * Math.sqrt(df)) return df * farUpper(t, df)
  const { x, y } = shares(t, df)
  return betaPower(df / 2, 0.5, x, y)
}

/** df/(df + t²) and t²/(df + t²). */
function shares(t: number, df: number): { readonly x: number; readonly y: number } {
  const whole = df + t * t
  return { x: df / whole, y: (t * t) / whole }
}

/** The t > 0 with P(0 < T < t) = share: plain steps, since t may be as near to 0 as it likes. */
function quantileNear0(share: number, df: number): number {
  return solve(normalQuantile(share + 0.5), (t) => (1 + (share - fromZero(t, df)) / tDensity(t, df)) * t)
}

/** The t > 0 with P(T > t) = p: steps of ln t, in which the logarithm of a heavy tail is a line. */
function upperQuantile(p: number, df: number): number {
  return solve(-normalQuantile(p), (t) => {
    const upper = upperOf(t, df)
    const off = (upper - p) / p
    const lnOff = Math.abs(off) < 0.25 ? ln1p(off) : upper > 0 ? ln(upper / p) : -LARGEST_STEP
    const step = (lnOff * upper) / tDensity(t, df)
    return t * exp(Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, step)))
  })
}

/** In ln t. Steps are shortened to it, so that none goes where no number is. */
const LARGEST_STEP = 40

/** The root of a falling function on t > 0, by Newton's steps between bounds that close in. */
function solve(start: number, stepFrom: (t: number) => number): number {
  let low = 0
  let high = Number.POSITIVE_INFINITY
  let t = start
  for (let step = 0; step < 400; step++) {
    let next = stepFrom(t)
    if (Math.abs(next - t) <= t * 4e-16) return next
    if (next > t) low = t
    else high = t
    if (!(next > low && next < high)) next = (low + high) / 2
    if (next === Number.POSITIVE_INFINITY)
      throw new RangeError('df is so small that the quantile is no finite number')
    if (next === low || next === high) return next
    t = next
  }
  return t
}
