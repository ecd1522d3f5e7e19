import type { HoldReport } from '../../limits/limit.ts'
import type { Lease, LeaseKeeper } from '../worker/lease.ts'
import type { Pool } from '../worker/pool.ts'
import type { ActiveJob } from '../worker-store.ts'
import type { Room, Waits } from './feeder.ts'

/** A job that has begun, and the lease it began under. */
export interface Begun {
  readonly job: ActiveJob
  readonly lease: Lease
}

/** Where a worker's jobs come from. */
export interface Supply {
  start(): void
  /** How much may be brought to each pool now. */
  rooms(now: number): Promise<readonly Room[]> | readonly Room[]
  /** Brings up to `limit` jobs of these types nearer to the slots, in the line's order, and says how many. */
  bring(types: readonly string[], limit: number): Promise<number>
  /** Whether keys held jobs back when some were brought last. */
  readonly waits: Waits | undefined
  /** Takes no more. */
  close(): Promise<void>
}

/** The worker, as its supply sees it. */
export interface Hands {
  readonly pools: readonly Pool[]
  readonly leases: LeaseKeeper
  /** The worker takes no more. */
  readonly stop: AbortSignal
  poolOf(type: string): Pool | undefined
  /** Jobs have begun under a lease: whatever is given here is to {@link enter}. */
  began(jobs: readonly ActiveJob[], lease: Lease): readonly Begun[]
  /** So many more, or fewer, are on their way to a begin: a worker that closes waits for them. */
  held(jobs: number): void
  /**
   * Does the job in the next free slot of its pool, or, if none is free soon, puts it back in line, its attempt not counted. Calls `freed` when it no
   * longer needs a slot, and resolves when the outcome is recorded. Never rejects.
   */
  enter(begun: Begun, freed: () => void): Promise<void>
  /** The jobs with keys that are held under the lease, if the store is to know. */
  report(lease: Lease): HoldReport | undefined
  /** There may be room for more. */
  makeRoom(): void
}
