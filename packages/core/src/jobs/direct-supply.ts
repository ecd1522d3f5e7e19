import type { Clock } from '../ports.ts'
import type { Room } from './feeder.ts'
import type { JobStore } from './ports.ts'
import type { Hands, Supply } from './supply.ts'

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
      for (const begun of this.#hands.began(jobs, lease, now)) {
        void this.#hands.enter(begun, () => this.#freed(begun.job.type))
      }
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

  #freed(type: string): void {
    const pool = this.#hands.poolOf(type)
    if (!pool || 2 * pool.waiting <= pool.free + pool.ahead()) this.#hands.makeRoom()
  }
}
