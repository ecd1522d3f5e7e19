import { assertPositive } from './input.ts'

/** ln 2 in two parts. The first has 32 bits, so a whole multiple of it is exact. */
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10

const SQRT_2 = Math.sqrt(2)

const LEAST_POWER = -1074
const LARGEST_POWER = 1023

/** 2ⁿ at n − LEAST_POWER, made by doublings and halvings, which are exact. */
const POWERS = new Float64Array(LARGEST_POWER - LEAST_POWER + 1)
for (let n = 0, up = 1; n <= LARGEST_POWER; n++, up *= 2) POWERS[n - LEAST_POWER] = up
for (let n = -1, down = 0.5; n >= LEAST_POWER; n--, down /= 2) POWERS[n - LEAST_POWER] = down

/** Terms of the series; the next ones are below half a unit in the last place. */
const ODD_TERMS = 12
const EXP_TERMS = 14

const RECIPROCAL_ODD = Float64Array.from({ length: ODD_TERMS }, (_, i) => 1 / (2 * i + 3))
const RECIPROCAL_FACTORIAL = new Float64Array(EXP_TERMS + 1)
for (let n = 0, factorial = 1; n <= EXP_TERMS; factorial *= ++n) RECIPROCAL_FACTORIAL[n] = 1 / factorial

/** The largest argument of {@link exp} whose value is a finite number. */
export const LARGEST_EXPONENT = 709.78

/**
 * The natural logarithm of x > 0, to a relative error below 1e-14.
 *
 * @throws RangeError if x is not above 0 and finite
 */
export function ln(x: number): number {
  assertPositive('x', x)
  let power = binaryExponent(x)
  let mantissa = x / powerOf2(power)
  if (mantissa > SQRT_2) {
    mantissa /= 2
    power++
  }
  return power * LN2_HIGH + (lnNearOne(mantissa - 1) + power * LN2_LOW)
}

/** ln(1 + u) without the error of rounding 1 + u. */
export function ln1p(u: number): number {
  return isNearZero(u) ? lnNearOne(u) : ln(1 + u)
}

/** ln(1 + u) − u for u within ±0.25, where the two nearly cancel. */
export function ln1pLess(u: number): number {
  const s = u / (2 + u)
  return 2 * s * s * s * oddSeries(s * s) - u * s
}

/**
 * e to the power of x, to a relative error below 1e-13. Below −745.1 it is 0.
 *
 * @throws RangeError if x is no number or above 709.78, where the result would be no finite number
 */
export function exp(x: number): number {
  if (!(x <= LARGEST_EXPONENT))
    throw new RangeError(`x must be a number of at most ${LARGEST_EXPONENT}, and is ${String(x)}`)
  if (x < -745.2) return 0
  const power = Math.round(x * Math.LOG2E)
  const rest = x - power * LN2_HIGH - power * LN2_LOW
  let value = 0
  for (let n = EXP_TERMS; n >= 0; n--) value = value * rest + (RECIPROCAL_FACTORIAL[n] as number)
  // In two steps, since 2 to the power itself may be too large, or too small to be exact.
  const half = Math.floor(power / 2)
  return value * powerOf2(half) * powerOf2(power - half)
}

/** u from √½ − 1 to √2 − 1, for which the series has enough terms. */
function isNearZero(u: number): boolean {
  return u > -0.29 && u < 0.41
}

/** ln(1 + u) = 2·(s + s³/3 + s⁵/5 + …) with s = u/(2 + u). */
function lnNearOne(u: number): number {
  const s = u / (2 + u)
  return 2 * s + 2 * s * s * s * oddSeries(s * s)
}

/** 1/3 + q/5 + q²/7 + … */
function oddSeries(q: number): number {
  let value = 0
  for (let i = ODD_TERMS - 1; i >= 0; i--) value = value * q + (RECIPROCAL_ODD[i] as number)
  return value
}

function powerOf2(n: number): number {
  return POWERS[n - LEAST_POWER] as number
}

/** The largest n with 2ⁿ ≤ x. */
function binaryExponent(x: number): number {
  let low = 0
  let high = POWERS.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((POWERS[middle] as number) <= x) low = middle
    else high = middle - 1
  }
  return low + LEAST_POWER
}

/** The largest power of 2 that is no larger than x; 1 for 0. */
export function scaleOf(x: number): number {
  return x > 0 ? powerOf2(binaryExponent(x)) : 1
}
