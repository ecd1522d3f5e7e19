import type { Clock, Logger, Random } from '../../environment.ts'
import { BusyError, WrongSchemaError } from '../../errors.ts'
import { backendOf, type Outages, outagesOf } from '../../logging/outages.ts'
import { plainError } from '../../logging/plain-error.ts'
import { retryDelayMs } from '../retry/retry.ts'

/** Between two tries to reach a backend that is away. */
const BACKOFF = { baseMs: 100, capMs: 2_000 }

/** So that not even the luckiest draw makes a busy loop. */
const SHORTEST_MS = 10

/** As often a loop finds a backend busy before that is told: by then it is starved, not unlucky. */
const STARVED_AFTER = 5

/** So that of all loops that meet one misconfiguration only the first says so. */
const said = new WeakMap<Logger, string>()

/** A loop's patience with a backend: waits longer from try to try, and reports to the {@link Outages} that all loops share. */
export class Outage {
  readonly #what: string
  readonly #clock: Clock
  readonly #random: Random
  readonly #logger: Logger
  readonly #outages: Outages
  /** The failures that it was told of since it last worked. */
  readonly #met = new Set<string>()
  #tries = 0

  constructor(
    what: string,
    deps: {
      readonly clock: Clock
      readonly random: Random
      readonly logger: Logger
      readonly outages?: Outages | undefined
    },
  ) {
    this.#what = what
    this.#clock = deps.clock
    this.#random = deps.random
    this.#logger = deps.logger
    this.#outages = outagesOf(deps)
  }

  /** Waits before the next try; less when `signal` aborts. An error that only a person can put right is not tried again. */
  async pause(error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof WrongSchemaError) {
      this.#giveUp(error)
      await aborted(signal)
      return
    }
    this.#tries++
    const backend = backendOf(error)
    const met = backend ?? this.#what
    if (error instanceof BusyError && this.#tries < STARVED_AFTER) {
      this.#logger.debug({ err: error }, `${this.#what} waits its turn`)
      await this.#wait(signal)
      return
    }
    this.#met.add(met)
    if (backend === undefined) {
      const err = plainError(error)
      this.#outages.failed(plainError(err, { message: `${this.#what} failed (${err.message})` }), met)
    } else {
      this.#outages.failed(error, met)
    }
    await this.#wait(signal)
  }

  /** It worked. */
  over(): void {
    if (this.#tries === 0) return
    for (const met of this.#met) this.#outages.worked(met)
    this.#met.clear()
    this.#tries = 0
  }

  #wait(signal: AbortSignal): Promise<void> {
    return this.#clock.wait(SHORTEST_MS + retryDelayMs(BACKOFF, this.#tries, this.#random), signal)
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
