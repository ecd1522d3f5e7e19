/**
 * Reads once for all who ask for the same while the reading of it has not begun. A caller that asks while it is read gets the next reading: what it knew when
 * asking, it sees.
 */
export class SharedReads<Value> {
  readonly #waiting = new Map<string, Promise<Value>>()
  readonly #running = new Map<string, Promise<unknown>>()

  read(key: string, read: () => Promise<Value>): Promise<Value> {
    const waiting = this.#waiting.get(key) ?? this.#after(key, read)
    this.#waiting.set(key, waiting)
    return waiting
  }

  async #after(key: string, read: () => Promise<Value>): Promise<Value> {
    // Those who ask in one go find this waiting, also if nothing is being read.
    await this.#running.get(key)?.catch(() => undefined)
    this.#waiting.delete(key)
    const running = read()
    this.#running.set(key, running)
    try {
      return await running
    } finally {
      if (this.#running.get(key) === running) this.#running.delete(key)
    }
  }
}
