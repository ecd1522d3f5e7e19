import type { JobId } from '../ids.ts'
import type { Clock, Logger, Random } from '../ports.ts'
import { Admission } from './admission.ts'
import { Batcher } from './batcher.ts'
import type { Room } from './feeder.ts'
import { Outage } from './outage.ts'
import type { Pool } from './pool.ts'
import type { Consumer, Delivery, JobQueue, JobStore } from './ports.ts'
import type { Begun, Hands, Supply } from './supply.ts'

/** Most jobs begun by one statement. */
const BEGIN_BATCH = 200

interface Deps {
  readonly jobs: Pick<JobStore, 'feed' | 'begin'>
  readonly queue: JobQueue
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/**
 * Feeds a broker from the store, and begins what the broker delivers. Any worker feeds for all, and the broker shares out. What it loses, doubles or delivers late
 * is harmless: a job begins once.
 */
export class BrokerSupply implements Supply {
  readonly #deps: Deps
  readonly #hands: Hands
  readonly #begins: Batcher<Delivery, Begun | undefined>
  readonly #deliverOutage: Outage
  readonly #beginOutage: Outage
  readonly #consumers: Consumer[] = []
  readonly #admissions: ReadonlyMap<Pool, Admission>
  /** On their way to the broker, one after another. */
  #delivering: Promise<void> = Promise.resolve()
  readonly #sent = new Map<string, number>()

  constructor(deps: Deps, hands: Hands) {
    this.#deps = deps
    this.#hands = hands
    this.#admissions = new Map(hands.pools.map((pool) => [pool, new Admission(pool)]))
    this.#begins = new Batcher(BEGIN_BATCH, (deliveries) => this.#begin(deliveries))
    this.#deliverOutage = new Outage('Delivering jobs', deps)
    this.#beginOutage = new Outage('Beginning jobs', deps)
  }

  async start(): Promise<void> {
    for (const { types, slots } of this.#hands.pools) {
      for (const type of types) {
        this.#consumers.push(
          await this.#deps.queue.consume(type, slots, (delivery, release) => this.#work(delivery, release)),
        )
      }
    }
  }

  async rooms(now: number): Promise<readonly Room[]> {
    const counts = await this.#deps.queue.counts()
    return this.#hands.pools.map((pool) => ({
      types: pool.types,
      window: pool.window(now),
      waiting: pool.types.reduce(
        (sum, type) => sum + (counts.get(type)?.waiting ?? 0) + (this.#sent.get(type) ?? 0),
        0,
      ),
    }))
  }

  async bring(types: readonly string[], limit: number): Promise<number> {
    const deliveries = await this.#deps.jobs.feed({ limit, types, now: this.#deps.clock.now() })
    if (deliveries.length > 0) this.#send(deliveries)
    return deliveries.length
  }

  async close(): Promise<void> {
    for (const admission of this.#admissions.values()) admission.shut()
    await Promise.all([this.#delivering, ...this.#consumers.map((consumer) => consumer.close())])
  }

  /** Delivers while the next ones are fed. Until then they count as waiting. */
  #send(deliveries: readonly Delivery[]): void {
    const count = (by: number): void => {
      for (const { type } of deliveries) this.#sent.set(type, (this.#sent.get(type) ?? 0) + by)
    }
    count(1)
    this.#delivering = this.#delivering.then(() => this.#deliver(deliveries)).then(() => count(-1))
  }

  /** What was taken out of line is delivered, however long the broker is away; where even that ends, it is found undelivered. */
  async #deliver(deliveries: readonly Delivery[]): Promise<void> {
    while (!this.#hands.stop.aborted) {
      try {
        await this.#deps.queue.deliver(deliveries)
        this.#deliverOutage.over()
        return
      } catch (error) {
        await this.#deliverOutage.pause(error, this.#hands.stop)
      }
    }
  }

  /**
   * One delivery, until it is recorded; that it resolves is the acknowledgement.
   * @throws Closing where the delivery is for another worker, since this one takes no more
   */
  async #work(delivery: Delivery, release: () => void): Promise<void> {
    const pool = this.#hands.poolOf(delivery.type)
    const admission = pool && this.#admissions.get(pool)
    if (!admission) return
    if (!(await admission.enter(release))) throw new Closing()
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
   * @throws Closing once this worker takes no more
   */
  async #begin(deliveries: readonly Delivery[]): Promise<(Begun | undefined)[]> {
    const { leases, stop } = this.#hands
    for (;;) {
      const lease = leases.current ?? (await leases.opened())
      if (!lease || stop.aborted) throw new Closing()
      lease.held++
      try {
        const now = this.#deps.clock.now()
        const active = await this.#deps.jobs.begin({ deliveries, workerId: lease.workerId, now })
        this.#beginOutage.over()
        this.#hands.makeRoom()
        const byId = new Map<JobId, Begun>()
        for (const begun of this.#hands.began(active, lease, now)) byId.set(begun.job.jobId, begun)
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
class Closing extends Error {
  override readonly name = 'Closing'
}
