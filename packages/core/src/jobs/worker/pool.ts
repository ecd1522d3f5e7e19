/** A job that stands before a slot. */
interface Waiting {
  /** By `elapsedMs`. */
  readonly since: number
  /** A slot is its own (`true`), or it is sent away. */
  readonly enter: (slot: boolean) => void
}

/** Begins are counted over stretches of this length to see how fast a pool works. */
const STRETCH_MS = 50

/** Jobs on their way for each slot, at most: a few slots need as large a bite as many, or each statement begins hardly anything. */
const MOST_AHEAD = 16

/** So many of those that are gone are kept at most. */
const LONGEST_PAST = 1_024

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

  /** Jobs that wait for a slot. */
  get waiting(): number {
    return this.#waiting.length - this.#head
  }

  get free(): number {
    return this.slots - this.#busy
  }

  /** Waits for a slot, first come first served: `enter` is told `true` when it has one, at once if one is free, or `false` when it is sent away. */
  enter(now: number, enter: (slot: boolean) => void): void {
    if (this.#shut) enter(false)
    else if (this.#busy < this.slots) {
      this.#busy++
      enter(true)
    } else this.#waiting.push({ since: now, enter })
  }

  /** Gives a slot back; the first that waits has it. */
  leave(): void {
    const next = this.#waiting[this.#head]
    if (next) {
      this.#passed(1)
      next.enter(true)
    } else this.#busy--
  }

  /** Sends away who has waited since `before` or longer. */
  sendAway(before: number): void {
    const waiting = this.#waiting.slice(this.#head)
    const tooLong = waiting.filter(({ since }) => since <= before)
    this.#passed(tooLong.length)
    for (const { enter } of tooLong) enter(false)
  }

  /** Sends away everybody who waits, and all who come later. */
  shut(): void {
    this.#shut = true
    this.sendAway(Number.POSITIVE_INFINITY)
  }

  /** Says that `count` jobs began. */
  began(count: number, now: number): void {
    this.#turnStretch(now)
    this.#begun += count
  }

  /**
   * How many deliveries should wait: four for each free slot, or two for each job begun lately, at most sixteen for each slot. Deliveries that wait here start
   * before anything of higher priority that comes later, so a pool of slow jobs holds nothing back, and a pool of fast ones is never idle.
   */
  window(now: number): number {
    this.#turnStretch(now)
    return Math.min(MOST_AHEAD * this.slots, Math.max(4 * this.free, 2 * (this.#begun + this.#begunBefore)))
  }

  /**
   * How many jobs may have begun beyond the slots: what the pool works through in some 15 ms, at most {@link MOST_AHEAD} for each slot, and none in a pool
   * of slow jobs. Without `now` by the last count.
   */
  ahead(now?: number): number {
    if (now !== undefined) this.#turnStretch(now)
    return Math.min(MOST_AHEAD * this.slots, (this.#begun + this.#begunBefore) >> 2)
  }

  #turnStretch(now: number): void {
    const past = now - this.#stretchAt
    if (past < STRETCH_MS) return
    this.#begunBefore = past < 2 * STRETCH_MS ? this.#begun : 0
    this.#begun = 0
    this.#stretchAt = now
  }

  #passed(count: number): void {
    this.#head += count
    if (this.#head < this.#waiting.length && this.#head < LONGEST_PAST) return
    this.#waiting = this.#waiting.slice(this.#head)
    this.#head = 0
  }
}
