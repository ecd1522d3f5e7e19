import type { WorkerId } from '../ids.ts'
import type { Clock, Logger, Metrics, Random } from '../ports.ts'
import { Outage } from './outage.ts'
import type { Delivery, JobQueue, JobStore } from './ports.ts'

/** How long a feeder that found nothing waits for a nudge before it looks again. */
export const POLL_MS = 250

/** How long a feeder that got less than it asked for rests: a paced run earns its jobs one by one, and is not asked for each. */
export const REST_MS = 25

/** Types that share slots, and how much of them may be taken out of line. */
interface Room {
  readonly types: readonly string[]
  /** Deliveries that should wait before the slots. */
  readonly window: number
  /** Deliveries that the worker holds itself, before a slot. */
  readonly held: number
}

interface Deps {
  readonly jobs: Pick<JobStore, 'feed'>
  readonly queue: Pick<JobQueue, 'shared' | 'counts' | 'deliver'>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
}

interface Source {
  rooms(now: number): readonly Room[]
  /** In whose name jobs are taken where the queue is not shared; undefined: nobody's yet. */
  workerId(): WorkerId | undefined
  /** A feed failed: it may have taken jobs that nobody will deliver. */
  failed(workerId: WorkerId | null): void
}

/**
 * Keeps a small window of jobs on its way from the store to the slots. Small, because what is in it starts before anything of higher
 * priority that comes later. One feed at a time.
 */
export class Feeder {
  readonly #deps: Deps
  readonly #source: Source
  readonly #stop = new AbortController()
  readonly #outage: Outage
  #sleep = new AbortController()
  /** The line had less than was asked for: more room alone is no reason to ask again. */
  #short = false
  #loop: Promise<void> | undefined

  constructor(deps: Deps, source: Source) {
    this.#deps = deps
    this.#source = source
    this.#outage = new Outage('Feeding the job queue', deps)
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** There may be jobs that were not there before. */
  nudge(): void {
    this.#sleep.abort()
  }

  /** There may be room again for what is in line. */
  makeRoom(): void {
    if (!this.#short) this.#sleep.abort()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#sleep.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#sleep = new AbortController()
      try {
        const fed = await this.#feedAll()
        this.#outage.over()
        if (!fed) await this.#deps.clock.wait(POLL_MS, this.#sleep.signal)
        else if (this.#short) await this.#deps.clock.wait(REST_MS, this.#sleep.signal)
      } catch (error) {
        await this.#outage.pause(error, this.#stop.signal)
      }
    }
  }

  /** Fills every room that is less than half full. Gives whether anything was taken. */
  async #feedAll(): Promise<boolean> {
    const { queue, clock } = this.#deps
    const workerId = queue.shared ? null : this.#source.workerId()
    if (workerId === undefined) return false
    const counts = await queue.counts()
    let asked = 0
    let given = 0
    for (const { types, window, held } of this.#source.rooms(clock.now().getTime())) {
      const waiting = types.reduce((sum, type) => sum + (counts.get(type)?.waiting ?? 0), held)
      if (window === 0 || 2 * waiting > window || this.#stop.signal.aborted) continue
      const deliveries = await this.#feed(types, window - waiting, workerId)
      asked += window - waiting
      given += deliveries.length
      if (deliveries.length === 0) continue
      this.#deps.metrics.observe('muster_feed_window_jobs', window)
      this.#deps.metrics.count('muster_jobs_handed_over_total', deliveries.length)
      await this.#deliver(deliveries)
    }
    this.#short = given < asked
    return given > 0
  }

  async #feed(
    types: readonly string[],
    limit: number,
    workerId: WorkerId | null,
  ): Promise<readonly Delivery[]> {
    try {
      return await this.#deps.jobs.feed({ limit, types, workerId, now: this.#deps.clock.now() })
    } catch (error) {
      this.#source.failed(workerId)
      throw error
    }
  }

  /** What was taken out of line is delivered, however long the queue is away: nobody else would. */
  async #deliver(deliveries: readonly Delivery[]): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        return await this.#deps.queue.deliver(deliveries)
      } catch (error) {
        await this.#outage.pause(error, this.#stop.signal)
      }
    }
  }
}
