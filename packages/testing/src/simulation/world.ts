import {
  MemoryBroadcast,
  MemoryJobQueue,
  MemoryPersistence,
  MemoryPresenceStore,
} from '@muster/adapters-memory'
import type { Json, ProjectId } from '@muster/core'
import {
  type JobContext,
  type JobTools,
  type JobType,
  jobType,
  MusterError,
  NonRetryableError,
  NotNowError,
} from '@muster/core'
import type { AskWish } from '@muster/core/asks'
import { builtInStrategies } from '@muster/core/rules'
import { Outages } from '@muster/core/support'
import type { Muster } from '@muster/host'
import { compose, noMetrics, silentLogger } from '@muster/host'
import { SequentialIds } from '../system/sequential-ids.ts'
import { anything } from '../worlds/worker-world.ts'
import { Turns } from './actors/turns.ts'
import type { Adaptation } from './adaptation.ts'
import { Chance } from './chance.ts'
import { costOf } from './rules/budget-rules.ts'
import { keysOf } from './rules/limit-rules.ts'
import { Monitor } from './rules/monitor.ts'
import { questionsOf } from './rules/sleeper-rules.ts'
import { ViolationError } from './rules/violation.ts'
import { type Faults, NO_FAULTS, never, SimulatedProcess, type Surroundings } from './simulated-process.ts'
import { SimulatedTime } from './simulated-time.ts'
import type { Losses } from './unreliable-queue.ts'
import { type Cast, JOB_TYPE, setUp } from './world-setup.ts'

/** An attempt is told to stop after so long; a handler that hangs is given up a little later. */
const TIMEOUT_MS = 2_000

const FAULTS: Faults = {
  refused: 0.01,
  brokenOff: 0.015,
  answerLost: 0.015,
  diesInside: 0.006,
  diesAfter: 0.006,
}
const LOSSES: Losses = { lost: 0.1, doubled: 0.15 }

/** What of the whole takes part. */
export interface Parts {
  readonly people: boolean
  readonly jobs: boolean
  /** Only beside jobs: work that starts by the clock, jobs that wait for others, for keys, for people, and for money. */
  readonly schedules: boolean
  readonly flows: boolean
  readonly limits: boolean
  readonly sleepers: boolean
  readonly budgets: boolean
}

/** Something that happened, so many milliseconds after the beginning. */
type Noted = readonly [at: number, what: string]

/** A process that answers requests. */
export interface Api {
  readonly process: SimulatedProcess
  readonly muster: Muster
}

/** Everything that one schedule is about: one store, one time, and the processes that come and go. */
export class World {
  readonly chance: Chance
  readonly turns = new Turns()
  readonly time: SimulatedTime
  readonly parts: Parts
  readonly cast: Cast
  readonly monitor: Monitor
  readonly ids: SequentialIds
  /** A broker, where there is one. */
  readonly broker: MemoryJobQueue | undefined
  readonly adaptation: Adaptation
  /** How often what was done, what was refused, and what went wrong. */
  readonly counts = new Map<string, number>()
  /** What is being asked of a process and not answered yet. */
  readonly asked = new Map<object, SimulatedProcess>()
  readonly onDeath = new Set<(process: SimulatedProcess) => void>()
  /** What happened, in order. */
  readonly story: Noted[] = []
  failure: Error | undefined
  /** Steps of the schedule so far. */
  step = 0
  /** Nothing goes wrong any more. */
  calm = false
  #apis: Api[] = []
  #processes = 0

  /** Under everything that goes wrong. */
  readonly persistence: MemoryPersistence

  private constructor(
    chance: Chance,
    parts: Parts,
    ids: SequentialIds,
    adaptation: Adaptation,
    {
      time,
      cast,
      persistence,
    }: { readonly time: SimulatedTime; readonly cast: Cast; readonly persistence: MemoryPersistence },
  ) {
    this.time = time
    this.chance = chance
    this.parts = parts
    this.ids = ids
    this.cast = cast
    this.adaptation = adaptation
    this.persistence = persistence
    const { workflow, forms, projects, people } = cast
    const userIds = people.map(({ userId }) => userId)
    this.monitor = new Monitor(persistence, this.time, { workflow, forms, projects, userIds })
    this.monitor.parts = parts
    this.broker =
      parts.jobs && chance.of(0.4) ? new MemoryJobQueue({ clock: this.time.clockOf(this) }) : undefined
  }

  static async open(seed: number, wanted: Partial<Parts>, adaptation: Adaptation): Promise<World> {
    const chance = new Chance(seed)
    const jobs = wanted.jobs ?? chance.of(0.3)
    // Drawn only where all is left to the seed.
    const draw = (name: keyof Parts): boolean =>
      wanted[name] ?? (jobs && wanted.jobs === undefined && chance.of(0.15))
    const schedules = draw('schedules')
    const flows = draw('flows')
    const limits = draw('limits')
    const sleepers = draw('sleepers')
    const budgets = draw('budgets')
    const people = wanted.people ?? (!jobs || chance.of(0.15))
    const ids = new SequentialIds()
    const time = new SimulatedTime()
    const persistence = new MemoryPersistence({ clock: time.clockOf(time), ids })
    const cast = await setUp(persistence, chance, ids, new Date(time.now), {
      withJobs: people && jobs,
      isShort: sleepers,
    })
    const parts = { people, jobs, schedules, flows, limits, sleepers, budgets }
    return new World(chance, parts, ids, adaptation, { time, cast, persistence })
  }

  /** A new process; what it asks of the store is at the mercy of the simulation. */
  startProcess(kind: string): SimulatedProcess {
    this.#processes++
    const around: Surroundings = {
      chance: this.chance,
      turns: this.turns,
      time: this.time,
      monitor: this.monitor,
      faults: () => (this.calm ? NO_FAULTS : FAULTS),
      died: (process) => this.#bury(process),
    }
    return new SimulatedProcess(`${kind}-${this.#processes}`, around)
  }

  losses(): Losses {
    return this.calm ? { lost: 0, doubled: 0 } : LOSSES
  }

  /** A process that answers requests, one of at most two; a new one where none is alive. */
  api(): Api {
    if (this.#apis.length === 0 || (this.#apis.length === 1 && this.chance.of(0.3))) {
      const process = this.startProcess('api')
      this.#apis.push({ process, muster: this.composed(process) })
    }
    const api = this.chance.oneOf(this.#apis)
    if (api === undefined) throw new Error('No process answers')
    return api
  }

  /** The use cases as this process has them. */
  composed(process: SimulatedProcess): Muster {
    const { adaptation } = this
    const muster = compose({
      persistence: this.persistenceOf(process),
      jobQueue: undefined,
      broadcast: new MemoryBroadcast(),
      presence: new MemoryPresenceStore(),
      jobTypes: this.jobTypesOf(process),
      strategies: STRATEGY_MAP,
      scorers: {},
      logger: silentLogger,
      outages: new Outages({ logger: silentLogger, clock: process.clock }),
      metrics: noMetrics,
      clock: process.clock,
      ids: this.ids,
      random: this.chance,
      webhookSender: undefined,
      fileReader: undefined,
      exporting: undefined,
      keepEventsHours: 72,
      holdEventsHours: 168,
      keepDraftsDays: 30,
    })
    return { ...muster, assignments: adaptation.assignments?.(muster.assignments) ?? muster.assignments }
  }

  /** The store as this process sees it. What a worker is told of recorded jobs is held against what is. */
  persistenceOf(process: SimulatedProcess): SimulatedProcess['persistence'] {
    const seen = this.adaptation.persistence?.(process.persistence) ?? process.persistence
    const { workers } = seen.stores
    const settle: typeof workers.settle = async (request) => {
      const receipt = await workers.settle(request)
      await this.monitor.noting(() =>
        this.monitor.jobs.acknowledged(request.outcomes, receipt, request.workerId),
      )
      return receipt
    }
    const watched = new Proxy(workers, {
      get: (target, name) => (name === 'settle' ? settle : Reflect.get(target, name)),
    })
    return {
      stores: { ...seen.stores, workers: watched },
      transaction: (work) => seen.transaction(work),
      snapshot: (work) => seen.snapshot(work),
      check: () => seen.check(),
      close: () => seen.close(),
      ...(seen.time && { time: seen.time }),
    }
  }

  /** Handlers that succeed, fail, throw for good, take their time, obey, hang. */
  jobTypesOf(process: SimulatedProcess): ReadonlyMap<string, JobType> {
    const type = jobType({
      name: JOB_TYPE,
      payload: anything,
      timeoutMs: TIMEOUT_MS,
      retry: { baseMs: 200, capMs: 1_000 },
      limits: (job) => keysOf(job.payload as Json),
      estimate: (job) => {
        const costMicros = costOf(job.payload as Json)
        return costMicros > 0 ? { costMicros } : {}
      },
      handler: async (job, tools) => {
        const { jobId } = job
        const payload = job.payload as Json
        const returned = this.monitor.budgets.running({ jobId, micros: costOf(payload), process })
        return this.#handle(process, { ...job, payload }, tools).finally(returned)
      },
    })
    return new Map([[JOB_TYPE, type]])
  }

  async #handle(
    process: SimulatedProcess,
    { attempt, payload, projectId, runId }: JobContext,
    { signal, step, ask, usage }: JobTools,
  ): Promise<Json> {
    const { chance } = this
    const result = { by: process.name, attempt }
    if (this.calm) return result
    for (let nth = 1; nth <= questionsOf(payload); nth++) await ask(`q${nth}`, this.#question())
    const estimate = costOf(payload)
    if (estimate > 0) {
      const costMicros = estimate * (chance.oneOf([0, 0.5, 1, 2]) ?? 1)
      const counted = this.monitor.budgets.calling({ projectId, runId, micros: costMicros })
      // A worker that ends first does not count it.
      usage({ model: 'm', input: 1, output: 1, costMicros }).then(counted, () => undefined)
    }
    if (chance.of(0.3)) step('half', 1, 2)
    if (chance.of(0.8)) await this.turns.wait(process, 'handler')
    switch (chance.weighted(ENDINGS)) {
      case 'succeeds':
        return result
      case 'fails':
        throw new Error('The other side is away')
      case 'fails for good':
        throw new NonRetryableError('This can never work')
      case 'asks to wait':
        throw new NotNowError({ retryAfterSeconds: chance.between(0, 2) })
      case 'waits':
        return process.clock.wait(chance.between(100, 4_000), signal).then(() => result)
      case 'hangs':
        this.monitor.budgets.hangs = true
        return never()
    }
  }

  /** Of a job to people. */
  #question(): AskWish {
    const { chance } = this
    return {
      payload: { text: 'goede morgen' },
      // Before all else, so that people come to answer it.
      priority: 10,
      timeoutSeconds: chance.of(0.5) ? chance.between(1, 90) : 3_600,
      onTimeout: chance.oneOf(['fail', 'raise', { answer: { label: 'nl' } }] as const) ?? 'fail',
    }
  }

  /** Asks something of a process. A refusal is an answer; any other error is a fault of the core. */
  ask(name: string, process: SimulatedProcess, question: () => Promise<unknown>): void {
    const asked = {}
    this.note(`${process.name} is asked: ${name}`)
    this.asked.set(asked, process)
    question().then(
      () => this.#answered(asked, name),
      (error: unknown) => {
        this.#answered(asked, `${name} refused`)
        if (error instanceof ViolationError || this.monitor.violation) return
        if (!(error instanceof MusterError)) {
          this.failure ??= new Error(`${name} failed with what is no MusterError`, { cause: error })
        }
      },
    )
  }

  note(what: string): void {
    this.story.push([this.time.elapsed, what])
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by)
  }

  someProject(): ProjectId {
    const projectId = this.chance.oneOf([...this.cast.projects.keys()])
    if (projectId === undefined) throw new Error('There is no project')
    return projectId
  }

  #answered(asked: object, name: string): void {
    this.asked.delete(asked)
    this.count(name)
  }

  #bury(process: SimulatedProcess): void {
    this.count('crash')
    this.note(`${process.name} dies`)
    this.monitor.budgets.died(process)
    this.#apis = this.#apis.filter((api) => api.process !== process)
    for (const [asked, of] of this.asked) if (of === process) this.asked.delete(asked)
    for (const tell of this.onDeath) tell(process)
  }
}

const STRATEGY_MAP = new Map(Object.entries(builtInStrategies))

const ENDINGS = [
  [6, 'succeeds'],
  [1.5, 'fails'],
  [0.5, 'fails for good'],
  [1.5, 'asks to wait'],
  [4, 'waits'],
  [1.5, 'hangs'],
] as const
