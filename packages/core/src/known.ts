/** The things that were asked for last, by their ids. */
export class Known<Id, Thing> {
  readonly #things = new Map<Id, Thing>()
  readonly #most: number

  /** @param most kept at once */
  constructor(most: number) {
    this.#most = most
  }

  get(id: Id): Thing | undefined {
    const thing = this.#things.get(id)
    if (thing !== undefined) this.set(id, thing)
    return thing
  }

  set(id: Id, thing: Thing): void {
    this.#things.delete(id)
    this.#things.set(id, thing)
    const [oldest] = this.#things.keys()
    if (this.#things.size > this.#most && oldest !== undefined) this.#things.delete(oldest)
  }
}
