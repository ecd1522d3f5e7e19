import type { Clock, Logger, Metrics } from './environment.ts'

/** How often a process in use compares its clock with its store's, in ms. */
export const COMPARE_MS = 2_000

/** A machine whose clock is off by more, in ms, is told so. */
const TOLERATED_MS = 2_000

/** Between two looks at the machine's clock it was set if it went so many ms more, or less, than time passed. */
const STEP_MS = 500

/** The resolution of both clocks, in ms. */
const TICK_MS = 1

/** Milliseconds since some moment, for what lasts: unlike `now()` it stays true if somebody sets the clock. */
export function elapsedMs(clock: Clock): number {
  return clock.elapsed?.() ?? clock.now().getTime()
}

/** Waits for `work`, but for `ms` milliseconds at most. @throws what `work` throws meanwhile */
export async function atMost(clock: Clock, work: Promise<unknown>, ms: number): Promise<void> {
  const done = new AbortController()
  await Promise.race([work.finally(() => done.abort()), clock.wait(ms, done.signal)])
}

/** A store with a clock of its own, and who hears of what is found there. */
export interface ComparedWith {
  readonly time: () => Promise<Date>
  readonly logger: Logger
  readonly metrics: Metrics
}

/**
 * The store's time, wherever this process stands. Leases, delays and holds are written by one process and judged by
 * others, so all must mean the same clock: the store's. Between comparisons time goes on by what has elapsed here,
 * so that setting the machine's clock moves nothing. Until {@link follow}, and for a virtual clock, it is the given clock.
 */
export class StoreClock implements Clock {
  readonly #clock: Clock
  readonly #steady: () => number
  #with: ComparedWith | undefined
  /** The store's time less what has elapsed, in ms, as far as known. */
  #ahead = 0
  /** The machine's time less what has elapsed, in ms, when last looked at. */
  #machineAhead = 0
  #comparedAt = Number.NEGATIVE_INFINITY
  #comparing: Promise<void> | undefined
  #warned = false

  /** `steady` measures time for a clock that has no `elapsed` itself. */
  constructor(clock: Clock, steady: () => number = () => elapsedMs(clock)) {
    this.#clock = clock
    this.#steady = clock.elapsed ? () => elapsedMs(clock) : steady
  }

  /** Whether the given clock is. */
  get virtual(): boolean {
    return this.#clock.virtual === true
  }

  now(): Date {
    if (!this.#with) return this.#clock.now()
    const elapsed = this.#steady()
    const machineAhead = this.#clock.now().getTime() - elapsed
    const set = Math.abs(machineAhead - this.#machineAhead) > STEP_MS
    this.#machineAhead = machineAhead
    if (set || elapsed - this.#comparedAt >= COMPARE_MS) void this.compare()
    return new Date(elapsed + this.#ahead)
  }

  elapsed(): number {
    return this.#with ? this.#steady() : elapsedMs(this.#clock)
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#clock.wait(ms, signal)
  }

  async turn(): Promise<void> {
    await this.#clock.turn?.()
  }

  /** From now on this is the time of that store. */
  follow(store: ComparedWith): void {
    if (this.#clock.virtual || this.#with) return
    this.#machineAhead = this.#clock.now().getTime() - this.#steady()
    this.#ahead = this.#machineAhead
    this.#with = store
    void this.compare()
  }

  /** Compares with the store; resolves when it has answered or cannot. Never rejects. */
  compare(): Promise<void> {
    const store = this.#with
    if (!store) return Promise.resolve()
    this.#comparing ??= this.#compare(store).finally(() => {
      this.#comparing = undefined
    })
    return this.#comparing
  }

  async #compare(store: ComparedWith): Promise<void> {
    const askedAt = this.#steady()
    this.#comparedAt = askedAt
    try {
      const time = (await store.time()).getTime()
      this.#learn(time - this.#steady() - TICK_MS, time - askedAt + TICK_MS)
      this.#tell(store)
    } catch (error) {
      store.logger.debug({ err: error }, 'The store could not be asked for the time')
    }
  }

  /** The store's time less what has elapsed lies between these; what is known already is kept if it does too. */
  #learn(least: number, most: number): void {
    if (this.#ahead < least || this.#ahead > most) this.#ahead = (least + most) / 2
  }

  #tell({ logger, metrics }: ComparedWith): void {
    const offsetMs = Math.round(this.#clock.now().getTime() - this.#steady() - this.#ahead)
    metrics.gauge('muster_clock_offset_seconds', offsetMs / 1_000)
    const off = Math.abs(offsetMs) > (this.#warned ? TOLERATED_MS / 2 : TOLERATED_MS)
    if (off && !this.#warned) {
      const where = `${(Math.abs(offsetMs) / 1_000).toFixed(1)} s ${offsetMs > 0 ? 'ahead of' : 'behind'}`
      logger.warn(
        { offsetMs },
        `This machine's clock is ${where} the store's: Muster goes by the store's. Set the clock, and keep it set by NTP`,
      )
    }
    if (!off && this.#warned) logger.info({ offsetMs }, `This machine's clock agrees with the store's again`)
    this.#warned = off
  }
}
