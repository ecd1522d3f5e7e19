import type { Clock } from '../../environment.ts'
import type { ActiveJob, Taken, WorkerStore } from '../worker-store.ts'
import type { Room, Waits } from './feeder.ts'
import type { Begun, Hands, Supply } from './supply.ts'

interface Deps {
  readonly workers: Pick<WorkerStore, 'take'>
  readonly clock: Clock
}

/**
 * Takes jobs from the store, begun, as many as there are free slots. While a pool works through its jobs fast, a few milliseconds' worth of them
 * is taken ahead: the slots are then never idle for a round trip, and one statement begins many jobs.
 */
export class DirectSupply implements Supply {
  readonly #deps: Deps
  readonly #hands: Hands
  #waits: Waits | undefined

  constructor(deps: Deps, hands: Hands) {
    this.#deps = deps
    this.#hands = hands
  }

  start(): void {}

  rooms(now: number): readonly Room[] {
    return this.#hands.pools.map((pool) => ({
      types: pool.types,
      window: pool.free + pool.ahead(now),
      waiting: pool.waiting,
    }))
  }

  async bring(types: readonly string[], limit: number): Promise<number> {
    const { begun, taken } = await takeUnderLease(this.#hands, this.#deps, { types, limit })
    this.#waits = taken
    for (const one of begun) void this.#hands.enter(one, () => this.#freed(one.job.type))
    return begun.length
  }

  get waits(): Waits | undefined {
    return this.#waits
  }

  async close(): Promise<void> {}

  #freed(type: string): void {
    const pool = this.#hands.poolOf(type)
    if (!pool || 2 * pool.waiting <= pool.free + pool.ahead()) this.#hands.makeRoom()
  }
}

/** Takes jobs from the store under the worker's lease, and tells it what is held under that. */
export async function takeUnderLease(
  hands: Hands,
  { workers, clock }: Deps,
  request: Pick<Parameters<WorkerStore['take']>[0], 'types' | 'limit' | 'keyed'>,
): Promise<{ readonly begun: readonly Begun[]; readonly taken?: Taken | undefined }> {
  let taken: Taken | undefined
  const lease = hands.leases.current
  const begun = await beginUnderLease(hands, clock, async (by) => {
    taken = await workers.take({ ...request, ...by, report: lease && hands.report(lease) })
    return taken.jobs
  })
  return { begun, taken }
}

/** The jobs that `begin` gives under the worker's lease; none while there is no lease. */
export async function beginUnderLease(
  hands: Hands,
  clock: Clock,
  begin: (by: Pick<Parameters<WorkerStore['take']>[0], 'workerId' | 'now'>) => Promise<readonly ActiveJob[]>,
): Promise<readonly Begun[]> {
  const { leases } = hands
  const lease = leases.current
  if (!lease) return []
  lease.held++
  try {
    return hands.began(await begin({ workerId: lease.workerId, now: clock.now() }), lease)
  } catch (error) {
    // The store may have begun jobs and not been able to say so: they come back when this lease lapses.
    leases.suspect(lease)
    throw error
  } finally {
    lease.held--
  }
}
