import { assertInside, assertPositive } from './input.ts'
import { exp, ln, ln1p, ln1pLess } from './ln-exp.ts'
import { lnGamma, STIRLING_FROM, stirlingRest } from './ln-gamma.ts'

const SQRT_2PI = 2.5066282746310007
const TINY = 1e-300

/**
 * The regularised incomplete beta function I_x(a, b) with y = 1 − x given beside x, so that neither
 * loses digits. Its relative error is below 1e-12 where it is the smaller of I and 1 − I.
 */
export function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0
  if (y <= 0) return 1
  // The fraction converges fast up to about the mean; beyond, the other tail does.
  return x * (a + b + 2) < a + 1
    ? (betaPower(a, b, x, y) * betaFraction(a, b, x, y)) / a
    : 1 - (betaPower(b, a, y, x) * betaFraction(b, a, y, x)) / b
}

/** xᵃ·yᵇ ÷ B(a, b), without the cancellation of large logarithms of Γ. */
export function betaPower(a: number, b: number, x: number, y: number): number {
  if (a < b) return betaPower(b, a, y, x)
  if (b >= STIRLING_FROM) {
    const off = x * b - y * a
    const rest = stirlingRest(a + b) - stirlingRest(a) - stirlingRest(b)
    const exponent = a * lnLess((x * (a + b)) / a, off / a) + b * lnLess((y * (a + b)) / b, -off / b) + rest
    return (exp(exponent) * Math.sqrt((a / (a + b)) * b)) / SQRT_2PI
  }
  const lnX = x < 0.7 ? ln(x) : ln1p(-y)
  return exp(a * lnX + b * (y < 0.7 ? ln(y) : ln1p(-x)) + lnGammaRatio(a, b) - lnGamma(b))
}

/**
 * The x below which the beta distribution with parameters a and b has the share p, to a relative
 * error below 1e-12.
 *
 * @throws RangeError if p is not above 0 and below 1, or a or b is not above 0
 */
export function betaQuantile(p: number, a: number, b: number): number {
  assertInside('p', p)
  assertPositive('a', a)
  assertPositive('b', b)
  if (p <= 0.5) return lowerQuantile(p, a, b)
  // From above, but not where x is what 1 − y would leave of y.
  const y = lowerQuantile(1 - p, b, a)
  return y < 0.9 ? 1 - y : lowerQuantile(p, a, b)
}

/** In ln x. Steps are shortened to it, so that none goes where no number is. */
const LARGEST_STEP = 40

/**
 * Newton's steps of ln x, in which the logarithm of the tail next to 0 is a line, between bounds
 * that close in.
 */
function lowerQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1]
  let x = a / (a + b)
  for (let step = 0; step < 400; step++) {
    const y = 1 - x
    const below = incompleteBeta(a, b, x, y)
    const off = p <= 0.5 ? (below - p) / p : (1 - p - incompleteBeta(b, a, y, x)) / p
    const lnOff = Math.abs(off) < 0.25 ? ln1p(off) : below > 0 ? ln(below / p) : -LARGEST_STEP
    const change = (lnOff * below * y) / betaPower(a, b, x, y)
    let next = x * exp(-Math.max(-LARGEST_STEP, Math.min(LARGEST_STEP, change)))
    if (Math.abs(next - x) <= x * 4e-16) return next
    if (next > x) low = x
    else high = x
    if (!(next > low && next < high)) next = (low + high) / 2
    if (next === low || next === high) return next
    x = next
  }
  return x
}

/** ln(1 + u) − u, given 1 + u beside u: near 0 the one is rounded, near −1 the other. */
function lnLess(onePlus: number, u: number): number {
  return Math.abs(u) < 0.25 ? ln1pLess(u) : ln(onePlus) - u
}

/** ln Γ(a + b) − ln Γ(a), for b small beside a. */
export function lnGammaRatio(a: number, b: number): number {
  if (a < STIRLING_FROM) return lnGamma(a + b) - lnGamma(a)
  return (a - 0.5) * ln1p(b / a) + b * (ln(a + b) - 1) + stirlingRest(a + b) - stirlingRest(a)
}

/** Levels that no fraction needs whose sides were chosen well: it takes about √(a + b) of them. */
const MOST_LEVELS = 100_000_000

/**
 * The continued fraction of I_x(a, b) (DLMF 8.17.22), of which two levels are taken as one: so 1 −
 * x stands in sums of what has one sign, and is not lost beside x. Evaluated from above by the
 * method of Lentz.
 */
function betaFraction(a: number, b: number, x: number, y: number): number {
  const lead = a * y - b * x
  let fraction = apartFrom0((1 + lead) / (a + 1))
  let upper = fraction
  let lower = 0
  let odd = (-(a + b) * x) / (a + 1)
  for (let m = 1; m < MOST_LEVELS; m++) {
    const twice = a + 2 * m
    const even = (m * (b - m) * x) / ((twice - 1) * twice)
    const above = a * (lead + 2 * m + 1) + m * (3 * m + 2 + (2 * a + m) * y - b * x)
    const partial = even + above / (twice * (twice + 1))
    const over = -odd * even
    lower = 1 / apartFrom0(partial + over * lower)
    upper = apartFrom0(partial + over / upper)
    const factor = upper * lower
    fraction *= factor
    if (Math.abs(factor - 1) < 3e-16) break
    odd = (-(a + m) * (a + b + m) * x) / (twice * (twice + 1))
  }
  return 1 / fraction
}

function apartFrom0(value: number): number {
  return Math.abs(value) < TINY ? TINY : value
}
