/** Lets one piece of work run at a time, in the order of asking. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work)
    // The caller learns of a failure; the next in line only waits for the end.
    this.#last = turn.catch(() => undefined)
    return turn
  }
}
