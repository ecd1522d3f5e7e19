import type { Clock, Ids, Logger, Random } from '../../environment.ts'
import type { JobId, WorkerId } from '../../ids.ts'
import type { Outages } from '../../logging/outages.ts'
import { elapsedMs } from '../../time.ts'
import { Outage } from '../supply/outage.ts'
import type { WorkerStore } from '../worker-store.ts'

/** How long a worker lives without a beat, unless it or one of its types asks for more. */
export const LEASE_MS = 6_000

/** How often it beats. A cancel reaches a running handler with the next beat, which must be within a second on any machine. */
export const BEAT_MS = 500

/** How often at least it beats while it has nothing in hand that could be told to stop: such a part of its lease. */
const IDLE_SHARE = 1 / 4

/** A worker whose event loop stood still for such a part of its lease says so. */
const LATE_SHARE = 1 / 3

/** One registration of this process as a worker. Its jobs live and die with it. */
export interface Lease {
  readonly workerId: WorkerId
  /** Attempts and store calls that need it. */
  held: number
  /** Beats that were answered. */
  beats: number
  /**
   * `open`: jobs begin under it. `suspect`: a call under it failed, so the store may hold jobs under it that nobody here knows of: what is known
   * is finished, nothing new begins, and what is unknown is in line again when it lapses. `lost`: declared dead.
   */
  state: 'open' | 'suspect' | 'lost'
}

interface Deps {
  readonly workers: Pick<WorkerStore, 'openWorker' | 'beat' | 'closeWorker'>
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly logger: Logger
  readonly outages?: Outages | undefined
}

/** The worker as this process registers it. */
interface Registration {
  readonly leaseMs: number
  readonly types: readonly string[]
}

interface Listener {
  /** The event loop stood still while these types were worked on, and no beat could be. */
  late(stoodStillMs: number, types: readonly string[]): void
  /** The types worked on since this was asked last. */
  typesInHand(): readonly string[]
  /** Everything that runs under the lease must stop; nothing of it can be recorded. */
  lost(lease: Lease): void
  cancelling(jobIds: readonly JobId[]): void
  /** A lease is open: work can begin. */
  opened(): void
}

/** Keeps this process registered as a worker: beats, and registers anew under a new id if a registration was lost or has become doubtful. */
export class LeaseKeeper {
  readonly #deps: Deps
  readonly #listener: Listener
  readonly #leaseMs: number
  readonly #types: readonly string[]
  /** By `elapsedMs`: when the store last heard of this worker. */
  #heardAt = Number.NEGATIVE_INFINITY
  readonly #stop = new AbortController()
  readonly #outage: Outage
  #current: Lease | undefined
  /** No longer current, but with work in hand. */
  #retiring: Lease[] = []
  #opening = Promise.withResolvers<void>()
  #wake = new AbortController()
  #loop: Promise<void> | undefined

  constructor(deps: Deps, { leaseMs, types }: Registration, listener: Listener) {
    this.#deps = deps
    this.#leaseMs = leaseMs
    this.#types = types
    this.#listener = listener
    this.#outage = new Outage('Keeping the worker registered', deps)
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  /** The lease to begin under, if there is one now. */
  get current(): Lease | undefined {
    return this.#current?.state === 'open' ? this.#current : undefined
  }

  /** The lease to begin under, as soon as there is one; `undefined` once closed. */
  async opened(): Promise<Lease | undefined> {
    while (!this.#stop.signal.aborted) {
      if (this.current) return this.current
      await this.#opening.promise
    }
    return undefined
  }

  /** A call under the lease failed half-way, perhaps: register anew as soon as the store answers. */
  suspect(lease: Lease): void {
    if (lease.state !== 'open') return
    lease.state = 'suspect'
    this.#wake.abort()
  }

  /** Ends the beat, and hands back all that the store still holds under a lease of this process. A lease whose end cannot be told lapses by itself. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#opening.resolve()
    const leases = this.#current ? [this.#current, ...this.#retiring] : this.#retiring
    // A beat that is not answered holds up nobody: it is fenced by the end of its worker.
    await Promise.all(leases.map((lease) => this.#leave(lease)))
    await this.#loop
    const late = this.#current
    if (late && !leases.includes(late)) await this.#leave(late)
  }

  async #leave({ workerId, state }: Lease): Promise<void> {
    if (state === 'lost') return
    const { workers, clock, logger } = this.#deps
    try {
      await workers.closeWorker(workerId, clock.now())
    } catch (error) {
      logger.warn({ err: error, workerId }, 'The worker could not say that it is gone: its lease will lapse')
    }
  }

  async #run(): Promise<void> {
    const { clock } = this.#deps
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController()
      try {
        if (!this.current) await this.#register()
        await this.#beatAll()
        this.#outage.over()
        if (this.current) await this.#rest(clock)
      } catch (error) {
        await this.#outage.pause(error, this.#stop.signal)
      }
    }
  }

  /** Until the next beat. A wait that lasts far too long says that nothing else went on either. */
  async #rest(clock: Clock): Promise<void> {
    const restedAt = elapsedMs(clock)
    await clock.wait(BEAT_MS, AbortSignal.any([this.#stop.signal, this.#wake.signal]))
    const types = this.#listener.typesInHand()
    const stoodStillMs = elapsedMs(clock) - restedAt - BEAT_MS
    if (stoodStillMs > LATE_SHARE * this.#leaseMs) this.#listener.late(stoodStillMs, types)
  }

  async #register(): Promise<void> {
    const { workers, clock, ids } = this.#deps
    const workerId = ids.next() as WorkerId
    const now = clock.now()
    const leaseUntil = new Date(now.getTime() + this.#leaseMs)
    await workers.openWorker({ workerId, now, leaseUntil, types: this.#types })
    this.#heardAt = elapsedMs(clock)
    if (this.#current?.state === 'suspect') this.#retiring.push(this.#current)
    this.#current = { workerId, held: 0, beats: 0, state: 'open' }
    this.#opening.resolve()
    this.#opening = Promise.withResolvers()
    this.#listener.opened()
  }

  async #beatAll(): Promise<void> {
    const { clock, logger } = this.#deps
    this.#retiring = this.#retiring.filter(({ held, state }) => held > 0 && state !== 'lost')
    const leases = this.#current ? [this.#current, ...this.#retiring] : this.#retiring
    const isIdle = leases.every(({ held, beats }) => held === 0 && beats > 0)
    if (isIdle && elapsedMs(clock) - this.#heardAt < IDLE_SHARE * this.#leaseMs) return
    for (const lease of leases) {
      const leaseUntil = new Date(clock.now().getTime() + this.#leaseMs)
      const { alive, cancelling } = await this.#deps.workers.beat({ workerId: lease.workerId, leaseUntil })
      if (alive) {
        lease.beats++
        this.#heardAt = elapsedMs(clock)
        if (cancelling.length > 0) this.#listener.cancelling(cancelling)
      } else if (!this.#stop.signal.aborted) {
        lease.state = 'lost'
        const silentMs = Math.round(elapsedMs(clock) - this.#heardAt)
        logger.warn(
          { workerId: lease.workerId, silentMs, leaseMs: this.#leaseMs },
          'The worker was declared dead: it stops what it does and registers anew',
        )
        this.#listener.lost(lease)
      }
    }
  }
}
