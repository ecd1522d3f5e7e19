import type { JobId } from '../ids.ts'
import type { Clock, Logger, Random } from '../ports.ts'
import { Batcher } from './batcher.ts'
import type { Room } from './feeder.ts'
import { Outage } from './outage.ts'
import type { Consumer, Delivery, JobQueue, JobStore } from './ports.ts'
import type { Begun, Hands, Supply } from './supply.ts'

/** Most jobs begun by one statement. */
const BEGIN_BATCH = 100

/** Attempts that may wait to be recorded beside those that hold a slot. */
const RECORDING = 200

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
  /** Deliveries between a slot and the end of their recording. */
  #inHand = 0

  constructor(deps: Deps, hands: Hands) {
    this.#deps = deps
    this.#hands = hands
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
      waiting: pool.types.reduce((sum, type) => sum + (counts.get(type)?.waiting ?? 0), pool.waiting),
    }))
  }

  async bring(types: readonly string[], limit: number): Promise<number> {
    const deliveries = await this.#deps.jobs.feed({ limit, types, now: this.#deps.clock.now() })
    if (deliveries.length > 0) await this.#deliver(deliveries)
    return deliveries.length
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.close()))
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
   * One delivery, from a slot to its record; that it resolves is the acknowledgement. While it is recorded the next may come, but for when too many wait for that.
   * Never rejects.
   */
  async #work(delivery: Delivery, release: () => void): Promise<void> {
    const pool = this.#hands.poolOf(delivery.type)
    if (!pool) return
    const now = this.#deps.clock.now().getTime()
    if (!(await new Promise<boolean>((resolve) => pool.enter(now, resolve)))) return
    this.#inHand++
    this.#hands.held(1)
    const begun = await this.#begins.add(delivery)
    const freed = (): void => {
      if (this.#inHand < pool.slots + RECORDING) release()
      if (pool.waiting === 0) this.#hands.makeRoom()
    }
    if (begun) await this.#hands.do(begun, pool, freed)
    else pool.leave()
    this.#hands.held(-1)
    this.#inHand--
  }

  /** Begins a batch; `undefined` for each that may not begin now, or no more. While the store is away it waits. */
  async #begin(deliveries: readonly Delivery[]): Promise<(Begun | undefined)[]> {
    const { leases, stop } = this.#hands
    for (;;) {
      const lease = leases.current ?? (await leases.opened())
      if (!lease || stop.aborted) return deliveries.map(() => undefined)
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
