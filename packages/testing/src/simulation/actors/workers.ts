import { type AskDeps, askDesk, askSweeper } from '@muster/core/asks'
import { collecting, parentsOf, sweeping } from '@muster/core/making'
import { refitDue } from '@muster/core/quality'
import { LEASE_MS } from '@muster/core/rules'
import { linkSweeper } from '@muster/core/runs'
import { scheduleFiring } from '@muster/core/schedules'
import { budgetWatch, usageSink } from '@muster/core/usage'
import { projectRunResults, Scheduler, Worker } from '@muster/core/use-cases'
import { noMetrics, silentLogger } from '@muster/host'
import type { SimulatedProcess } from '../simulated-process.ts'
import { UnreliableQueue } from '../unreliable-queue.ts'
import type { World } from '../world.ts'

const MOST_WORKERS = 2

interface WorkerProcess {
  readonly process: SimulatedProcess
  readonly worker: Worker
  readonly queue: UnreliableQueue | undefined
  readonly line: LineToBroker
}

/** Between a process and the broker. */
interface LineToBroker {
  /** Until that step of the schedule nothing passes. */
  cutUntil: number
}

interface SchedulerProcess {
  readonly process: SimulatedProcess
  readonly scheduler: Scheduler
}

/** Worker and scheduler processes: they start, work, close in good order, or vanish. */
export class Workers {
  readonly #world: World
  #workers: WorkerProcess[] = []
  #schedulers: SchedulerProcess[] = []

  constructor(world: World) {
    this.#world = world
    world.onDeath.add((process) => {
      for (const { queue } of this.#workers.filter((one) => one.process === process)) queue?.abandon()
      this.#workers = this.#workers.filter((one) => one.process !== process)
      this.#schedulers = this.#schedulers.filter((one) => one.process !== process)
    })
  }

  /** Somebody starts one, closes one, pulls the plug of one, or does a scheduler's work. */
  act(): void {
    const { chance } = this.#world
    if (this.#workers.length === 0) this.startWorker()
    else
      chance.weighted<() => void>([
        [this.#workers.length < MOST_WORKERS ? 2 : 0, () => this.startWorker()],
        [this.#schedulers.length === 0 ? 1 : 0.1, () => this.startScheduler()],
        [0.5, () => this.#closeOne()],
        [0.7, () => this.#killOne()],
        [1.5, () => this.#stallOne()],
        [this.#world.broker ? 1 : 0, () => this.#cutOff()],
        [2, () => this.#sweep()],
      ])()
  }

  startWorker(): void {
    const world = this.#world
    const process = world.startProcess('worker')
    const { stores } = world.persistenceOf(process)
    const line: LineToBroker = { cutUntil: 0 }
    const queue = this.#queue(line)
    const worker = new Worker(
      {
        workers: stores.workers,
        queue: queue && (world.adaptation.jobQueue?.(queue) ?? queue),
        jobTypes: world.jobTypesOf(process),
        results: projectRunResults(stores.runs),
        parents: parentsOf(stores.flows),
        usage: usageSink({ transactions: world.persistenceOf(process), clock: process.clock }),
        desk: askDesk(this.#asks(process)),
        clock: process.clock,
        ids: world.ids,
        random: world.chance,
        logger: silentLogger,
        metrics: noMetrics,
      },
      { concurrency: world.chance.between(1, 3) },
    )
    this.#workers.push({ process, worker, queue, line })
    world.ask('worker started', process, () => worker.start())
  }

  startScheduler(): void {
    const world = this.#world
    const process = world.startProcess('scheduler')
    const persistence = world.persistenceOf(process)
    const { workers, events, idempotency, tasks, rates } = persistence.stores
    const { assignments } = world.composed(process)
    const scheduler = new Scheduler({
      workers,
      events,
      idempotency,
      drafts: { prune: (before, limit) => tasks.pruneDrafts(before, limit) },
      thinRates: (now, limit) => rates.thin(now, limit),
      queue: this.#queue({ cutUntil: 0 }),
      expireDue: () => assignments.expireDue(),
      escalate: async () => ({ more: false }),
      collect: this.#isMoved ? this.#collectingAtTheEnd(process) : async () => 0,
      sweepAsks: world.parts.sleepers ? askSweeper(this.#asks(process)) : async () => 0,
      sweepLinks: world.parts.flows ? this.#linking(process) : async () => 0,
      watchBudgets: world.parts.budgets ? this.#watching(process) : async () => 0,
      refit: () => refitDue({ transactions: persistence, clock: process.clock }),
      operate: async () => 0,
      mendFlows: async () => {},
      fireSchedules: world.parts.schedules
        ? scheduleFiring({
            transactions: persistence,
            jobTypes: world.jobTypesOf(process),
            clock: process.clock,
            ids: world.ids,
            logger: silentLogger,
            metrics: noMetrics,
            nudge: () => undefined,
            zoneData: '2026c',
          })
        : async () => null,
      refitScheduled: async () => 0,
      ticks: { prune: async () => 0 },
      webhookTries: { prune: async () => 0 },
      bring: () => async () => 0,
      importRows: { prune: async () => 0 },
      writeExports: () => async () => 0,
      oldExports: { prune: async () => 0 },
      operations: { prune: async () => 0 },
      clock: process.clock,
      random: world.chance,
      logger: silentLogger,
      metrics: noMetrics,
      keepEventsHours: 72,
      holdEventsHours: 168,
      keepDraftsDays: 30,
      nudge: () => undefined,
    })
    this.#schedulers.push({ process, scheduler })
    world.count('scheduler started')
    scheduler.start()
  }

  /** What is there to bring everything to an end. */
  ensure(): void {
    if (this.#workers.length === 0) this.startWorker()
    if (this.#schedulers.length === 0) this.startScheduler()
  }

  /** Whether jobs get into line in other ways than by being added. */
  get #isMoved(): boolean {
    const { flows, sleepers } = this.#world.parts
    return flows || sleepers
  }

  /** A schedule leaves this to sweeps at its own moments: ten looks a second would be most of what happens in it. */
  #collectingAtTheEnd(process: SimulatedProcess): () => Promise<number> {
    const collect = this.#collecting(process)
    return async () => (this.#world.calm ? collect() : 0)
  }

  #collecting(process: SimulatedProcess): () => Promise<number> {
    const deps = { ...this.#asks(process), transactions: this.#world.persistenceOf(process) }
    return collecting({ ...deps, sweep: sweeping(deps) })
  }

  #linking(process: SimulatedProcess): () => Promise<number> {
    return linkSweeper({ ...this.#asks(process), transactions: this.#world.persistenceOf(process) })
  }

  #watching(process: SimulatedProcess): () => Promise<number> {
    return budgetWatch({ transactions: this.#world.persistenceOf(process), clock: process.clock })
  }

  #asks(process: SimulatedProcess): AskDeps {
    const world = this.#world
    return {
      transactions: world.persistenceOf(process),
      clock: process.clock,
      ids: world.ids,
      random: world.chance,
      jobTypes: world.jobTypesOf(process),
      strategies: new Map(),
      nudge: () => undefined,
    }
  }

  #queue(line: LineToBroker): UnreliableQueue | undefined {
    const world = this.#world
    const { broker, turns, chance } = world
    const away = (): boolean => !world.calm && world.step < line.cutUntil
    return broker && new UnreliableQueue(broker, { turns, chance, losses: () => world.losses(), away })
  }

  /** The broker is out of reach for one of them, or for all. */
  #cutOff(): void {
    const { chance, step } = this.#world
    const until = step + chance.between(10, 60)
    const one = chance.oneOf(this.#workers)
    const cut = one && chance.of(0.5) ? [one] : this.#workers
    for (const { line } of cut) line.cutUntil = until
    this.#world.count('broker cut off')
  }

  #closeOne(): void {
    const one = this.#world.chance.oneOf(this.#workers)
    if (one === undefined) return
    const { process, worker, queue } = one
    this.#workers = this.#workers.filter((other) => other !== one)
    // A process that closes its worker is about to end, with the handlers that did not obey by then.
    this.#world.monitor.budgets.died(process)
    this.#world.ask('worker closed', process, async () => {
      await worker.close({ deadlineMs: this.#world.chance.between(0, 2_000) })
      queue?.abandon()
    })
  }

  #killOne(): void {
    this.#world.chance.oneOf([...this.#workers, ...this.#schedulers])?.process.die()
  }

  /** One stands still until others take it for dead and do its jobs, and then comes back. */
  #stallOne(): void {
    const { chance, time, step, monitor } = this.#world
    const one = chance.oneOf(this.#workers)
    if (one === undefined) return
    one.process.stalledUntil = step + chance.between(20, 80)
    const working = [...monitor.jobs.jobs.values()].some(({ state }) => state === 'active')
    if (!working || chance.of(0.3)) return
    if (this.#workers.length < MOST_WORKERS) this.startWorker()
    time.pass(LEASE_MS + chance.between(1, 2_000))
    this.#sweep()
  }

  /** What a scheduler does, done once by somebody who did not look at the clock before. */
  #sweep(): void {
    const { process, muster } = this.#world.api()
    const { workers } = muster.persistence.stores
    this.#world.ask('sweep', process, async () => {
      const now = process.clock.now()
      if ((await workers.reapWorkers(now)) > 0) this.#world.count('reaped')
      if ((await workers.wakeDue(now, 100)).woken > 0) this.#world.count('woken')
      await workers.sweepCancelled(100)
      if (this.#isMoved) await this.#collecting(process)()
      if (this.#world.parts.sleepers) await askSweeper(this.#asks(process))()
      if (this.#world.parts.budgets) await this.#watching(process)()
      if (this.#world.parts.flows) await this.#linking(process)()
    })
  }
}
