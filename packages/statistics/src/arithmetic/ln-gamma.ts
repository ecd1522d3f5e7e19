import { assertPositive } from './input.ts'
import { ln } from './ln-exp.ts'

const HALF_LN_2PI = 0.9189385332046728
const ONE_LESS_EULER = 0.42278433509846713

/** ζ(k) − 1 from k = 2. */
const ZETA_LESS_1: readonly number[] = [
  0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
  0.008349277381922827, 0.00407735619794434, 0.0020083928260822143, 0.0009945751278180853,
  0.0004941886041194645, 0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-5,
  3.058823630702049e-5, 1.528225940865187e-5, 7.637197637899763e-6, 3.81729326499984e-6, 1.908212716553939e-6,
  9.539620338727962e-7, 4.769329867878064e-7, 2.38450502727733e-7, 1.1921992596531106e-7,
  5.960818905125948e-8, 2.980350351465228e-8, 1.4901554828365043e-8,
]

/** From here on Stirling's series with seven terms is exact to the last place. */
export const STIRLING_FROM = 10

/** Its terms in 1/x, 1/x³, …: Bernoulli numbers over 2k(2k − 1). */
const STIRLING: readonly number[] = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
]

/**
 * The natural logarithm of the gamma function at x > 0, to a relative error below 1e-12. It is
 * exactly 0 at 1 and 2.
 *
 * @throws RangeError if x is not above 0 and finite
 */
export function lnGamma(x: number): number {
  assertPositive('x', x)
  if (x >= STIRLING_FROM) return (x - 0.5) * ln(x) - x + HALF_LN_2PI + stirlingRest(x)
  if (x < 0.5) return lnGammaNear2(x) - ln(1 + x) - ln(x)
  if (x < 1.5) return lnGammaNear2(x - 1) - ln(x)
  let factors = 1
  let near2 = x
  while (near2 > 2.5) {
    near2 -= 1
    factors *= near2
  }
  return factors === 1 ? lnGammaNear2(near2 - 2) : ln(factors) + lnGammaNear2(near2 - 2)
}

/** The rest that Stirling's formula leaves of ln Γ(x), for x ≥ 10. */
export function stirlingRest(x: number): number {
  const q = 1 / (x * x)
  let value = 0
  for (let i = STIRLING.length - 1; i >= 0; i--) value = value * q + (STIRLING[i] as number)
  return value / x
}

/** ln Γ(2 + z) for z from −½ to ½: z(1 − γ) + Σ (−1)ᵏ (ζ(k) − 1) zᵏ ÷ k. */
function lnGammaNear2(z: number): number {
  let value = 0
  for (let i = ZETA_LESS_1.length - 1; i >= 0; i--) value = (ZETA_LESS_1[i] as number) / (i + 2) - value * z
  return z * (ONE_LESS_EULER + z * value)
}
