import type { Delivery } from './ports.ts'

/** A delivery that came to this worker and stands before a slot. */
export interface Waiting {
  readonly delivery: Delivery
  /** A slot is its own (`true`), or the worker takes no more. */
  readonly enter: (slot: boolean) => void
}

/** Begins are counted over stretches of this length to see how fast a pool works. */
const STRETCH_MS = 50

/** Slots that job types share: at most so many of their jobs are worked on at once. */
export class Pool {
  readonly types: string[] = []
  readonly slots: number
  #busy = 0
  #waiting: Waiting[] = []
  /** Where the line begins; what lies before is gone. */
  #head = 0
  #shut = false
  #stretchAt = 0
  #begun = 0
  #begunBefore = 0

  constructor(slots: number) {
    this.slots = slots
  }

  /** Deliveries that wait for a slot. */
  get waiting(): number {
    return this.#waiting.length - this.#head
  }

  get busy(): number {
    return this.#busy
  }

  /** Waits for a slot, first come first served; false when the worker takes no more. */
  enter(delivery: Delivery): Promise<boolean> | boolean {
    if (this.#shut) return false
    if (this.#busy < this.slots) {
      this.#busy++
      return true
    }
    return new Promise((resolve) => {
      this.#waiting.push({ delivery, enter: resolve })
    })
  }

  /** Gives a slot back; whoever waits first has it. */
  leave(): void {
    const next = this.#waiting[this.#head]
    if (!next) {
      this.#busy--
      return
    }
    this.#head++
    if (this.#head === this.#waiting.length) {
      this.#waiting = []
      this.#head = 0
    }
    next.enter(true)
  }

  /** Sends away everybody who waits, and whoever comes. */
  shut(): void {
    this.#shut = true
    for (const { enter } of this.#waiting.slice(this.#head)) enter(false)
    this.#waiting = []
    this.#head = 0
  }

  /** Says that `count` jobs began. */
  began(count: number, now: number): void {
    this.#turnStretch(now)
    this.#begun += count
  }

  /**
   * How many deliveries should wait: four for each free slot, or two for each job begun lately, at most four for each slot. What waits here starts
   * before anything of higher priority that comes later, so a pool of slow jobs holds nothing back, and a pool of fast ones is never idle.
   */
  window(now: number): number {
    this.#turnStretch(now)
    const lately = this.#begun + this.#begunBefore
    return Math.min(4 * this.slots, Math.max(4 * (this.slots - this.#busy), 2 * lately))
  }

  #turnStretch(now: number): void {
    const past = now - this.#stretchAt
    if (past < STRETCH_MS) return
    this.#begunBefore = past < 2 * STRETCH_MS ? this.#begun : 0
    this.#begun = 0
    this.#stretchAt = now
  }
}
