import { type ReadonlySignal, signal } from '@preact/signals'

/** What is selected in a list: ids, or all that match its filter, which are more than are shown. */
export class Selection {
  readonly #shown: () => readonly string[]
  readonly #ids = signal<ReadonlySet<string>>(new Set())
  readonly #isAllMatching = signal(false)
  #last: string | undefined

  /** `shown` gives the ids of the rows that are shown, in order. */
  constructor(shown: () => readonly string[]) {
    this.#shown = shown
  }

  /** The ids that are selected one by one. */
  get ids(): ReadonlySignal<ReadonlySet<string>> {
    return this.#ids
  }

  /** All that match are selected, shown or not: a filter and a number stand for them. */
  get isAllMatching(): ReadonlySignal<boolean> {
    return this.#isAllMatching
  }

  has(id: string): boolean {
    return this.#isAllMatching.value || this.#ids.value.has(id)
  }

  /** How many are selected, where so many match. */
  count(matching: number): number {
    return this.#isAllMatching.value ? matching : this.#ids.value.size
  }

  toggle(id: string): void {
    const next = new Set(this.#isAllMatching.peek() ? this.#shown() : this.#ids.peek())
    if (!next.delete(id)) next.add(id)
    this.#set(next, id)
  }

  add(id: string): void {
    this.#set(new Set([...this.#ids.peek(), id]), id)
  }

  /** Selects all from the row that was selected last to this one. */
  range(id: string): void {
    const shown = this.#shown()
    const [one, other] = [shown.indexOf(this.#last ?? id), shown.indexOf(id)]
    const rows = one < 0 || other < 0 ? [id] : shown.slice(Math.min(one, other), Math.max(one, other) + 1)
    this.#set(new Set([...this.#ids.peek(), ...rows]), id)
  }

  /** All that is shown; if that is selected already, all that match. */
  all(): void {
    const shown = this.#shown()
    if (shown.length > 0 && shown.every((id) => this.#ids.peek().has(id))) this.#isAllMatching.value = true
    else this.#set(new Set(shown), shown.at(-1))
  }

  clear(): void {
    this.#set(new Set(), undefined)
  }

  #set(ids: ReadonlySet<string>, last: string | undefined): void {
    this.#ids.value = ids
    this.#isAllMatching.value = false
    this.#last = last
  }
}
