import type { Clock } from '../ports.ts'
import type { Room } from './feeder.ts'
import type { JobStore } from './ports.ts'
import type { Begun, Hands, Supply } from './supply.ts'

/** How long a job that has begun may wait for a slot before it goes back in line, where others may find it. */
export const HAND_BACK_MS = 250

interface Deps {
  readonly jobs: Pick<JobStore, 'take'>
  readonly clock: Clock
}

/**
 * Takes jobs from the store, begun, as many as there are free slots. While a pool works through its jobs fast, a few milliseconds' worth of them
 * is taken ahead: the slots are then never idle for a round trip, and one statement begins many jobs.
 */
export class DirectSupply implements Supply {
  readonly #deps: Deps
  readonly #hands: Hands
  #watching = false

  constructor(deps: Deps, hands: Hands) {
    this.#deps = deps
    this.#hands = hands
  }

  async start(): Promise<void> {}

  rooms(now: number): readonly Room[] {
    return this.#hands.pools.map((pool) => ({
      types: pool.types,
      window: pool.free + pool.ahead(now),
      waiting: pool.waiting,
    }))
  }

  async bring(types: readonly string[], limit: number): Promise<number> {
    const { leases } = this.#hands
    const lease = leases.current
    if (!lease) return 0
    lease.held++
    try {
      const now = this.#deps.clock.now()
      const jobs = await this.#deps.jobs.take({ limit, types, workerId: lease.workerId, now })
      for (const begun of this.#hands.began(jobs, lease, now)) this.#enter(begun, now.getTime())
      return jobs.length
    } catch (error) {
      // The store may have begun jobs and not been able to say so: they come back when this lease lapses.
      leases.suspect(lease)
      throw error
    } finally {
      lease.held--
    }
  }

  async close(): Promise<void> {}

  #enter(begun: Begun, now: number): void {
    const pool = this.#hands.poolOf(begun.job.type)
    if (!pool) {
      void this.#hands.handBack(begun)
      return
    }
    const freed = (): void => {
      if (2 * pool.waiting <= pool.free + pool.ahead()) this.#hands.makeRoom()
    }
    pool.enter(now, (slot) => void (slot ? this.#hands.do(begun, pool, freed) : this.#hands.handBack(begun)))
    if (pool.waiting > 0 && !this.#watching) void this.#watch()
  }

  /** Sends back what waits too long: the slots before it have become slow. */
  async #watch(): Promise<void> {
    const { pools, stop } = this.#hands
    const { clock } = this.#deps
    this.#watching = true
    while (!stop.aborted && pools.some(({ waiting }) => waiting > 0)) {
      await clock.wait(HAND_BACK_MS, stop)
      for (const pool of pools) pool.sendAway(clock.now().getTime() - HAND_BACK_MS)
    }
    this.#watching = false
  }
}
