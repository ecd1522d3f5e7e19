import stdGammaln from '@stdlib/math-base-special-gammaln'
import stdBetaQuantile from '@stdlib/stats-base-dists-beta-quantile'
import stdBinomialCdf from '@stdlib/stats-base-dists-binomial-cdf'
import stdNormalCdf from '@stdlib/stats-base-dists-normal-cdf'
import stdNormalQuantile from '@stdlib/stats-base-dists-normal-quantile'
import stdTCdf from '@stdlib/stats-base-dists-t-cdf'
import stdTQuantile from '@stdlib/stats-base-dists-t-quantile'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaQuantile } from './beta.ts'
import { binomialHalfLower } from './binomial.ts'
import { shareInterval } from './interval.ts'
import { exp, ln } from './ln-exp.ts'
import { lnGamma } from './ln-gamma.ts'
import { normalQuantile, normalUpper } from './normal.ts'
import { tQuantile, tUpper } from './student.ts'
import { sum } from './sum.ts'

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const share = real(1e-9, 1 - 1e-9)
const degrees = fc.integer({ min: 1, max: 5_000 })

/** How far apart two numbers are, as a part of the larger. */
function apart(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b))
}

describe('distributions, beside those of stdlib', () => {
  it('agrees on ln, exp and ln Γ', () => {
    fc.assert(
      fc.property(real(1e-300, 1e300), real(-700, 700), real(1e-6, 1e6), (x, y, z) => {
        expect(Math.abs(ln(x) - Math.log(x))).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(ln(x))))
        expect(apart(exp(y), Math.exp(y))).toBeLessThan(1e-14)
        expect(Math.abs(lnGamma(z) - stdGammaln(z))).toBeLessThan(1e-13 * Math.max(1, Math.abs(lnGamma(z))))
      }),
    )
  })

  it('agrees on the normal', () => {
    fc.assert(
      // Further out the quantile of stdlib has fewer digits: nine of them at 1e-9.
      fc.property(real(-8, 30), real(1e-5, 1 - 1e-5), (z, p) => {
        expect(apart(normalUpper(z), stdNormalCdf(-z, 0, 1))).toBeLessThan(1e-11)
        expect(Math.abs(normalQuantile(p) - stdNormalQuantile(p, 0, 1))).toBeLessThan(1e-11)
      }),
    )
  })

  it("agrees on Student's t", () => {
    fc.assert(
      fc.property(real(-20, 20), share, degrees, (t, p, df) => {
        // Close to 0 stdlib gives a half.
        expect(Math.abs(tUpper(t, df) - stdTCdf(-t, df))).toBeLessThan(1e-11)
        expect(apart(tQuantile(p, df), stdTQuantile(p, df))).toBeLessThan(1e-8)
      }),
    )
  })

  it('agrees on the beta and on fair coins', () => {
    fc.assert(
      fc.property(share, real(0.5, 200), real(0.5, 200), (p, a, b) => {
        expect(Math.abs(betaQuantile(p, a, b) - stdBetaQuantile(p, a, b))).toBeLessThan(1e-9)
      }),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000 }), share, (n, p) => {
        const k = Math.floor(p * (n + 1))
        expect(Math.abs(binomialHalfLower(k, n) - stdBinomialCdf(k, n, 0.5))).toBeLessThan(1e-11)
      }),
    )
  })
})

describe('distributions, by themselves', () => {
  it('mirrors the two sides of the normal and of t', () => {
    fc.assert(
      fc.property(real(0, 8), share, degrees, (t, p, df) => {
        expect(tUpper(t, df) + tUpper(-t, df)).toBeCloseTo(1, 14)
        expect(normalUpper(t) + normalUpper(-t)).toBeCloseTo(1, 14)
        fc.pre(1 - (1 - p) === p)
        expect(tQuantile(1 - p, df)).toBe(-tQuantile(p, df) + 0)
        expect(normalQuantile(1 - p)).toBe(-normalQuantile(p) + 0)
      }),
    )
  })

  it('leads back from a quantile to its share, far into the tails too', () => {
    fc.assert(
      fc.property(real(-280, -0.31), real(0.5, 1e6), real(0.2, 500), (power, df, b) => {
        const p = exp(power * ln(10))
        expect(apart(normalUpper(-normalQuantile(p)), p)).toBeLessThan(1e-10)
        fc.pre(power / df > -300 && power / b > -300)
        expect(apart(tUpper(-tQuantile(p, df), df), p)).toBeLessThan(1e-9)
        const x = betaQuantile(p, b, 1)
        expect(apart(exp(b * ln(x)), p)).toBeLessThan(1e-9)
      }),
    )
  })

  it('gives quantiles of t that fall to those of the normal as degrees of freedom grow', () => {
    const quantiles = [1, 2, 5, 30, 1_000, 1e6, 1e9, Number.POSITIVE_INFINITY].map((df) =>
      tQuantile(0.975, df),
    )
    expect(quantiles).toEqual(quantiles.toSorted((a, b) => b - a))
    expect(quantiles.at(-1)).toBe(normalQuantile(0.975))
  })

  it('sums what plain addition loses', () => {
    expect(sum([1, 1e100, 1, -1e100])).toBe(2)
    expect(sum([])).toBe(0)
  })

  it('keeps the interval of a share in 0…1, around it, and wider at a higher level', () => {
    fc.assert(
      fc.property(real(0, 1), real(0, 1), fc.integer({ min: 2, max: 10_000 }), (p, se, n) => {
        const [narrow, wide] = [0.8, 0.99].map((level) => shareInterval(p, se, n, { level }))
        expect(wide?.low).toBeLessThanOrEqual((narrow?.low ?? 0) + 1e-15)
        expect(wide?.high).toBeGreaterThanOrEqual((narrow?.high ?? 1) - 1e-15)
        expect(narrow?.low).toBeLessThanOrEqual(p)
        expect(narrow?.high).toBeGreaterThanOrEqual(p)
        expect(wide?.low).toBeGreaterThanOrEqual(0)
        expect(wide?.high).toBeLessThanOrEqual(1)
      }),
    )
  })

  it.each([
    ['ln(0)', () => ln(0), 'x must be a number above 0, and is 0'],
    ['exp(710)', () => exp(710), 'x must be a number of at most 709.78, and is 710'],
    ['lnGamma(-1)', () => lnGamma(-1), 'x must be a number above 0'],
    ['normalUpper(NaN)', () => normalUpper(Number.NaN), 'z must be a finite number, and is NaN'],
    ['normalQuantile(1)', () => normalQuantile(1), 'p must be above 0 and below 1, and is 1'],
    ['tUpper with no freedom', () => tUpper(1, 0), 'df must be above 0, and is 0'],
    ['tQuantile(0)', () => tQuantile(0, 3), 'p must be above 0 and below 1'],
    ['a t that no number can hold', () => tQuantile(1e-300, 0.5), 'df is so small'],
    ['betaQuantile with a of 0', () => betaQuantile(0.5, 0, 1), 'a must be a number above 0'],
    [
      'more heads than throws',
      () => binomialHalfLower(3, 2),
      'k must be a whole number from 0 to 2, and is 3',
    ],
    [
      'an interval of one observation',
      () => shareInterval(0.5, 0.1, 1),
      'n must be above 1 for an interval by t, and is 1',
    ],
    ['a negative error', () => shareInterval(0.5, -1, 3), 'se must be a number of at least 0, and is -1'],
  ])('refuses %s', (_, call, message) => {
    expect(call).toThrow(message)
  })
})
