import type { Clock, Logger } from '../environment.ts'

interface GatheredDeps {
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Says of each key what was noted last, all that has gathered at once and no sooner than a while after the first of it. It never holds up the work: a signal
 * that cannot be said is dropped.
 */
export class Gathered<Key, Noted> {
  readonly #deps: GatheredDeps
  readonly #everyMs: number
  readonly #say: (key: Key, noted: Noted) => Promise<void>
  readonly #stop = new AbortController()
  #noted = new Map<Key, Noted>()
  #loop: Promise<void> | undefined

  /** @param everyMs between two sayings, at least */
  constructor(deps: GatheredDeps, everyMs: number, say: (key: Key, noted: Noted) => Promise<void>) {
    this.#deps = deps
    this.#everyMs = everyMs
    this.#say = say
  }

  /** Notes what `of` makes of what is noted already. After the close nothing more is said. */
  note(key: Key, of: (noted: Noted | undefined) => Noted): void {
    if (this.#stop.signal.aborted) return
    this.#noted.set(key, of(this.#noted.get(key)))
    this.#loop ??= this.#run()
  }

  /** Says what is left to say, and no more. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#deps
    while (this.#noted.size > 0) {
      await clock.wait(this.#everyMs, this.#stop.signal)
      const noted = this.#noted
      this.#noted = new Map()
      for (const [key, one] of noted) {
        try {
          await this.#say(key, one)
        } catch (error) {
          logger.debug({ err: error, key }, 'Signals were dropped')
        }
      }
    }
    this.#loop = undefined
  }
}
