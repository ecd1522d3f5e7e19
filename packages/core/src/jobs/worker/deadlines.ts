import type { Clock } from '../../environment.ts'
import { elapsedMs } from '../../time.ts'

/** Timers of the platform count in 31 bits. */
const LONGEST_WAIT_MS = 2 ** 30

/** Something that must not last for ever. */
export interface Expiring {
  /** By `elapsedMs`. May be moved while watched, by telling {@link Deadlines.moved}. */
  deadlineAt: number
}

/**
 * Watches many deadlines with one wait, so that nothing is paid per job: most end long before theirs. Looks at all that is
 * watched only when the earliest known deadline has come.
 */
export class Deadlines<Watched extends Expiring> {
  readonly #clock: Clock
  readonly #watched: ReadonlySet<Watched>
  readonly #expired: (one: Watched) => void
  readonly #stop = new AbortController()
  #wakeAt = Number.POSITIVE_INFINITY
  #rearm = new AbortController()
  #loop: Promise<void> | undefined

  /** `expired` is told of each in `watched` whose deadline has come; it moves the deadline or takes it out. */
  constructor(clock: Clock, watched: ReadonlySet<Watched>, expired: (one: Watched) => void) {
    this.#clock = clock
    this.#watched = watched
    this.#expired = expired
  }

  /** There is a deadline that is new or was moved. */
  moved(deadlineAt: number): void {
    if (deadlineAt >= this.#wakeAt) return
    this.#wakeAt = deadlineAt
    if (this.#loop) this.#rearm.abort()
    else this.#loop = this.#run()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#rearm.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted && this.#wakeAt < Number.POSITIVE_INFINITY) {
      this.#rearm = new AbortController()
      await this.#clock.wait(
        Math.min(this.#wakeAt - elapsedMs(this.#clock), LONGEST_WAIT_MS),
        this.#rearm.signal,
      )
      const now = elapsedMs(this.#clock)
      if (now < this.#wakeAt) continue
      this.#wakeAt = Number.POSITIVE_INFINITY
      for (const one of this.#watched) if (one.deadlineAt <= now) this.#expired(one)
      for (const { deadlineAt } of this.#watched) this.#wakeAt = Math.min(this.#wakeAt, deadlineAt)
    }
    this.#loop = undefined
  }
}
