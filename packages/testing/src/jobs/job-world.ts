import type {
  Definition,
  DefinitionId,
  JobError,
  JobId,
  Json,
  ProjectId,
  QueueItem,
  Run,
  RunId,
  RunPriority,
  Scenario,
  TaskId,
  UserId,
} from '@muster/core'
import type { Fact } from '@muster/core/feed'
import type { CoolDown, LimitSet } from '@muster/core/limits'
import type { After, EndedChild } from '@muster/core/making'
import type {
  ActiveJob,
  Delivery,
  JobWithResult,
  NewJob,
  Outcome,
  Persistence,
  QueueItemKey,
  Stores,
  Tally,
  WorkerId,
} from '@muster/core/ports'
import { meetAwaitedRuns } from '@muster/core/runs'
import { expect, it } from 'vitest'
import type { OpenAdapter, OpenPersistence } from '../stores/open-adapter.ts'
import { SequentialIds } from '../system/sequential-ids.ts'
import type { VirtualClock } from '../system/virtual-clock.ts'
import { aProject } from '../worlds/samples.ts'

/** Everything that the suites of jobs and runs register: feeds take all of them unless told otherwise. */
const TYPES = ['probe:scenario', 'analyze', 'other']

export const ODD: JobError = { code: 'odd', message: 'It went oddly on Ærø', retryable: true }

/** How long a worker of {@link JobWorld} lives without a beat. */
export const LEASE_MS = 30_000

interface RunWish {
  /** One that is there; else one of its own is made. */
  readonly definition?: Definition
  /** How many, or which. */
  readonly scenarios?: number | readonly Scenario[]
  readonly models?: readonly string[]
  readonly repeats?: number
  readonly priority?: RunPriority
  readonly type?: string
  readonly maxAttempts?: number
  readonly maxJobsPerSecond?: number
  readonly places?: readonly number[]
  readonly idempotencyKey?: string
  /** By model. */
  readonly limits?: readonly (LimitSet | null)[]
}

interface LooseWish {
  readonly priority?: number
  readonly type?: string
  readonly delayMs?: number
  readonly maxAttempts?: number
  readonly taskId?: TaskId | null
  readonly createdBy?: UserId | null
  readonly limits?: LimitSet
}

/** What one attempt ends in, without the fence. */
export type Ending =
  | { readonly kind: 'completed'; readonly result: Json }
  | { readonly kind: 'failed'; readonly error: JobError }
  | {
      readonly kind: 'retry'
      readonly error: JobError
      readonly availableAt: Date
      readonly notNow?: boolean
      readonly coolDown?: CoolDown
    }
  | { readonly kind: 'notNow'; readonly error: JobError; readonly availableAt: Date }
  | { readonly kind: 'notNow'; readonly error: JobError; readonly coolDown: CoolDown }
  | { readonly kind: 'returned' | 'cancelled' }

export const done: Ending = { kind: 'completed', result: 'fine' }
export const broken: Ending = { kind: 'failed', error: ODD }
/** The other side asks a job with keys to wait. */
export const notNow = (coolDown: CoolDown): Ending => ({ kind: 'notNow', error: ODD, coolDown })
export const handedBack: Ending = { kind: 'returned' }
export const stopped: Ending = { kind: 'cancelled' }

/** Makes projects, runs, loose jobs and workers in one adapter, through its ports alone. */
export class JobWorld {
  readonly stores: Stores
  readonly persistence: Persistence
  readonly clock: VirtualClock
  readonly ids = new SequentialIds(2 ** 42)

  constructor({ persistence, clock }: Pick<OpenPersistence, 'persistence' | 'clock'>) {
    this.persistence = persistence
    this.stores = persistence.stores
    this.clock = clock
  }

  async project(): Promise<ProjectId> {
    const { projectId, ...project } = aProject({ createdAt: this.clock.now() })
    await this.stores.projects.add({ projectId, ...project })
    return projectId
  }

  /** A run of scenarios with these payloads. */
  async runOf(projectId: ProjectId, payloads: readonly Json[]): Promise<Run> {
    const scenarios = payloads.map((payload, index) => ({ scenarioId: `s${index + 1}`, payload }))
    const { run } = await this.tryRun(projectId, { scenarios })
    return run
  }

  async definition(
    projectId: ProjectId,
    scenarios: number | readonly Scenario[],
    type = 'probe:scenario',
    name = 'Probes',
  ) {
    const given = typeof scenarios === 'number' ? inBatches(scenarios) : inOne(scenarios)
    const staged = await this.stores.definitions.stage(given)
    return this.persistence.transaction(({ definitions }) =>
      definitions.add(
        {
          definitionId: this.ids.next() as DefinitionId,
          projectId,
          name,
          jobType: type,
          createdAt: this.clock.now(),
        },
        staged,
      ),
    )
  }

  /** A run of a definition of its own. Payloads are `{ n: place }`, scenarioIds `s<place>`. */
  async run(projectId: ProjectId, wish: RunWish = {}): Promise<Run> {
    const { run } = await this.tryRun(projectId, wish)
    return run
  }

  async tryRun(
    projectId: ProjectId,
    wish: RunWish = {},
  ): Promise<{ readonly run: Run; readonly created: boolean }> {
    const { scenarios = 3, models = ['m1'], repeats = 1, priority = 'normal' } = wish
    const { type = 'probe:scenario' } = wish
    const definition = wish.definition ?? (await this.definition(projectId, scenarios, type))
    const count = definition.scenarioCount
    const places = wish.places ?? Array.from({ length: count }, (_, index) => index + 1)
    const none = { completed: 0, failed: 0, cancelled: 0 }
    const jobs = places.length * repeats
    const run: Run = {
      runId: this.ids.next() as RunId,
      projectId,
      definitionId: definition.definitionId,
      status: 'pending',
      priority,
      config: {
        models,
        repeats,
        samplePercentage: 100,
        sampleSeed: 0,
        experimentId: null,
        maxJobsPerSecond: wish.maxJobsPerSecond ?? null,
        definitionSnapshot: definition,
      },
      tallies: {
        total: jobs * models.length,
        ...none,
        byModel: Object.fromEntries(models.map((model) => [model, { total: jobs, ...none }])),
      },
      escalation: null,
      link: null,
      ratePerSecond: 0,
      version: 1,
      startedBy: null,
      createdAt: this.clock.now(),
      startedAt: null,
      finishedAt: null,
    }
    return this.persistence.transaction(({ runs }) =>
      runs.add({
        run,
        places,
        jobType: type,
        maxAttempts: wish.maxAttempts ?? 3,
        idempotencyKey: wish.idempotencyKey ?? null,
        limits: wish.limits,
      }),
    )
  }

  newJob(projectId: ProjectId, payload: Json, wish: LooseWish = {}): NewJob {
    const now = this.clock.now()
    return {
      jobId: this.ids.next() as JobId,
      projectId,
      taskId: wish.taskId ?? null,
      type: wish.type ?? 'analyze',
      payload,
      priority: wish.priority ?? 5,
      maxAttempts: wish.maxAttempts ?? 3,
      availableAt: new Date(now.getTime() + (wish.delayMs ?? 0)),
      createdBy: wish.createdBy ?? null,
      createdAt: now,
      limits: wish.limits,
    }
  }

  /** `count` loose jobs, with payloads `{ loose: index }`. */
  async loose(projectId: ProjectId, count = 1, wish: LooseWish = {}): Promise<JobId[]> {
    const jobs = Array.from({ length: count }, (_, index) => this.newJob(projectId, { loose: index }, wish))
    await this.persistence.transaction((stores) => stores.jobs.add(jobs))
    return jobs.map(({ jobId }) => jobId)
  }

  /** `count` jobs, with payloads `{ child: index }`, that wait for these parents. */
  async children(
    projectId: ProjectId,
    parents: readonly JobId[],
    wish: LooseWish & Partial<Omit<After, 'parents'>> & { readonly count?: number } = {},
  ): Promise<JobId[]> {
    const { count = 1, run, need = run?.when === 'ended' ? 'ended' : 'completed', onFailure = 'fail' } = wish
    const jobs = Array.from({ length: count }, (_, index) => ({
      ...this.newJob(projectId, { child: index }, wish),
      after: { parents, need, onFailure, ...(run && { run }) },
    }))
    await this.stores.jobs.addItems(jobs, [], this.clock.now())
    return jobs.map(({ jobId }) => jobId)
  }

  async child(
    projectId: ProjectId,
    parents: readonly JobId[],
    wish: LooseWish & Partial<Omit<After, 'parents'>> = {},
  ): Promise<JobId> {
    return present((await this.children(projectId, parents, wish))[0])
  }

  /** Works off all ends, and puts in line what waits no longer. Gives those that ended without having begun. */
  async sweep(limit = 10_000): Promise<EndedChild[]> {
    await meetAwaitedRuns({ transactions: this.persistence })
    const ended: EndedChild[] = []
    for (;;) {
      const swept = await this.persistence.transaction(({ flows }) => flows.sweep(limit, this.clock.now()))
      ended.push(...swept.ended)
      if (swept.moved === 0) break
    }
    for (;;) {
      const arrived = await this.persistence.transaction(({ arrivals }) => arrivals.collect(1_000, false))
      if (arrived.length === 0) return ended
    }
  }

  async looseOne(projectId: ProjectId, wish: LooseWish = {}): Promise<JobId> {
    return present((await this.loose(projectId, 1, wish))[0])
  }

  async worker(leaseMs = LEASE_MS): Promise<WorkerId> {
    const workerId = this.ids.next() as WorkerId
    await this.stores.workers.openWorker({ workerId, leaseUntil: this.in(leaseMs), now: this.clock.now() })
    return workerId
  }

  /** The moment `ms` from now. */
  in(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms)
  }

  /** One window; short ones are asked again until `limit` is reached or nothing is ready. */
  async feed(limit: number, types: readonly string[] = TYPES): Promise<Delivery[]> {
    const fed: Delivery[] = []
    for (;;) {
      const window = await this.stores.workers.feed({
        limit: limit - fed.length,
        types,
        now: this.clock.now(),
      })
      expect(window.length).toBeLessThanOrEqual(limit - fed.length)
      fed.push(...window)
      if (window.length === 0 || fed.length === limit) return fed
    }
  }

  /** Takes as {@link feed} feeds. */
  async take(limit: number, workerId: WorkerId, types: readonly string[] = TYPES): Promise<ActiveJob[]> {
    const taken: ActiveJob[] = []
    for (;;) {
      const { jobs: more } = await this.stores.workers.take({
        limit: limit - taken.length,
        types,
        workerId,
        now: this.clock.now(),
      })
      expect(more.length).toBeLessThanOrEqual(limit - taken.length)
      taken.push(...more)
      if (more.length === 0 || taken.length === limit) return taken
    }
  }

  begin(deliveries: readonly Delivery[], workerId: WorkerId): Promise<ActiveJob[]> {
    return this.stores.workers.begin({ deliveries, workerId, now: this.clock.now() })
  }

  /** Feeds up to `limit` jobs and begins them. */
  async start(limit: number, workerId: WorkerId): Promise<ActiveJob[]> {
    return this.begin(await this.feed(limit), workerId)
  }

  /** Starts exactly one job. */
  async startOne(workerId: WorkerId): Promise<ActiveJob> {
    const active = await this.start(1, workerId)
    expect(active).toHaveLength(1)
    return present(active[0])
  }

  async settle(
    jobs: readonly Pick<ActiveJob, 'jobId' | 'start'>[],
    ending: Ending,
    workerId: WorkerId,
  ): Promise<readonly JobId[]> {
    const outcomes = jobs.map(({ jobId, start }) => ({ jobId, start, ...ending }) satisfies Outcome)
    return this.settleEach(outcomes, workerId)
  }

  async settleEach(outcomes: readonly Outcome[], workerId: WorkerId): Promise<readonly JobId[]> {
    const { recorded } = await this.stores.workers.settle({ outcomes, workerId, now: this.clock.now() })
    return recorded
  }

  /** Fails the attempt so that it is tried again after `ms`; with `notNow` by an answer that asked to wait once too often. */
  retryIn(ms: number, notNow = false, coolDown?: CoolDown): Ending {
    return { kind: 'retry', error: ODD, availableAt: this.in(ms), notNow, ...(coolDown && { coolDown }) }
  }

  /** Ends the attempt with an answer that asks to wait for `ms`. */
  notNowFor(ms: number): Ending {
    return { kind: 'notNow', error: ODD, availableAt: this.in(ms) }
  }

  wake(limit = 1_000): Promise<{ readonly woken: number; readonly nextAt: Date | null }> {
    return this.stores.workers.wakeDue(this.clock.now(), limit)
  }

  reap(): Promise<number> {
    return this.stores.workers.reapWorkers(this.clock.now())
  }

  /** Something that wants the job locked before, in one transaction. */
  async onJob(jobId: JobId, act: (stores: Stores, job: JobWithResult) => Promise<void>): Promise<void> {
    await this.persistence.transaction(async (stores) => act(stores, present(await stores.jobs.lock(jobId))))
  }

  cancelPending(jobId: JobId): Promise<void> {
    return this.onJob(jobId, ({ jobs }) => jobs.cancelPending(jobId, this.clock.now()))
  }

  requestCancel(jobId: JobId): Promise<void> {
    return this.onJob(jobId, ({ jobs }) => jobs.requestCancel(jobId))
  }

  setPriority(jobId: JobId, priority: number): Promise<void> {
    return this.onJob(jobId, ({ jobs }) => jobs.setPriority(jobId, priority))
  }

  retry(jobId: JobId): Promise<void> {
    return this.onJob(jobId, ({ jobs }) => jobs.retry(jobId, this.clock.now()))
  }

  clear(projectId: ProjectId): Promise<number> {
    return this.persistence.transaction(({ jobs }) => jobs.clear(projectId, this.clock.now()))
  }

  setPaused(projectId: ProjectId | null, paused: boolean): Promise<boolean> {
    return this.persistence.transaction(({ projects }) => projects.setPaused(projectId, paused))
  }

  /** Something that wants the run locked before, in one transaction. */
  async onRun(runId: RunId, act: (stores: Stores) => Promise<Run>): Promise<Run> {
    return this.persistence.transaction(async (stores) => {
      present(await stores.runs.lock(runId))
      return act(stores)
    })
  }

  pauseRun(runId: RunId): Promise<Run> {
    return this.onRun(runId, ({ runs }) => runs.pause(runId))
  }

  resumeRun(runId: RunId, status: 'pending' | 'running'): Promise<Run> {
    return this.onRun(runId, ({ runs }) => runs.resume(runId, status, this.clock.now()))
  }

  cancelRun(runId: RunId): Promise<Run> {
    return this.onRun(runId, ({ runs }) => runs.cancel(runId, this.clock.now()))
  }

  reopenFailed(runId: RunId): Promise<Run> {
    return this.onRun(runId, ({ runs }) => runs.reopenFailed(runId, this.clock.now()))
  }

  async runNow(runId: RunId): Promise<Run> {
    return present(await this.stores.runs.find(runId))
  }

  async job(jobId: JobId): Promise<JobWithResult> {
    return present(await this.stores.jobs.find(jobId))
  }

  async item(jobId: JobId): Promise<QueueItem> {
    return present((await this.stores.jobs.findItems([jobId]))[0])
  }

  /** Every job of the run, in the order they were made. */
  async jobsOf(runId: RunId): Promise<JobWithResult[]> {
    const rows = await this.stores.runs.listJobs(runId, {}, { limit: 1_000 })
    return rows.map(({ job }) => job).reverse()
  }

  /** The whole list of the project's items, read `limit` at a time. */
  async items(
    projectId: ProjectId,
    filter: Omit<Parameters<Stores['jobs']['listItems']>[0], 'projectId'> = {},
    limit = 200,
  ): Promise<QueueItem[]> {
    const items: QueueItem[] = []
    let after: QueueItemKey | undefined
    for (;;) {
      const rows = await this.stores.jobs.listItems({ projectId, ...filter }, { limit, after })
      expect(rows.length).toBeLessThanOrEqual(limit)
      items.push(...rows.map(({ item }) => item))
      after = rows.at(-1)?.key
      if (rows.length < limit) return items
    }
  }

  /** The project's ids in line, first to last. */
  async line(projectId: ProjectId): Promise<JobId[]> {
    const items = await this.items(projectId, { state: ['pending'] })
    return items.filter(({ position }) => position !== null).map(({ jobId }) => jobId)
  }

  facts(projectId: ProjectId): Promise<Fact[]> {
    return this.stores.events.read(projectId, 0, 10_000)
  }

  /** The moves of a run as its facts tell them. */
  async moves(run: Run): Promise<string[]> {
    const facts = await this.facts(run.projectId)
    return facts.flatMap((fact) =>
      fact.type === 'run_status_changed' && fact.data.runId === run.runId
        ? [`${fact.data.from} → ${fact.data.status}`]
        : [],
    )
  }
}

/** Runs `work` on an empty adapter and closes it, however it ends. */
export async function inWorld(open: OpenAdapter, work: (world: JobWorld) => Promise<void>): Promise<void> {
  const opened = await open()
  try {
    await work(new JobWorld(opened))
  } finally {
    await opened.close()
  }
}

/** Registers one case of a suite, with an empty adapter of its own. */
export type Case = (says: string, work: (world: JobWorld) => Promise<void>) => void

export function casesOn(open: OpenAdapter): Case {
  return (says, work) => it(says, () => inWorld(open, work))
}

export function present<Value>(value: Value | undefined): Value {
  expect(value).toBeDefined()
  return value as Value
}

/** What a recount of `jobs` makes of them. */
export function recount(jobs: readonly Pick<JobWithResult, 'state'>[]): Tally {
  const count = (state: JobWithResult['state']): number => jobs.filter((job) => job.state === state).length
  return {
    total: jobs.length,
    completed: count('completed'),
    failed: count('failed'),
    cancelled: count('cancelled'),
  }
}

async function* inOne(scenarios: readonly Scenario[]): AsyncGenerator<readonly Scenario[], void> {
  yield scenarios
}

async function* inBatches(scenarios: number) {
  const size = 7
  for (let start = 1; start <= scenarios; start += size) {
    yield Array.from({ length: Math.min(size, scenarios - start + 1) }, (_, index) => ({
      scenarioId: `s${start + index}`,
      payload: { n: start + index },
    }))
  }
}
