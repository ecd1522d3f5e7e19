import type { HoldReport } from '../../limits/limit.ts'
import type { Begun } from '../supply/supply.ts'
import type { ActiveJob } from '../worker-store.ts'
import type { Lease } from './lease.ts'

/** The hold on one job: it ends when its outcome is recorded and its handler has returned. */
export interface Hold {
  /** The handler has returned, or never ran. `units`: those that the attempt used, if it said so. */
  left(ran: boolean, units?: number): void
  /** The outcome is recorded, or will never be. */
  recorded(): void
}

/** The holds under one lease. */
interface LeaseHolds {
  readonly held: Map<number, number>
  /** Of each set, jobs that spend another number of units than their estimate. */
  settled: Map<number, { jobs: number; units: number }>
  /** Some have ended since the last report. */
  changed: boolean
  reports: number
}

/** The jobs with keys, and those for which money is reserved, that a worker has begun and not ended. */
export class Holds {
  readonly #byLease = new WeakMap<Lease, LeaseHolds>()
  readonly #ended: () => void
  readonly #cost: (job: ActiveJob) => void

  /** `ended` is told of each hold on keys that ends: what it held is free with the next report. `cost` is told of each job that has reserved and will use no more. */
  constructor(ended: () => void, cost: (job: ActiveJob) => void) {
    this.#ended = ended
    this.#cost = cost
  }

  /** The job has begun; nothing for one without keys and budgets. */
  begin({ job, lease }: Begun): Hold | undefined {
    const { limitSet, reserves } = job
    if (limitSet === null && !reserves) return undefined
    const holds = this.#of(lease)
    const move = (by: number): void => {
      if (limitSet !== null) holds.held.set(limitSet, (holds.held.get(limitSet) ?? 0) + by)
    }
    move(1)
    let open = 2
    const end = (): void => {
      open -= 1
      if (open > 0) return
      if (reserves) this.#cost(job)
      if (limitSet === null) return
      move(-1)
      holds.changed = true
      this.#ended()
    }
    return {
      recorded: end,
      left: (ran, units) => {
        const used = ran ? units : 0
        if (limitSet !== null && used !== undefined) this.#settle(holds, limitSet, used)
        end()
      },
    }
  }

  /** The holds under the lease as the store is to know them; nothing if it knows them. */
  report(lease: Lease): HoldReport | undefined {
    const holds = this.#byLease.get(lease)
    if (!holds?.changed) return undefined
    const settled = [...holds.settled].map(([limitSet, { jobs, units }]) => ({ limitSet, jobs, units }))
    const held = [...holds.held].flatMap(([limitSet, jobs]) => (jobs > 0 ? [{ limitSet, jobs }] : []))
    holds.changed = false
    holds.settled = new Map()
    holds.reports += 1
    return { number: holds.reports, held, settled }
  }

  #of(lease: Lease): LeaseHolds {
    const known = this.#byLease.get(lease)
    if (known) return known
    const holds = { held: new Map(), settled: new Map(), changed: false, reports: 0 }
    this.#byLease.set(lease, holds)
    return holds
  }

  /** An attempt used so many units, in place of its estimate. */
  #settle({ settled }: LeaseHolds, limitSet: number, used: number): void {
    const { jobs, units } = settled.get(limitSet) ?? { jobs: 0, units: 0 }
    settled.set(limitSet, { jobs: jobs + 1, units: units + used })
  }
}
