import { Batcher } from '../../batcher.ts'
import type { Clock, Logger, Random } from '../../environment.ts'
import type { JobId } from '../../ids.ts'
import type { Outages } from '../../logging/outages.ts'
import { elapsedMs } from '../../time.ts'
import type { Consumer, JobQueue } from '../job-queue.ts'
import { UNDELIVERED_EVERY_MS, UNDELIVERED_MS } from '../scheduler.ts'
import { Admission } from '../worker/admission.ts'
import type { Pool } from '../worker/pool.ts'
import type { Delivery, WorkerStore } from '../worker-store.ts'
import { BrokerWatch, RECHECK_MS } from './broker-watch.ts'
import { beginUnderLease, takeUnderLease } from './direct-supply.ts'
import { POLL_MS, type Room, type Waits } from './feeder.ts'
import { Outage } from './outage.ts'
import type { Begun, Hands, Supply } from './supply.ts'

/** Most jobs begun by one statement. */
const BEGIN_BATCH = 200

/** A delivery that a worker with free slots has not been given for so long is kept by mistake: it is begun without the broker. Looked for so often. */
const KEPT_MS = 5_000
const KEPT_EVERY_MS = 2_500

interface Deps {
  readonly workers: Pick<WorkerStore, 'feed' | 'begin' | 'take' | 'listUndelivered'>
  readonly queue: JobQueue
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly outages?: Outages | undefined
}

/**
 * Feeds a broker from the store, and begins what the broker delivers. Any worker feeds for all, and the broker shares out. Deliveries that it loses, doubles or brings late
 * are harmless: a job begins once.
 *
 * While the broker does not work, jobs are taken from the store, first those that had been handed over and may never be delivered. A delivery that the broker makes all the
 * same is begun as ever, and both share the slots.
 */
export class BrokerSupply implements Supply {
  readonly #deps: Deps
  readonly #hands: Hands
  readonly #begins: Batcher<Delivery, Begun | undefined>
  readonly #watch: BrokerWatch
  readonly #beginOutage: Outage
  readonly #consuming: Promise<Consumer | undefined>[] = []
  readonly #admissions: ReadonlyMap<Pool, Admission>
  /** On their way to the broker, one after another. */
  #delivering: Promise<void> = Promise.resolve()
  readonly #sent = new Map<string, number>()
  /** When what had been handed over was last looked for, by pool. */
  readonly #lookedAt = new Map<readonly string[], number>()
  #keptLookedAt = Number.NEGATIVE_INFINITY
  /** As long as none were found, jobs with keys are looked for once in {@link POLL_MS}. */
  #keyedLookedAt = Number.NEGATIVE_INFINITY
  #keyedGiven = 0
  #waits: Waits | undefined

  constructor(deps: Deps, hands: Hands) {
    this.#deps = deps
    this.#hands = hands
    this.#admissions = new Map(hands.pools.map((pool) => [pool, new Admission(pool)]))
    this.#begins = new Batcher(BEGIN_BATCH, (deliveries) => this.#begin(deliveries), deps.clock)
    this.#watch = new BrokerWatch(deps)
    this.#beginOutage = new Outage('Beginning jobs', deps)
  }

  start(): void {
    this.#watch.start()
    for (const { types, slots } of this.#hands.pools) {
      for (const type of types) this.#consuming.push(this.#consume(type, slots))
    }
  }

  async rooms(now: number): Promise<readonly Room[]> {
    const { pools } = this.#hands
    if (this.#watch.works) {
      await this.#takeKept(now)
      try {
        const counts = await this.#watch.ask(() => this.#deps.queue.counts())
        return pools.map((pool) => ({
          types: pool.types,
          window: pool.window(now),
          waiting: pool.types.reduce(
            (sum, type) => sum + (counts.get(type)?.waiting ?? 0) + (this.#sent.get(type) ?? 0),
            0,
          ),
        }))
      } catch {
        // The watch has noted it.
      }
    }
    return pools.map((pool) => ({
      types: pool.types,
      window: pool.free + pool.ahead(now),
      waiting: Math.max(pool.waiting, (this.#admissions.get(pool)?.inside ?? 0) - (pool.slots - pool.free)),
    }))
  }

  async bring(types: readonly string[], limit: number): Promise<number> {
    if (!this.#watch.works) return this.#take(types, limit)
    const deliveries = await this.#deps.workers.feed({ limit, types, now: this.#deps.clock.now() })
    if (deliveries.length > 0) this.#send(deliveries)
    return deliveries.length + (await this.#takeKeyed(types))
  }

  get waits(): Waits | undefined {
    return this.#waits
  }

  /** Jobs with keys never go through the broker: whether they may begin is known where they do. Looked for now and then until there are some. */
  async #takeKeyed(types: readonly string[]): Promise<number> {
    const now = elapsedMs(this.#deps.clock)
    const seen = this.#waits?.waits || this.#keyedGiven > 0
    if (!seen && now - this.#keyedLookedAt < POLL_MS) return 0
    const free = this.#hands.pools
      .filter((pool) => pool.types.some((type) => types.includes(type)))
      .map((pool) => pool.free - pool.waiting)
    const limit = Math.min(...free)
    if (limit < 1) return 0
    this.#keyedLookedAt = now
    const { begun, taken } = await takeUnderLease(this.#hands, this.#deps, { types, limit, keyed: true })
    this.#waits = taken
    this.#keyedGiven = begun.length
    return this.#enter(begun)
  }

  async close(): Promise<void> {
    for (const admission of this.#admissions.values()) admission.shut()
    await this.#watch.close()
    const closed = this.#consuming.map(async (consuming) => (await consuming)?.close())
    await Promise.all([this.#delivering, ...closed])
  }

  /** Consumes from now on, or as soon as the broker lets it. */
  async #consume(type: string, slots: number): Promise<Consumer | undefined> {
    const { queue, clock } = this.#deps
    const { stop } = this.#hands
    while (!stop.aborted) {
      const consuming = queue.consume(type, slots, (delivery, release) => this.#work(delivery, release))
      try {
        return await this.#watch.ask(() => consuming)
      } catch {
        // A consumer that comes too late is one too many.
        consuming.then((late) => late.close()).catch(() => {})
        await clock.wait(RECHECK_MS, stop)
      }
    }
    return undefined
  }

  /** Takes jobs from the store, begun: those that had been handed over to the broker, then the line's. */
  async #take(types: readonly string[], limit: number): Promise<number> {
    const taken = await this.#beginHere(await this.#leftWithBroker(types, limit))
    if (taken === limit) return taken
    const more = await takeUnderLease(this.#hands, this.#deps, { limit: limit - taken, types })
    this.#waits = more.taken
    return taken + this.#enter(more.begun)
  }

  /** Deliveries that the broker was given some time ago and has not made. Looked for now and then, and again at once as long as there is more. */
  async #leftWithBroker(types: readonly string[], limit: number): Promise<readonly Delivery[]> {
    const { clock, workers } = this.#deps
    const at = elapsedMs(clock)
    if (at - (this.#lookedAt.get(types) ?? Number.NEGATIVE_INFINITY) < UNDELIVERED_EVERY_MS) return []
    const handedBefore = new Date(clock.now().getTime() - UNDELIVERED_MS)
    const left = await workers.listUndelivered(handedBefore, limit, types)
    if (left.length < limit) this.#lookedAt.set(types, at)
    return left
  }

  /** A broker may work and yet never give out what it was given: half of it was evicted, or somebody holds on to it. */
  async #takeKept(now: number): Promise<void> {
    if (now - this.#keptLookedAt < KEPT_EVERY_MS) return
    this.#keptLookedAt = now
    for (const { types, free } of this.#hands.pools) {
      if (free === 0) continue
      await this.#beginHere(await this.#deps.workers.listUndelivered(new Date(now - KEPT_MS), free, types))
    }
  }

  /** Begins what had been handed over, as far as nobody has, and says how many. */
  async #beginHere(deliveries: readonly Delivery[]): Promise<number> {
    if (deliveries.length === 0) return 0
    const { workers, clock } = this.#deps
    return this.#enter(
      await beginUnderLease(this.#hands, clock, (by) => workers.begin({ deliveries, ...by })),
    )
  }

  #enter(begun: readonly Begun[]): number {
    for (const one of begun) {
      const pool = this.#hands.poolOf(one.job.type)
      const admission = pool && this.#admissions.get(pool)
      admission?.admit()
      const freed = (): void => {
        admission?.leave()
        if (!pool || 2 * pool.waiting <= pool.free + pool.ahead()) this.#hands.makeRoom()
      }
      void this.#hands.enter(one, freed).then(() => admission?.end())
    }
    return begun.length
  }

  /** Delivers while the next ones are fed. Until then they count as waiting. */
  #send(deliveries: readonly Delivery[]): void {
    const count = (by: number): void => {
      for (const { type } of deliveries) this.#sent.set(type, (this.#sent.get(type) ?? 0) + by)
    }
    count(1)
    this.#delivering = this.#delivering.then(() => this.#deliver(deliveries)).then(() => count(-1))
  }

  /** Deliveries that the broker does not take are found undelivered. */
  async #deliver(deliveries: readonly Delivery[]): Promise<void> {
    if (!this.#watch.works || this.#hands.stop.aborted) return
    // The watch notes what fails.
    await this.#watch.ask(() => this.#deps.queue.deliver(deliveries)).catch(() => {})
  }

  /**
   * One delivery, until it is recorded; that it resolves is the acknowledgement.
   * @throws ClosingError if the delivery is for another worker, since this one takes no more
   */
  async #work(delivery: Delivery, release: () => void): Promise<void> {
    const pool = this.#hands.poolOf(delivery.type)
    const admission = pool && this.#admissions.get(pool)
    if (!admission) return
    if (!(await admission.enter(release))) throw new ClosingError()
    this.#hands.held(1)
    let inside = true
    const freed = (): void => {
      inside = false
      admission.leave()
      // Where jobs are fast, the next begin comes soon and says so as well.
      if (pool.ahead() === 0) this.#hands.makeRoom()
    }
    try {
      const begun = await this.#begins.add(delivery)
      if (begun) await this.#hands.enter(begun, freed)
    } finally {
      if (inside) freed()
      admission.end(release)
      this.#hands.held(-1)
    }
  }

  /**
   * Begins a batch; `undefined` for each that may not begin now, or no more. While the store is away it waits.
   * @throws ClosingError once this worker takes no more
   */
  async #begin(deliveries: readonly Delivery[]): Promise<(Begun | undefined)[]> {
    const { leases, stop } = this.#hands
    for (;;) {
      const lease = leases.current ?? (await leases.opened())
      if (!lease || stop.aborted) throw new ClosingError()
      lease.held++
      try {
        const now = this.#deps.clock.now()
        const active = await this.#deps.workers.begin({ deliveries, workerId: lease.workerId, now })
        this.#beginOutage.over()
        this.#hands.makeRoom()
        const byId = new Map<JobId, Begun>()
        for (const begun of this.#hands.began(active, lease)) byId.set(begun.job.jobId, begun)
        return deliveries.map(({ jobId }) => {
          const begun = byId.get(jobId)
          byId.delete(jobId)
          return begun
        })
      } catch (error) {
        // The store may have begun jobs and not been able to say so: they come back when this lease lapses.
        leases.suspect(lease)
        await this.#beginOutage.pause(error, stop)
      } finally {
        lease.held--
      }
    }
  }
}

/** The worker takes no more: what was delivered to it is for others. */
class ClosingError extends Error {
  override readonly name = 'ClosingError'
}
