import { type ReadonlySignal, type Signal, signal } from '@preact/signals'

const MOST = 10_000

/** Things by id, each once whoever shows it. The ones that were put first are forgotten first. */
export class Entities<Value> {
  readonly #byId = new Map<string, Signal<Value | undefined>>()
  readonly #most: number

  constructor(most: number = MOST) {
    this.#most = most
  }

  /** One of them; it is followed also if it comes later. */
  of(id: string): ReadonlySignal<Value | undefined> {
    return this.#at(id)
  }

  put(id: string, value: Value): void {
    this.#at(id).value = value
  }

  /** Changes what is known of one; of what is not known nothing is made. */
  change(id: string, next: (before: Value) => Value): void {
    const known = this.#byId.get(id)
    const before = known?.peek()
    if (known !== undefined && before !== undefined) known.value = next(before)
  }

  forget(id: string): void {
    const known = this.#byId.get(id)
    if (known === undefined) return
    known.value = undefined
    this.#byId.delete(id)
  }

  get size(): number {
    return this.#byId.size
  }

  #at(id: string): Signal<Value | undefined> {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const made = signal<Value | undefined>(undefined)
    this.#byId.set(id, made)
    if (this.#byId.size > this.#most) {
      const [oldest] = this.#byId.keys()
      if (oldest !== undefined) this.#byId.delete(oldest)
    }
    return made
  }
}
