import type { Random } from '@muster/core/ports'
import { SeededRandom } from '../system/seeded-random.ts'

/** Everything a simulation leaves to chance, drawn from one seed. */
export class Chance implements Random {
  readonly #random: SeededRandom

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
    // Neighbouring seeds begin alike; a few draws later they have nothing in common.
    for (let draw = 0; draw < 4; draw++) this.#random.next()
  }

  next(): number {
    return this.#random.next()
  }

  /** Whether something of this probability happens. */
  of(probability: number): boolean {
    return this.next() < probability
  }

  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1))
  }

  /** One of these, or `undefined` where there are none. */
  oneOf<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.next() * items.length)]
  }

  /** One of these, each as likely as its weight says. @throws RangeError where all weigh nothing */
  weighted<Item>(items: readonly (readonly [weight: number, item: Item])[]): Item {
    let left = this.next() * items.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, item] of items) {
      left -= weight
      if (left < 0) return item
    }
    throw new RangeError('There is nothing to choose from')
  }
}
