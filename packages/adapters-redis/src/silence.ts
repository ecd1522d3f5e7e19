/** How often it is looked whether this process still runs, in ms. */
export const LOOK_MS = 50

/**
 * How long nothing was heard, in time in which this process could have heard it: a loop that was held up, as while code is loaded, has not listened, so
 * a long turn of it counts as a short one.
 */
export class Silence {
  #ms = 0
  #lookedAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  readonly #now: () => number

  /** @param now milliseconds that only grow */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Begins, unless it has. */
  begin(): void {
    if (this.#lookedAt !== undefined) return
    this.#ms = 0
    this.#lookedAt = this.#now()
    this.#timer = setInterval(() => this.#look(), LOOK_MS).unref()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#lookedAt = undefined
  }

  /** How long it has been, in ms; 0 if it has not begun. */
  get ms(): number {
    if (this.#lookedAt === undefined) return 0
    this.#look()
    return this.#ms
  }

  #look(): void {
    const now = this.#now()
    this.#ms += Math.min(now - (this.#lookedAt ?? now), 2 * LOOK_MS)
    this.#lookedAt = now
  }
}
