import { assertNumber } from './input.ts'

/**
 * A compensated sum: the error that each addition rounds away is kept and added at the end, so it
 * hardly grows with the number of terms. The same terms in the same order give the same bits.
 *
 * Source: Neumaier 1974, ZAMM 54.
 */
export class Sum {
  #sum = 0
  #lost = 0

  add(term: number): void {
    const sum = this.#sum + term
    this.#lost += Math.abs(this.#sum) >= Math.abs(term) ? this.#sum - sum + term : term - sum + this.#sum
    this.#sum = sum
  }

  get value(): number {
    return this.#sum + this.#lost
  }
}

/** The compensated sum of the terms in their order. 0 of none. */
export function sum(terms: Iterable<number>): number {
  const total = new Sum()
  for (const term of terms) total.add(term)
  return total.value
}

/** Number, mean and sum of squares about the mean. Of no values, the mean is 0. */
interface Moments {
  readonly n: number
  readonly mean: number
  readonly squares: number
}

/** The moments of values in their order, in two passes. */
export function moments(values: ArrayLike<number>): Moments {
  const n = values.length
  const total = new Sum()
  for (let i = 0; i < n; i++) total.add(values[i] as number)
  const mean = n > 0 ? total.value / n : 0
  const squares = new Sum()
  for (let i = 0; i < n; i++) {
    const off = (values[i] as number) - mean
    squares.add(off * off)
  }
  return { n, mean, squares: squares.value }
}

/** s², which divides by n − 1. 0 of fewer than two values. */
export function variance({ n, squares }: Moments): number {
  return n > 1 ? squares / (n - 1) : 0
}

/** Refuses the first value that is no finite number, by its place. */
export function assertNumbers(name: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    // The name is made for a fault alone: a hundred thousand of them cost more than all sums.
    if (!Number.isFinite(values[i])) assertNumber(`${name}[${i}]`, values[i] as number)
  }
}
