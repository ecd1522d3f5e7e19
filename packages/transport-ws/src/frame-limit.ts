import type { Clock } from '@muster/core/ports'

/** Frames that a connection may send a second, on average, and at once. */
const PER_SECOND = 20
const BURST = 100

/**
 * Limits what a connection sends, as a token bucket. A refused frame takes nothing from the bucket,
 * so a client that keeps asking too early is let in as soon as one that waits.
 */
export class FrameLimit {
  readonly #clock: Pick<Clock, 'now'>
  #left = BURST
  #at: number

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
    this.#at = clock.now().getTime()
  }

  /** Lets a frame in and gives `undefined`, or gives after how many ms one is let in again. */
  refusal(): number | undefined {
    const now = this.#clock.now().getTime()
    // A clock that was set back must not take away what is left.
    const passed = Math.max(0, now - this.#at)
    this.#at = now
    this.#left = Math.min(BURST, this.#left + (passed / 1_000) * PER_SECOND)
    if (this.#left < 1) return Math.ceil(((1 - this.#left) / PER_SECOND) * 1_000)
    this.#left -= 1
    return undefined
  }
}
