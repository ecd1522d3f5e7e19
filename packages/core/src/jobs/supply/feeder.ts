import type { Clock, Logger, Metrics, Random } from '../../environment.ts'
import type { Outages } from '../../logging/outages.ts'
import { elapsedMs } from '../../time.ts'
import { Outage } from './outage.ts'

/** How long a feeder that found nothing waits for a nudge before it looks again. */
export const POLL_MS = 250

/** How long a feeder that got less than it asked for rests: a paced run earns its jobs one by one, and is not asked for each. */
export const REST_MS = 25

/** Looks in a row that find nothing, after which it looks half as often where every nudge is heard. A paced run is then late by at most as much. */
const IDLE_LOOKS = 20

const WOKEN = 'woken'

/** Types that share slots, and how many of their jobs may be brought. */
export interface Room {
  readonly types: readonly string[]
  /** Jobs that should be on their way to the slots. */
  readonly window: number
  /** Jobs that are. */
  readonly waiting: number
}

/** Whether keys hold jobs back that are in line, and when the first of these may open; null: an end or a person opens it. */
export interface Waits {
  readonly waits: boolean
  readonly opensAt: Date | null
}

/** Looks while keys hold jobs back are so far apart at least. */
const KEYS_MS = 2

/** Where jobs come from, and where they go. */
interface Source {
  rooms(now: number): Promise<readonly Room[]> | readonly Room[]
  /** Brings up to `limit` jobs of these types nearer to the slots, in the line's order, and says how many. */
  bring(types: readonly string[], limit: number): Promise<number>
  /** Whether keys held jobs back when some were brought last. */
  readonly waits?: Waits | undefined
}

/**
 * Keeps a small window of jobs on its way from the store to the slots. Small, because what is in it starts before anything of higher
 * priority that comes later. Brings one batch at a time.
 */
export class Feeder {
  readonly #clock: Clock
  readonly #metrics: Metrics
  readonly #source: Source
  readonly #alone: boolean
  readonly #stop = new AbortController()
  readonly #outage: Outage
  #sleep = new AbortController()
  /** The line had less than was asked for: more room alone is no reason to ask again. */
  #short = false
  /** Looks in a row that found nothing, and nobody has said since that there is something. */
  #idleLooks = 0
  #loop: Promise<void> | undefined

  constructor(
    deps: {
      readonly clock: Clock
      readonly random: Random
      readonly logger: Logger
      readonly metrics: Metrics
      readonly outages?: Outages | undefined
      /** Nobody but this process adds jobs: no nudge is missed. */
      readonly alone?: boolean | undefined
    },
    source: Source,
  ) {
    this.#clock = deps.clock
    this.#metrics = deps.metrics
    this.#source = source
    this.#alone = deps.alone === true
    this.#outage = new Outage('Taking jobs out of line', deps)
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** There may be jobs that were not there before. */
  nudge(): void {
    this.#idleLooks = 0
    this.#wake()
  }

  /** A job with keys has ended: others may begin under them. */
  freeKeys(): void {
    this.#wake()
  }

  /** There may be room again for what is in line. */
  makeRoom(): void {
    if (!this.#short) this.#wake()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake()
    await this.#loop
  }

  /** Room is made with every job: if no reason is given, each abort makes an exception with its stack, even a second one. */
  #wake(): void {
    if (!this.#sleep.signal.aborted) this.#sleep.abort(WOKEN)
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#sleep = new AbortController()
      try {
        const lookedAt = elapsedMs(this.#clock)
        const idleLooks = this.#idleLooks++
        const fed = await this.#feedAll(idleLooks > 0)
        this.#outage.over()
        if (fed) this.#idleLooks = 0
        if (!fed) await this.#clock.wait(this.#untilOpen(this.#pollMs(idleLooks)), this.#sleep.signal)
        else if (this.#short) await this.#clock.wait(this.#untilOpen(REST_MS), this.#sleep.signal)
        const soon = KEYS_MS - (elapsedMs(this.#clock) - lookedAt)
        if (this.#source.waits?.waits && soon > 0) await this.#clock.wait(soon, this.#stop.signal)
      } catch (error) {
        await this.#outage.pause(error, this.#stop.signal)
      }
    }
  }

  /** Until a key opens, or so long. */
  #untilOpen(ms: number): number {
    const opensAt = this.#source.waits?.opensAt
    return opensAt == null ? ms : Math.max(0, Math.min(ms, opensAt.getTime() - this.#clock.now().getTime()))
  }

  #pollMs(idleLooks: number): number {
    return this.#alone && idleLooks > IDLE_LOOKS ? 2 * POLL_MS : POLL_MS
  }

  /** Fills every room that is less than half full. Gives whether anything was brought. An idle one looks once for all rooms. */
  async #feedAll(idle: boolean): Promise<boolean> {
    let asked = 0
    let given = 0
    const rooms = await this.#source.rooms(elapsedMs(this.#clock))
    for (const { types, window, waiting } of idle ? together(rooms) : rooms) {
      if (window === 0 || 2 * waiting > window || this.#stop.signal.aborted) continue
      asked += window - waiting
      const brought = await this.#source.bring(types, window - waiting)
      if (brought === 0) continue
      given += brought
      this.#metrics.observe('muster_feed_window_jobs', window)
      this.#metrics.count('muster_jobs_handed_over_total', brought)
    }
    this.#short = given < asked
    return given > 0
  }
}

/** Rooms that are empty as one, with no more in it than the smallest of them takes. */
function together(rooms: readonly Room[]): readonly Room[] {
  const empty = rooms.filter(({ window, waiting }) => window > 0 && waiting === 0)
  if (empty.length < 2) return rooms
  const window = Math.min(...empty.map((room) => room.window))
  const one = { types: empty.flatMap(({ types }) => types), window, waiting: 0 }
  return [one, ...rooms.filter((room) => !empty.includes(room))]
}
