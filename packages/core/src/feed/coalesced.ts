/**
 * Runs `work` once for all who ask while it has not begun. A caller that asks while it runs gets another run, which begins after it asked: what it
 * knew when asking, it sees.
 */
export class Coalesced {
  readonly #work: () => Promise<void>
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  run(): Promise<void> {
    this.#next ??= this.#after(this.#running)
    return this.#next
  }

  async #after(running: Promise<void>): Promise<void> {
    await running.catch(() => undefined)
    this.#running = this.#begin()
    await this.#running
  }

  async #begin(): Promise<void> {
    this.#next = undefined
    await this.#work()
  }
}
