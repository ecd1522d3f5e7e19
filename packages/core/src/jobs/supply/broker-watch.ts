import type { Clock, Logger } from '../../environment.ts'
import { QueueError } from '../../errors.ts'
import { backendOf, type Outages, outagesOf } from '../../logging/outages.ts'
import { elapsedMs } from '../../time.ts'
import type { JobQueue } from '../job-queue.ts'

/** How often the broker is asked whether it works: as long as it does, and while it does not. */
const CHECK_MS = 1_000
export const RECHECK_MS = 250

/** How long an answer of the broker is waited for. */
const PATIENCE_MS = 3_000

/** How long it must have worked without a break before it is relied on again; doubled up to the longest if it fails soon after. */
const STEADY_MS = 1_000
const LONGEST_STEADY_MS = 30_000

interface Deps {
  readonly queue: Pick<JobQueue, 'check'>
  readonly clock: Clock
  readonly logger: Logger
  readonly outages?: Outages | undefined
}

/**
 * Whether the broker can be relied on. One failure is enough to say no; a yes needs a while without any, so that a broker on the verge does not
 * make workers change sides all the time.
 */
export class BrokerWatch {
  readonly #deps: Deps
  readonly #outages: Outages
  /** The part that failed. */
  #backend = 'job queue'
  readonly #stop = new AbortController()
  /** Rejects what waits for an answer. */
  readonly #asking = new Set<(error: unknown) => void>()
  #awake = new AbortController()
  #works = true
  #worksSince: number | undefined
  #backAt = Number.NEGATIVE_INFINITY
  #steadyMs = STEADY_MS
  #loop: Promise<void> | undefined

  constructor(deps: Deps) {
    this.#deps = deps
    this.#outages = outagesOf(deps)
  }

  /** Whether jobs should go through the broker now. */
  get works(): boolean {
    return this.#works
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /**
   * The broker's answer to `call`.
   * @throws whatever `call` rejects with, and QueueError if there is no answer within {@link PATIENCE_MS} or the broker fails meanwhile; then {@link works} is false
   */
  async ask<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    const over = new AbortController()
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#asking.add(reject)
    void this.#deps.clock.wait(PATIENCE_MS, over.signal).then(() => {
      if (!over.signal.aborted) reject(new QueueError('The job queue does not answer'))
    })
    try {
      call().then(resolve, reject)
      return await promise
    } catch (error) {
      this.failed(error)
      throw error
    } finally {
      this.#asking.delete(reject)
      over.abort()
    }
  }

  /** Something that the broker should have done failed. */
  failed(error: unknown): void {
    this.#worksSince = undefined
    if (this.#stop.signal.aborted) return
    this.#backend = backendOf(error) ?? 'job queue'
    this.#outages.failed(error, this.#backend)
    if (!this.#works) return
    const { clock, logger } = this.#deps
    this.#works = false
    const soon = elapsedMs(clock) - this.#backAt < LONGEST_STEADY_MS
    this.#steadyMs = soon ? Math.min(LONGEST_STEADY_MS, 2 * this.#steadyMs) : STEADY_MS
    logger.debug({ err: error }, 'The job queue does not work: jobs are taken from the store until it does')
    this.#giveUp(error)
    this.#awake.abort()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#giveUp(new QueueError('The worker closes'))
    await this.#loop
  }

  async #run(): Promise<void> {
    const { clock, queue } = this.#deps
    while (!this.#stop.signal.aborted) {
      this.#awake = new AbortController()
      await clock.wait(
        this.#works ? CHECK_MS : RECHECK_MS,
        AbortSignal.any([this.#stop.signal, this.#awake.signal]),
      )
      if (this.#stop.signal.aborted) return
      try {
        await this.ask(() => queue.check())
        this.#worked()
      } catch {
        // `ask` has noted it.
      }
    }
  }

  #giveUp(error: unknown): void {
    for (const reject of this.#asking) reject(error)
  }

  #worked(): void {
    if (this.#works) return
    const now = elapsedMs(this.#deps.clock)
    this.#worksSince ??= now
    if (now - this.#worksSince < this.#steadyMs) return
    this.#works = true
    this.#backAt = now
    this.#outages.worked(this.#backend)
    this.#deps.logger.info({}, 'The job queue works again: jobs go through it')
  }
}
