/**
 * A compensated sum: the error that each addition rounds away is kept and added at the end, so it hardly grows
 * with the number of terms. The same terms in the same order give the same bits.
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
