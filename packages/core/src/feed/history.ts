import type { EventStore } from '../events/event-store.ts'
import { Coalesced } from './coalesced.ts'

/** How often is looked whether the facts are of another history. */
const EPOCH_MS = 1_000

interface Deps {
  readonly events: Pick<EventStore, 'epoch'>
  /** By `elapsedMs`. */
  readonly now: () => number
  /** Puts everybody where the other history stands. */
  readonly restart: () => Promise<void>
}

/** Knows which history of facts the numbers in the feeds are of. */
export class History {
  readonly #deps: Deps
  readonly #check = new Coalesced(() => this.#read())
  #epoch = ''
  #readAt = 0

  constructor(deps: Deps) {
    this.#deps = deps
  }

  get epoch(): string {
    return this.#epoch
  }

  async begin(): Promise<void> {
    this.#epoch = await this.#deps.events.epoch()
    this.#readAt = this.#deps.now()
  }

  isDue(now: number): boolean {
    return now - this.#readAt >= EPOCH_MS
  }

  /** Looks whether the database has become another. */
  check(): Promise<void> {
    return this.#check.run()
  }

  /** The database is another, or was put back to what it once was. Nothing that anybody has seen can be gone on from. */
  async becameAnother(): Promise<void> {
    this.#epoch = await this.#deps.events.epoch()
    await this.#deps.restart()
  }

  async #read(): Promise<void> {
    this.#readAt = this.#deps.now()
    const epoch = await this.#deps.events.epoch()
    if (epoch !== this.#epoch) await this.becameAnother()
  }
}
