import type { Clock } from '@muster/core/ports'

interface Sleeper {
  readonly owner: object
  readonly at: number
  readonly wake: () => void
}

/** 2026-01-05 09:00 UTC. */
const MONDAY = Date.UTC(2026, 0, 5, 9)

/** One time for all processes, which moves only when told to. Who sleeps wakes when it has come, and not if its process has died. */
export class SimulatedTime {
  #now = MONDAY
  /** By moment, then in the order of falling asleep. */
  #sleepers: Sleeper[] = []

  get now(): number {
    return this.#now
  }

  /** Milliseconds since the beginning. */
  get elapsed(): number {
    return this.#now - MONDAY
  }

  /** Milliseconds until the next sleeper wakes; `undefined` where nobody sleeps. */
  get untilNext(): number | undefined {
    const [next] = this.#sleepers
    return next && Math.max(0, next.at - this.#now)
  }

  /** The clock of one process. */
  clockOf(owner: object): Clock {
    return { now: () => new Date(this.#now), wait: (ms, signal) => this.#sleep(owner, ms, signal) }
  }

  /** Lets time pass, and wakes whose moment has come, in the order of the moments. */
  pass(ms: number): void {
    this.#now += ms
    const asleep = this.#sleepers.findIndex(({ at }) => at > this.#now)
    const awake = this.#sleepers.splice(0, asleep === -1 ? this.#sleepers.length : asleep)
    for (const { wake } of awake) wake()
  }

  drop(owner: object): void {
    this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.owner !== owner)
  }

  #sleep(owner: object, ms: number, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const stop = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
        resolve()
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const sleeper: Sleeper = { owner, at: this.#now + Math.max(0, ms), wake }
      const place = this.#sleepers.findIndex(({ at }) => at > sleeper.at)
      this.#sleepers.splice(place === -1 ? this.#sleepers.length : place, 0, sleeper)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }
}
