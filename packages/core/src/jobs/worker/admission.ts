import type { Pool } from './pool.ts'

/** Jobs that may wait to be recorded before nothing more is let in. */
const RECORDING = 200

/**
 * Lets what a broker delivers to a pool in, to be begun: as many jobs as there are slots, and while the pool works through them fast a few
 * more, so that no slot is idle for a round trip. The broker gives a delivery for each free hand: hands are released as far as there will be room for what they bring.
 */
export class Admission {
  readonly #pool: Pool
  #line: ((admitted: boolean) => void)[] = []
  /** Of deliveries that still hold a hand, the oldest first. */
  readonly #hands = new Set<() => void>()
  /** Let in or come another way, and not done with their slot. */
  #inside = 0
  #recording = 0
  #shut = false

  constructor(pool: Pool) {
    this.#pool = pool
  }

  /** Waits for admission; `false`: nobody is let in again. */
  enter(release: () => void): Promise<boolean> {
    if (this.#shut) return Promise.resolve(false)
    this.#hands.add(release)
    return new Promise((resolve) => {
      this.#line.push(resolve)
      this.#turn()
    })
  }

  /** Jobs that were let in, or came another way, and need a slot. */
  get inside(): number {
    return this.#inside
  }

  /** One came another way: so much less is let in. Ends with {@link leave} and {@link end}. */
  admit(): void {
    this.#inside++
  }

  /** One that is inside no longer needs a slot. */
  leave(): void {
    this.#inside--
    this.#recording++
    this.#turn()
  }

  /** It is recorded, and so its hand is free in any case. */
  end(release?: () => void): void {
    this.#recording--
    if (release) this.#hands.delete(release)
    this.#turn()
  }

  shut(): void {
    this.#shut = true
    const line = this.#line
    this.#line = []
    for (const resolve of line) resolve(false)
  }

  #turn(): void {
    if (this.#shut || this.#recording >= RECORDING) return
    const ahead = this.#pool.ahead()
    for (; this.#inside < this.#pool.slots + ahead && this.#line.length > 0; this.#inside++) {
      this.#line.shift()?.(true)
    }
    for (const release of this.#hands) {
      if (this.#hands.size + ahead <= this.#inside + this.#line.length) break
      this.#hands.delete(release)
      release()
    }
  }
}
