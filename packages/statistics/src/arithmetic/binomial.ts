import { incompleteBeta } from './beta.ts'
import { assertWhole } from './input.ts'

/**
 * P(X ≤ k) of the number X of heads in n throws of a fair coin, to a relative error below 1e-12.
 *
 * @throws RangeError if n is no whole number or k is not one from 0 to n
 */
export function binomialHalfLower(k: number, n: number): number {
  assertWhole('n', n)
  assertWhole('k', k, 0, n)
  if (k === n) return 1
  return incompleteBeta(n - k, k + 1, 0.5, 0.5)
}
