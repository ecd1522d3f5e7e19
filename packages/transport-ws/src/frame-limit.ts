/** Frames that a connection may send a second, on average, and at once. */
const PER_SECOND = 20
const BURST = 100

/** Counts what a connection sends: past the limit it is refused, until it has been quiet for a while. */
export class FrameLimit {
  #left = BURST
  #at = Date.now()

  allows(): boolean {
    const now = Date.now()
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) / 1_000) * PER_SECOND)
    this.#at = now
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
