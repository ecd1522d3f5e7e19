/** Waits for its turn. */
interface Waiter {
  readonly enter: () => void
}

/**
 * Lets so many in at once as there are connections to be had, and the others in order as those leave. How many that is, a server may say only by
 * refusing one more: then the gate is narrowed, and widened again bit by bit.
 */
export class ConnectionGate {
  readonly #widest: number
  #width: number
  #inside = 0
  #waiting: Waiter[] = []

  constructor(width: number) {
    this.#widest = width
    this.#width = width
  }

  get width(): number {
    return this.#width
  }

  /** Somebody waits, and would not if it were as wide as it can be. */
  get isTooNarrow(): boolean {
    return this.#waiting.length > 0 && this.#width < this.#widest
  }

  /** Resolves inside: to false, and outside, if `tooLate` comes first. `first`: before all who wait already. */
  async enter(tooLate: AbortSignal, { first = false } = {}): Promise<boolean> {
    if (tooLate.aborted) return false
    if (this.#inside < this.#width && (first || this.#waiting.length === 0)) {
      this.#inside++
      return true
    }
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiter = { enter: () => resolve(true) }
    if (first) this.#waiting.unshift(waiter)
    else this.#waiting.push(waiter)
    const giveUp = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter)
      resolve(false)
    }
    tooLate.addEventListener('abort', giveUp, { once: true })
    try {
      return await promise
    } finally {
      tooLate.removeEventListener('abort', giveUp)
    }
  }

  leave(): void {
    this.#inside--
    this.#admit()
  }

  /** Only so many are to be had. At least one may always try. */
  narrow(width: number): void {
    this.#width = Math.max(1, Math.min(width, this.#width))
  }

  /** At least so many are to be had. */
  widen(width: number): void {
    this.#width = Math.max(this.#width, Math.min(width, this.#widest))
    this.#admit()
  }

  #admit(): void {
    while (this.#inside < this.#width) {
      const next = this.#waiting.shift()
      if (!next) return
      this.#inside++
      next.enter()
    }
  }
}
