import type { JobId } from '@muster/core'
import type { Delivery } from '@muster/core/ports'

/** Read places are given back to the array in slices of this size at least. */
const SLICE = 1_024

/** First in, first out; each job at most once. Removing is O(1): what was removed is skipped when its turn comes. */
export class DeliveryLine {
  readonly #waiting = new Map<JobId, Delivery>()
  #order: Delivery[] = []
  #next = 0

  get size(): number {
    return this.#waiting.size
  }

  /** Adds it at the end and says so, unless the job is here already. */
  add(delivery: Delivery): boolean {
    if (this.#waiting.has(delivery.jobId)) return false
    const kept = { ...delivery }
    this.#waiting.set(kept.jobId, kept)
    this.#order.push(kept)
    return true
  }

  take(): Delivery | undefined {
    for (;;) {
      const first = this.#order[this.#next]
      if (!first) {
        this.#order = []
        this.#next = 0
        return undefined
      }
      this.#next++
      if (this.#next >= SLICE && this.#next * 2 >= this.#order.length) {
        this.#order = this.#order.slice(this.#next)
        this.#next = 0
      }
      if (this.#waiting.get(first.jobId) === first) {
        this.#waiting.delete(first.jobId)
        return first
      }
    }
  }

  remove(jobId: JobId): void {
    this.#waiting.delete(jobId)
  }

  clear(): void {
    this.#waiting.clear()
  }
}
