import { WrongSchemaError } from '../errors.ts'
import type { Clock, Logger, Random } from '../ports.ts'
import { retryDelayMs } from './retry.ts'

/** Between two tries to reach a backend that is away. */
const BACKOFF = { baseMs: 100, capMs: 2_000 }

/** So that not even the luckiest draw makes a busy loop. */
const SHORTEST_MS = 10

/** So that of all loops that meet one misconfiguration only the first says so. */
const said = new WeakMap<Logger, string>()

/** A loop's patience with a backend: says once that it is away and once that it is back, and waits longer from try to try. */
export class Outage {
  readonly #what: string
  readonly #clock: Clock
  readonly #random: Random
  readonly #logger: Logger
  #tries = 0

  constructor(
    what: string,
    { clock, random, logger }: { readonly clock: Clock; readonly random: Random; readonly logger: Logger },
  ) {
    this.#what = what
    this.#clock = clock
    this.#random = random
    this.#logger = logger
  }

  /** Waits before the next try; less when `signal` aborts. What only a person can put right is not tried again. */
  async pause(error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof WrongSchemaError) {
      this.#giveUp(error)
      await aborted(signal)
      return
    }
    this.#tries++
    if (this.#tries === 1) this.#logger.warn({ err: error }, `${this.#what} failed, is tried again`)
    else this.#logger.debug({ err: error, tries: this.#tries }, `${this.#what} failed again`)
    await this.#clock.wait(SHORTEST_MS + retryDelayMs(BACKOFF, this.#tries, this.#random), signal)
  }

  /** It worked. */
  over(): void {
    if (this.#tries === 0) return
    this.#logger.info({ tries: this.#tries }, `${this.#what} works again`)
    this.#tries = 0
  }

  #giveUp(error: WrongSchemaError): void {
    const level = said.get(this.#logger) === error.message ? 'debug' : 'error'
    said.set(this.#logger, error.message)
    this.#logger[level]({ err: error }, `${this.#what} is given up: ${error.message}`)
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
