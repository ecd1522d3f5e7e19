import type { Clock, Ids, Logger, Metrics, Random } from '../../environment.ts'
import { ValidationError } from '../../errors.ts'
import type { JobId, ProjectId, RunId } from '../../ids.ts'
import { nearestName } from '../../input/near-name.ts'
import { assertOptions, type OptionRules, option, optionIssues } from '../../input/options.ts'
import { type Outages, outagesOf } from '../../logging/outages.ts'
import { atMost, elapsedMs } from '../../time.ts'
import { type AskDesk, leavesMore } from '../asks/desk.ts'
import type { JobType, ParentJob, RunResult } from '../job.ts'
import type { JobQueue } from '../job-queue.ts'
import { isSlots, SLOTS_RULE } from '../job-types.ts'
import type { ProcessLoad } from '../processes/process.ts'
import { BrokerSupply } from '../supply/broker-supply.ts'
import { DirectSupply } from '../supply/direct-supply.ts'
import { Feeder } from '../supply/feeder.ts'
import type { Begun, Hands, Supply } from '../supply/supply.ts'
import type { AttemptTrace, Tracing } from '../tracing.ts'
import type { BegunJob, Outcome, WorkerStore } from '../worker-store.ts'
import type { Attempt } from './attempt.ts'
import { type Hold, Holds } from './holds.ts'
import { LEASE_MS, LeaseKeeper } from './lease.ts'
import { Pool } from './pool.ts'
import { Recorder, SETTLE_BATCH } from './recorder.ts'
import { Runner } from './runner.ts'
import { StepReporter } from './step-reporter.ts'
import { UsageReporter } from './usage-reporter.ts'
import type { UsageSink } from './usage-sink.ts'

/** Jobs at once in a worker that says nothing of it. */
export const DEFAULT_CONCURRENCY = 50

/** How long a closing worker waits for running handlers, unless told otherwise. */
export const DEFAULT_DEADLINE_MS = 25_000

/** How long a job that has begun may wait for a slot before it goes back in line, where others may find it. */
export const HAND_BACK_MS = 250

/** The overtime of a close, for handlers told to stop and for the store: a share of the deadline, in ms at least and at most. */
const OVERTIME = { share: 0.18, leastMs: 100, mostMs: 2_000 }

/** Shares of the overtime by which handlers must have stopped, the rest is handed back, and the store must have answered. */
const STOPPED = 0.5
const HANDED_BACK = 0.7
const SAID = 0.95

/** How long a lease may be, in seconds. */
const LEASE_SECONDS = { least: 2, most: 3_600 }

/** Dependencies of a worker. */
export interface WorkerDeps {
  readonly workers: WorkerStore
  /** A broker that moves jobs between processes. Without one, and while it does not work, the worker takes them from the store. */
  readonly queue?: JobQueue | undefined
  readonly jobTypes: ReadonlyMap<string, JobType>
  /** Reads the results of a run of the project, for handlers. */
  readonly results: (projectId: ProjectId, runId: RunId) => AsyncIterable<RunResult>
  /** Reads the jobs that one waited for, for its handler. */
  readonly parents: (jobId: JobId) => AsyncIterable<ParentJob>
  /** Where it reports what handlers used. */
  readonly usage: UsageSink
  /** Where handlers bring their questions. */
  readonly desk: AskDesk
  readonly clock: Clock
  readonly ids: Ids
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly watch?: WorkerWatch
  readonly tracing?: Tracing | undefined
  /** Where it reports what is away; default: outages of its own. */
  readonly outages?: Outages | undefined
  /** Nobody but this process adds jobs to the store, so {@link Worker.nudge} is called for all of them. */
  readonly alone?: boolean | undefined
}

/** Sees what a worker does, a batch at a time. Must return at once and never throw. */
export interface WorkerWatch {
  began(jobs: readonly BegunJob[]): void
  settled(ended: readonly { readonly job: BegunJob; readonly outcome: Outcome }[]): void
  stepped(attempts: readonly (Pick<Attempt, 'step' | 'progress'> & { readonly job: BegunJob })[]): void
}

/** The work of a worker, and how much of it at once. */
export interface WorkerOptions {
  /** Default: every registered type that has a handler. */
  readonly types?: readonly string[] | undefined
  /** Slots shared by the types that say nothing of their own. Default {@link DEFAULT_CONCURRENCY}. */
  readonly concurrency?: number | undefined
  /** How long this worker may be silent. Default 6; a type that asks for more gets it. */
  readonly leaseSeconds?: number | undefined
}

/** How a worker, or all of Muster, is closed. */
export interface CloseOptions {
  readonly deadlineMs?: number | undefined
}

const CLOSE_RULES: OptionRules<CloseOptions> = { deadlineMs: option.number(0, 86_400_000) }

/** @throws TypeError for a deadline that cannot be meant */
export function assertCloseOptions(how: CloseOptions): void {
  assertOptions('close', how, CLOSE_RULES)
}

/** How long a close with such a deadline takes at most, in ms. */
export function closingMs(deadlineMs: number = DEFAULT_DEADLINE_MS): number {
  return deadlineMs + overtimeOf(deadlineMs)
}

function overtimeOf(deadlineMs: number): number {
  const { share, leastMs, mostMs } = OVERTIME
  return Math.min(mostMs, Math.max(leastMs, share * deadlineMs))
}

/** Ends that wait for being recorded before slots are kept until theirs is: so many for each slot, and two batches. Then each slot holds one more. */
const UNRECORDED_PER_SLOT = 3

/**
 * Does jobs until closed: begins and settles them in batches, runs their handlers, and keeps the window before its slots
 * filled. No handler can stop it: what throws, hangs or returns nonsense ends its own job. No backend that is away can: it waits and goes on.
 */
export class Worker {
  readonly #deps: WorkerDeps
  readonly #types: ReadonlyMap<string, JobType>
  readonly #pools: readonly Pool[]
  readonly #poolOf = new Map<string, Pool>()
  readonly #stop = new AbortController()
  readonly #leases: LeaseKeeper
  readonly #supply: Supply
  readonly #feeder: Feeder
  readonly #recorder: Recorder
  readonly #steps: StepReporter
  readonly #usage: UsageReporter
  readonly #runner: Runner
  readonly #holds = new Holds(
    () => this.#feeder.freeKeys(),
    (job) => this.#usage.ended(job),
  )
  /** Jobs between their begin and the end of their recording. */
  #inHand = 0
  /** Ends that wait for being recorded. */
  #unrecorded = 0
  readonly #mostUnrecorded: number
  #watching = false
  #emptied: (() => void) | undefined
  #closed: Promise<void> | undefined

  /** @throws ValidationError for a type that is not registered, a lease or a number of slots that cannot be, an option that is not known */
  constructor(given: WorkerDeps, options: WorkerOptions = {}) {
    const deps = { ...given, outages: outagesOf(given) }
    this.#deps = deps
    assertWorkerOptions(options, deps.jobTypes)
    this.#types = chosenTypes(deps.jobTypes, options.types)
    this.#pools = this.#makePools(options.concurrency ?? DEFAULT_CONCURRENCY)
    const slots = this.#pools.reduce((sum, pool) => sum + pool.slots, 0)
    this.#mostUnrecorded = UNRECORDED_PER_SLOT * slots + 2 * SETTLE_BATCH
    const leaseMs = leaseOf(this.#types, options.leaseSeconds)
    this.#leases = new LeaseKeeper(
      deps,
      { leaseMs, types: [...this.#types.keys()] },
      {
        late: (stoodStillMs, types) => this.#sayLate(stoodStillMs, leaseMs, types),
        typesInHand: () => this.#runner.ranSince(),
        lost: (lease) => this.#runner.stop('lost', (attempt) => attempt.lease === lease),
        cancelling: (jobIds) => {
          const told = new Set(jobIds)
          this.#runner.stop('cancel', ({ job }) => told.has(job.jobId))
        },
        opened: () => this.#feeder.nudge(),
      },
    )
    const { queue } = deps
    const hands = this.#hands()
    this.#supply = queue ? new BrokerSupply({ ...deps, queue }, hands) : new DirectSupply(deps, hands)
    this.#feeder = new Feeder(deps, this.#supply)
    this.#usage = new UsageReporter(deps, () => this.#feeder.freeKeys())
    this.#recorder = new Recorder(
      { ...deps, workers: { settle: settlingOf(deps) } },
      {
        settled: (ended) => deps.watch?.settled(ended),
        unrecorded: ({ outcome }) => this.#usage.putBack(outcome),
      },
    )
    this.#steps = new StepReporter(deps, (attempts) => deps.watch?.stepped(attempts))
    this.#runner = new Runner({ ...deps, reporter: this.#usage }, this.#types, (attempt) =>
      this.#steps.changed(attempt),
    )
  }

  /** Registers, and takes work from now on, or as soon as what it needs is there. */
  async start(): Promise<void> {
    this.#leases.start()
    this.#supply.start()
    this.#feeder.start()
  }

  /** The jobs that are worked on now, beside the slots for them. */
  load(): ProcessLoad {
    const { active, took } = this.#runner.load()
    return {
      slots: this.#pools.reduce((sum, { slots }) => sum + slots, 0),
      active: [...active.values()].reduce((sum, count) => sum + count, 0),
      types: [...this.#poolOf]
        .map(([type, { slots }]) => ({ type, slots, active: active.get(type) ?? 0, took: took(type) }))
        .sort((a, b) => (a.type < b.type ? -1 : 1)),
    }
  }

  /** There may be jobs that are ready. */
  nudge(): void {
    this.#feeder.nudge()
  }

  /**
   * Takes no more, waits for running handlers, then tells them to stop and hands back what has not ended or is not recorded, its attempt
   * not counted. Takes no longer than {@link closingMs} says, whatever handlers and store do. If the store is away, it finds the rest when the lease lapses. Can be called twice.
   */
  async close(how: CloseOptions = {}): Promise<void> {
    assertCloseOptions(how)
    this.#closed ??= this.#close(how.deadlineMs ?? DEFAULT_DEADLINE_MS)
    await this.#closed
  }

  async #close(deadlineMs: number): Promise<void> {
    const { clock } = this.#deps
    const began = elapsedMs(clock)
    const overtime = overtimeOf(deadlineMs)
    /** Until the deadline and such a share of the overtime have passed. */
    const until = (work: Promise<unknown>, share: number): Promise<void> =>
      atMost(clock, work, Math.max(0, began + deadlineMs + share * overtime - elapsedMs(clock)))
    this.#stop.abort()
    const closing = Promise.all([this.#feeder.close(), this.#supply.close()])
    for (const pool of this.#pools) pool.shut()
    // Jobs that the store is just giving come in before anybody asks whether some are in hand.
    await until(this.#feeder.close(), 0)
    await until(this.#empty(), 0)
    if (this.#inHand > 0) {
      this.#runner.stop('shutdown', undefined, STOPPED * overtime)
      await until(this.#empty(), HANDED_BACK)
    }
    this.#recorder.giveUp()
    await until(closing, HANDED_BACK)
    await until(Promise.all([this.#leases.close(), this.#usage.close()]), SAID)
    this.#usage.giveUp()
    await this.#runner.close()
    await until(this.#steps.close(), 1)
  }

  /** Resolves when nothing is in hand. */
  async #empty(): Promise<void> {
    if (this.#inHand === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#emptied = resolve
    await promise
  }

  #sayLate(stoodStillMs: number, leaseMs: number, types: readonly string[]): void {
    const seconds = (ms: number): string => (ms / 1_000).toFixed(1)
    this.#deps.logger.warn(
      { stoodStillMs: Math.round(stoodStillMs), leaseMs, types },
      `The event loop stood still for ${seconds(stoodStillMs)} s, so this worker could not beat: most likely a handler computes ` +
        `without a pause. After ${seconds(leaseMs)} s of silence its jobs begin elsewhere: set leaseSeconds, or run the handler in a thread`,
    )
  }

  #hands(): Hands {
    return {
      pools: this.#pools,
      leases: this.#leases,
      stop: this.#stop.signal,
      poolOf: (type) => this.#poolOf.get(type),
      began: (jobs, lease) => {
        const now = elapsedMs(this.#deps.clock)
        if (jobs.length > 0) this.#deps.watch?.began(jobs)
        lease.held += jobs.length
        for (const { type } of jobs) this.#poolOf.get(type)?.began(1, now)
        return jobs.map((job) => ({ job, lease }))
      },
      held: (jobs) => this.#held(jobs),
      report: (lease) => this.#holds.report(lease),
      enter: (begun, freed) => this.#enter(begun, freed),
      makeRoom: () => this.#feeder.makeRoom(),
    }
  }

  async #enter(begun: Begun, freed: () => void): Promise<void> {
    this.#held(1)
    const trace = this.#deps.tracing?.began(begun.job)
    const pool = this.#poolOf.get(begun.job.type)
    const hold = this.#holds.begin(begun)
    const inSlot = pool !== undefined && (await this.#slot(pool))
    const outcome = inSlot ? await this.#outcomeOf(begun, hold, trace) : unbegun(begun, hold)
    const recording = this.#record(begun, outcome)
    // A store that records more slowly than handlers end keeps the slots, so that a crash does not do all of it again.
    if (this.#unrecorded > this.#mostUnrecorded) await recording
    if (inSlot) pool.leave()
    freed()
    const recorded = await recording
    hold?.recorded()
    trace?.settled(outcome, recorded)
    this.#held(-1)
  }

  /** Waits for a slot; `false`: there will be none soon. */
  #slot(pool: Pool): Promise<boolean> {
    return new Promise((resolve) => {
      pool.enter(elapsedMs(this.#deps.clock), resolve)
      if (pool.waiting > 0 && !this.#watching) void this.#watch()
    })
  }

  /** Sends back what waits too long: the slots before it have become slow. */
  async #watch(): Promise<void> {
    const { clock } = this.#deps
    this.#watching = true
    while (!this.#stop.signal.aborted && this.#pools.some(({ waiting }) => waiting > 0)) {
      await clock.wait(HAND_BACK_MS, this.#stop.signal)
      for (const pool of this.#pools) pool.sendAway(elapsedMs(clock) - HAND_BACK_MS)
    }
    this.#watching = false
  }

  #held(jobs: number): void {
    this.#inHand += jobs
    if (this.#inHand === 0) this.#emptied?.()
  }

  #outcomeOf(
    begun: Begun,
    hold?: Hold,
    trace?: AttemptTrace,
  ): Promise<Outcome | undefined> | Outcome | undefined {
    const { job, lease } = begun
    if (lease.state === 'lost' || this.#stop.signal.aborted) {
      const handedBack = unbegun(begun, hold)
      return lease.state === 'lost' ? undefined : handedBack
    }
    const run = (): Promise<Outcome | undefined> =>
      this.#runner.run(job, lease, (units) => hold?.left(true, units))
    return trace ? trace.run(run) : run()
  }

  /** Whether it was recorded. */
  async #record({ job, lease }: Begun, outcome: Outcome | undefined): Promise<boolean> {
    this.#unrecorded++
    const recorded = outcome !== undefined && (await this.#recorder.record({ job, lease, outcome }))
    this.#unrecorded--
    // One that closes says so of its lease, and needs no other.
    if (outcome && !recorded && !this.#stop.signal.aborted) this.#leases.suspect(lease)
    lease.held--
    return recorded
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

/** Most outcomes leave nothing behind but their job's row: these need no transaction. */
export function settlingOf({ workers, desk }: Pick<WorkerDeps, 'workers' | 'desk'>): WorkerStore['settle'] {
  return (request) => (request.outcomes.some(leavesMore) ? desk.settle(request) : workers.settle(request))
}

/** The job goes back in line, and its handler never ran. */
function unbegun({ job: { jobId, start } }: Begun, hold?: Hold): Outcome {
  hold?.left(false)
  return { kind: 'returned', jobId, start }
}

function chosenTypes(
  all: ReadonlyMap<string, JobType>,
  names: readonly string[] | undefined,
): ReadonlyMap<string, JobType> {
  return new Map([...all].filter(([name, { remote }]) => names?.includes(name) ?? !remote))
}

/** @throws ValidationError naming every option at fault */
function assertWorkerOptions(options: WorkerOptions, all: ReadonlyMap<string, JobType>): void {
  const wrong = optionIssues(options, RULES)
  const strange =
    wrong.length > 0 ? [] : (options.types ?? []).filter((name) => !all.has(name) || all.get(name)?.remote)
  const issues = [...wrong, ...strange.map((name) => ({ path: 'types', message: strangeType(name, all) }))]
  if (issues.length > 0) throw new ValidationError(issues, 'The worker cannot start')
}

function strangeType(name: string, all: ReadonlyMap<string, JobType>): string {
  if (all.has(name)) return `has ${name}, whose jobs are done by workers over HTTP alone`
  const near = nearestName(name, all.keys())
  return `has ${name}, which is not registered${near === undefined ? '' : `: did you mean ${near}?`}`
}

const RULES: OptionRules<WorkerOptions> = {
  types: {
    ...option.texts({ least: 1 }),
    rule: 'a list of names of job types, or left out for all that are registered',
  },
  concurrency: { rule: SLOTS_RULE, holds: isSlots },
  leaseSeconds: option.number(LEASE_SECONDS.least, LEASE_SECONDS.most),
}

/** The longest that a type or the worker itself asks for, since all jobs of a worker share its lease; in ms. */
export function leaseOf(types: ReadonlyMap<string, JobType>, own: number | undefined): number {
  const asked = [
    { path: 'leaseSeconds', seconds: own },
    ...[...types.values()].map(({ name, leaseSeconds }) => ({
      path: `jobTypes[${name}].leaseSeconds`,
      seconds: leaseSeconds,
    })),
  ]
  const { least, most } = LEASE_SECONDS
  const issues = asked.flatMap(({ path, seconds }) =>
    seconds === undefined || (seconds >= least && seconds <= most)
      ? []
      : [{ path, message: `must be a number from ${least} to ${most}` }],
  )
  if (issues.length > 0) throw new ValidationError(issues, 'The worker cannot start')
  const seconds = asked.flatMap((one) => one.seconds ?? [])
  return seconds.length > 0 ? 1_000 * Math.max(own ?? LEASE_MS / 1_000, ...seconds) : LEASE_MS
}
