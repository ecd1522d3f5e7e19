import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@muster/core/ports'

interface Waiter {
  readonly at: number
  release(): void
}

/** 2026-01-05 09:00 UTC, a Monday: when a virtual clock starts unless told otherwise. */
const MONDAY = Date.UTC(2026, 0, 5, 9)

/** A clock that stands still until {@link advance} moves it. Who waits on it is released in the order of the moments waited for. */
export class VirtualClock implements Clock {
  readonly virtual = true
  #now: number
  /** By moment, then in the order of asking. */
  #waiters: Waiter[] = []

  constructor(start: Date = new Date(MONDAY)) {
    this.#now = start.getTime()
  }

  now(): Date {
    return new Date(this.#now)
  }

  /** A wait of 0 ms ends with the next {@link advance}, be it of 0 ms. */
  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter: Waiter = { at: this.#now + Math.max(0, ms), release: resolve }
    const place = this.#waiters.findIndex(({ at }) => at > waiter.at)
    this.#waiters.splice(place === -1 ? this.#waiters.length : place, 0, waiter)
    const stop = (): void => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter)
      resolve()
    }
    signal?.addEventListener('abort', stop, { once: true })
    await promise
    signal?.removeEventListener('abort', stop)
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiters.length
  }

  /** The moment that is waited for next. */
  get nextWakeAt(): Date | undefined {
    const next = this.#waiters[0]
    return next && new Date(next.at)
  }

  /**
   * Lets `ms` milliseconds pass. Stops at each moment somebody waits for, and lets whoever it released go as far as promises carry
   * (not timers, files or sockets), so that what they wait for next inside the same stretch is reached too.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    await nextTurn()
    for (let next = this.#waiters[0]; next && next.at <= until; next = this.#waiters[0]) {
      this.#waiters.shift()
      this.#now = Math.max(this.#now, next.at)
      next.release()
      await nextTurn()
    }
    this.#now = Math.max(this.#now, until)
  }
}
