import type { JobId, ProjectId, RunId } from '../ids.ts'
import type { Clock, Ids, Logger, Metrics, Random } from '../ports.ts'
import type { Attempt } from './attempt.ts'
import { Batcher } from './batcher.ts'
import { Feeder } from './feeder.ts'
import type { JobType, RunResult } from './job.ts'
import { type Lease, LeaseKeeper } from './lease.ts'
import { Outage } from './outage.ts'
import { Pool } from './pool.ts'
import type { ActiveJob, Consumer, Delivery, JobQueue, JobStore, Outcome } from './ports.ts'
import { Recorder } from './recorder.ts'
import { Runner } from './runner.ts'
import { StepReporter } from './step-reporter.ts'

/** Jobs at once in a worker that says nothing of it. */
export const DEFAULT_CONCURRENCY = 50

/** How long a closing worker waits for running handlers, unless told otherwise. */
export const DEFAULT_DEADLINE_MS = 25_000

/** At shutdown: how long handlers told to stop, and then the store, are waited for. */
const LAST_GRACE_MS = 1_000
const LAST_PATIENCE_MS = 1_000

/** Most jobs begun and settled by one statement. */
const BEGIN_BATCH = 100

/** Attempts that may wait to be recorded beside those that hold a slot. */
const RECORDING = 200

/** What a worker is made from. */
export interface WorkerDeps {
  readonly jobs: JobStore
  readonly queue: JobQueue
  readonly jobTypes: ReadonlyMap<string, JobType>
  /** Reads the results of a run of the project, for handlers. */
  readonly results: (projectId: ProjectId, runId: RunId) => AsyncIterable<RunResult>
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly watch?: WorkerWatch
}

/** Sees what a worker does, a batch at a time. Must return at once and never throw. */
export interface WorkerWatch {
  began(jobs: readonly ActiveJob[]): void
  settled(ended: readonly { readonly job: ActiveJob; readonly outcome: Outcome }[]): void
  stepped(attempts: readonly Pick<Attempt, 'job' | 'step' | 'progress'>[]): void
}

/** What a worker does, and how much of it at once. */
export interface WorkerOptions {
  /** Default: every registered type. */
  readonly types?: readonly string[] | undefined
  /** Slots shared by the types that say nothing of their own. Default {@link DEFAULT_CONCURRENCY}. */
  readonly concurrency?: number | undefined
}

/** A job that began, and the lease it began under. */
interface Begun {
  readonly job: ActiveJob
  readonly lease: Lease
}

/**
 * Does jobs until closed: takes deliveries, begins and settles them in batches, runs their handlers, and keeps the queue's window
 * filled. No handler can stop it: what throws, hangs or returns nonsense ends its own job. No backend that is away can: it waits and goes on.
 */
export class Worker {
  readonly #deps: WorkerDeps
  readonly #types: ReadonlyMap<string, JobType>
  readonly #pools: readonly Pool[]
  readonly #poolOf = new Map<string, Pool>()
  readonly #stop = new AbortController()
  readonly #leases: LeaseKeeper
  readonly #feeder: Feeder
  readonly #begins: Batcher<Delivery, Begun | undefined>
  readonly #beginOutage: Outage
  readonly #recorder: Recorder
  readonly #steps: StepReporter
  readonly #runner: Runner
  readonly #consumers: Consumer[] = []
  /** Deliveries between a slot and the end of their recording. */
  #inHand = 0
  #emptied: (() => void) | undefined
  #closed: Promise<void> | undefined

  /** @throws Error for a type that is not registered */
  constructor(deps: WorkerDeps, options: WorkerOptions = {}) {
    this.#deps = deps
    this.#types = chosenTypes(deps.jobTypes, options.types)
    this.#pools = this.#makePools(options.concurrency ?? DEFAULT_CONCURRENCY)
    this.#leases = new LeaseKeeper(deps, {
      lost: (lease) => this.#runner.stop('lost', (attempt) => attempt.lease === lease),
      cancelling: (jobIds) => {
        const told = new Set(jobIds)
        this.#runner.stop('cancel', ({ job }) => told.has(job.jobId))
      },
      opened: () => this.#feeder.nudge(),
    })
    this.#feeder = new Feeder(deps, {
      rooms: (now) =>
        this.#pools.map((pool) => ({ types: pool.types, window: pool.window(now), held: pool.waiting })),
      workerId: () => this.#leases.current?.workerId,
      failed: () => {
        const lease = this.#leases.current
        if (lease) this.#leases.suspect(lease)
      },
    })
    this.#beginOutage = new Outage('Beginning jobs', deps)
    this.#begins = new Batcher(BEGIN_BATCH, (deliveries) => this.#begin(deliveries))
    this.#recorder = new Recorder(deps, (ended) => deps.watch?.settled(ended))
    this.#steps = new StepReporter(deps, (attempts) => deps.watch?.stepped(attempts))
    this.#runner = new Runner(deps, this.#types, (attempt) => this.#steps.changed(attempt))
  }

  /** Registers, and takes work from now on. @throws QueueError when the job queue cannot be reached */
  async start(): Promise<void> {
    this.#leases.start()
    for (const type of this.#types.keys()) {
      const slots = this.#poolOf.get(type)?.slots ?? 0
      // A queue of this process alone may hand over all that the window holds. One that is shared must not: others may be idle.
      const atOnce = this.#deps.queue.shared ? slots : 5 * slots + RECORDING
      this.#consumers.push(
        await this.#deps.queue.consume(type, atOnce, (delivery, release) => this.#work(delivery, release)),
      )
    }
    this.#feeder.start()
  }

  /** There may be jobs that are ready. */
  nudge(): void {
    this.#feeder.nudge()
  }

  /**
   * Takes no more, waits for running handlers, then tells them to stop and hands back what is unfinished, its attempt not counted.
   * What cannot be said to a store that is away is found when the lease lapses. Can be called twice.
   */
  close({
    deadlineMs = DEFAULT_DEADLINE_MS,
  }: {
    readonly deadlineMs?: number | undefined
  } = {}): Promise<void> {
    this.#closed ??= this.#close(deadlineMs)
    return this.#closed
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#stop.abort()
    const closing = [this.#feeder.close(), ...this.#consumers.map((consumer) => consumer.close())]
    for (const pool of this.#pools) pool.shut()
    await this.#empty(deadlineMs)
    if (this.#inHand > 0) {
      this.#runner.stop('shutdown', undefined, LAST_GRACE_MS)
      await this.#empty(LAST_GRACE_MS + LAST_PATIENCE_MS)
    }
    this.#recorder.giveUp()
    // Before the store is told that this worker is gone: a feed in flight must not hand anything to it afterwards.
    await this.#atMost(Promise.all(closing), LAST_PATIENCE_MS)
    await this.#leases.close(LAST_PATIENCE_MS)
    await this.#runner.close()
    await this.#steps.close()
  }

  /** Resolves when nothing is in hand, after `ms` at the latest. */
  async #empty(ms: number): Promise<void> {
    if (this.#inHand === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#emptied = resolve
    await this.#atMost(promise, ms)
  }

  async #atMost(work: Promise<unknown>, ms: number): Promise<void> {
    const done = new AbortController()
    await Promise.race([work.finally(() => done.abort()), this.#deps.clock.wait(ms, done.signal)])
  }

  /** One delivery, from a slot to its record; that it resolves is the acknowledgement. Never rejects. */
  async #work(delivery: Delivery, release: () => void): Promise<void> {
    const pool = this.#poolOf.get(delivery.type)
    if (!pool) return
    const slot = pool.enter(delivery)
    if (!(slot === true || (await slot))) return
    this.#inHand++
    const begun = await this.#begins.add(delivery)
    if (begun === undefined) pool.leave()
    else await this.#do(begun, pool, release)
    this.#inHand--
    if (this.#inHand === 0) this.#emptied?.()
  }

  /** Begins a batch; `undefined` for each that may not begin now, or no more. While the store is away it waits. */
  async #begin(deliveries: readonly Delivery[]): Promise<(Begun | undefined)[]> {
    const { jobs, clock, watch } = this.#deps
    for (;;) {
      const lease = this.#leases.current ?? (await this.#leases.opened())
      if (!lease || this.#stop.signal.aborted) return deliveries.map(() => undefined)
      lease.held++
      try {
        const now = clock.now()
        const active = await jobs.begin({ deliveries, workerId: lease.workerId, now })
        this.#beginOutage.over()
        this.#feeder.makeRoom()
        if (active.length > 0) watch?.began(active)
        return this.#matched(deliveries, active, lease, now)
      } catch (error) {
        // The store may have begun jobs and not been able to say so: they come back when this lease lapses.
        this.#leases.suspect(lease)
        await this.#beginOutage.pause(error, this.#stop.signal)
      } finally {
        lease.held--
      }
    }
  }

  #matched(
    deliveries: readonly Delivery[],
    active: readonly ActiveJob[],
    lease: Lease,
    now: Date,
  ): (Begun | undefined)[] {
    const byId = new Map<JobId, Begun>()
    for (const job of active) {
      lease.held++
      byId.set(job.jobId, { job, lease })
      this.#poolOf.get(job.type)?.began(1, now.getTime())
    }
    return deliveries.map(({ jobId }) => {
      const begun = byId.get(jobId)
      byId.delete(jobId)
      return begun
    })
  }

  /** Runs the handler, gives the slot back, and records the outcome: meanwhile the slot may have its next job, while not too many wait to be recorded. */
  async #do({ job, lease }: Begun, pool: Pool, release: () => void): Promise<void> {
    const outcome = await this.#outcomeOf(job, lease)
    pool.leave()
    if (this.#inHand < pool.slots + RECORDING) release()
    if (pool.waiting === 0) this.#feeder.makeRoom()
    if (outcome && !(await this.#recorder.record({ job, lease, outcome }))) this.#leases.suspect(lease)
    lease.held--
  }

  #outcomeOf(job: ActiveJob, lease: Lease): Promise<Outcome | undefined> | Outcome | undefined {
    if (lease.state === 'lost') return undefined
    if (this.#stop.signal.aborted) return { kind: 'returned', jobId: job.jobId, attempt: job.attempt }
    return this.#runner.run(job, lease)
  }

  #makePools(concurrency: number): readonly Pool[] {
    const shared = new Pool(concurrency)
    const pools: Pool[] = []
    for (const { name, concurrency: own } of this.#types.values()) {
      const pool = own === undefined ? shared : new Pool(own)
      if (pool.types.length === 0) pools.push(pool)
      pool.types.push(name)
      this.#poolOf.set(name, pool)
    }
    return pools
  }
}

function chosenTypes(
  all: ReadonlyMap<string, JobType>,
  names: readonly string[] | undefined,
): ReadonlyMap<string, JobType> {
  if (names === undefined) return all
  return new Map(
    names.map((name) => {
      const type = all.get(name)
      if (!type) throw new Error(`No job type ${name} is registered`)
      return [name, type]
    }),
  )
}
