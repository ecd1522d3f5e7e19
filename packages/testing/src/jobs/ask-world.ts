import {
  type AssignmentId,
  type JobContext,
  type JobId,
  type JobTools,
  type Json,
  jobType,
  type QueueItem,
  type RunId,
  type Task,
  type TaskId,
  type User,
} from '@muster/core'
import { type AskDesk, askDesk, askSweeper, cancelSleeper, type JobLife, lifeOf } from '@muster/core/asks'
import type { NewStep } from '@muster/core/calls'
import { collecting, parentsOf, sweeping } from '@muster/core/making'
import type { JobWithResult } from '@muster/core/ports'
import { usageSink } from '@muster/core/usage'
import {
  definitionUseCases,
  formUseCases,
  projectQueueUseCases,
  runUseCases,
  Worker,
} from '@muster/core/use-cases'
import { z } from 'zod'
import type { OpenAdapter } from '../stores/open-adapter.ts'
import { SeededRandom } from '../system/seeded-random.ts'
import { SequentialIds } from '../system/sequential-ids.ts'
import { ANNOTATE, type Engine, openEngine } from '../worlds/engine-world.ts'
import { present } from './job-world.ts'

/** The type of the jobs that ask. */
export const ASKING = 'asking'

const quiet = (): undefined => undefined
const silent = { debug: quiet, info: quiet, warn: quiet, error: quiet }

type Handle = (job: JobContext, tools: JobTools) => unknown

export interface AskWorldOptions {
  /** Puts another desk in the place of the right one. */
  readonly desk?: (desk: AskDesk, world: Engine) => AskDesk
  readonly steps?: readonly NewStep[]
}

/** Jobs that ask, people who answer, and a worker, on one adapter and a clock that the case moves. */
export class AskWorld {
  readonly engine: Engine
  readonly desk: AskDesk
  readonly queue
  readonly runs
  readonly forms
  readonly definitions
  readonly collect
  readonly sweep
  readonly sweepFlows
  /** What the handler of {@link ASKING} does. */
  handle: Handle = () => null
  /** How often it was called. */
  calls = 0
  readonly #open: (wish?: { readonly leaseSeconds?: number }) => Worker
  readonly #workers: Worker[] = []

  private constructor(engine: Engine, desk: AskDesk) {
    this.engine = engine
    this.desk = desk
    const { persistence, ids } = { persistence: engine.transactions, ids: engine.deps.ids }
    const deps = {
      ...engine.deps,
      random: new SeededRandom(5),
      logger: silent,
      metrics: { count: quiet, gauge: quiet, observe: quiet },
      nudge: () => {
        for (const worker of this.#workers) worker.nudge()
      },
      nudgeDeciding: quiet,
    }
    this.sweepFlows = sweeping(deps)
    this.collect = collecting({ ...deps, sweep: this.sweepFlows })
    this.sweep = askSweeper(deps)
    this.queue = projectQueueUseCases({
      ...deps,
      collect: async () => {
        await this.collect(true)
      },
      cancelSleeper: (jobId) => cancelSleeper(deps, jobId),
    })
    this.runs = runUseCases(deps)
    this.forms = formUseCases(deps)
    this.definitions = definitionUseCases(deps)
    this.#open = ({ leaseSeconds } = {}) =>
      new Worker(
        {
          ...deps,
          ids,
          workers: persistence.stores.workers,
          results: async function* () {},
          usage: usageSink(deps),
          desk,
          parents: parentsOf(persistence.stores.flows),
        },
        { leaseSeconds },
      )
  }

  static async open(open: OpenAdapter, { desk, steps = [ANNOTATE] }: AskWorldOptions = {}) {
    const opened = await open()
    const { persistence, clock } = opened
    let world: AskWorld | undefined
    const type = jobType({
      name: ASKING,
      payload: z.json(),
      retry: { baseMs: 0, capMs: 0 },
      handler: async (job, tools) => {
        const { handle } = present(world)
        present(world).calls += 1
        return (await handle(job as JobContext, tools)) as Json
      },
    })
    const engine = await openEngine({
      steps,
      jobTypes: [type],
      adapter: { persistence, clock, ids: new SequentialIds(2 ** 41) },
    })
    const right = askDesk(engine.deps)
    world = new AskWorld(engine, desk ? desk(right, engine) : right)
    return { world, close: () => present(world).close(() => opened.close()) }
  }

  async close(close: () => Promise<void>): Promise<void> {
    const closing = Promise.all(this.#workers.map((worker) => worker.close({ deadlineMs: 0 })))
    let isOver = false
    void closing.finally(() => {
      isOver = true
    })
    for (let step = 0; step < 2_000 && !isOver; step++) await this.engine.clock.advance(50)
    await closing
    await close()
  }

  /** A worker that takes what there is from now on. */
  async work(wish: { readonly leaseSeconds?: number } = {}): Promise<Worker> {
    const worker = this.#open(wish)
    this.#workers.push(worker)
    await worker.start()
    return worker
  }

  /** Lets time pass until `condition` holds. */
  async until(condition: () => boolean | Promise<boolean>): Promise<void> {
    for (let step = 0; step < 2_000; step++) {
      if (await condition()) return
      // As a scheduler would.
      await this.engine.stores.workers.wakeDue(this.engine.clock.now(), 100)
      await this.engine.clock.advance(20)
    }
    throw new Error('What was waited for did not come about')
  }

  async add(payload: Json = null, unique?: string): Promise<JobId> {
    const { projectId } = this.engine
    const item = { type: ASKING, payload, ...(unique !== undefined && { unique: { key: unique } }) }
    return (await this.queue.add(projectId, item)).jobId
  }

  /** A job that waits for that one to complete. */
  async addBehind(parent: JobId): Promise<JobId> {
    const item = { type: ASKING, payload: 'child', after: { jobs: [parent] } }
    return (await this.queue.add(this.engine.projectId, item)).jobId
  }

  async job(jobId: JobId): Promise<JobWithResult> {
    return present(await this.engine.stores.jobs.find(jobId))
  }

  async item(jobId: JobId): Promise<QueueItem> {
    return present((await this.engine.stores.jobs.findItems([jobId]))[0])
  }

  life(jobId: JobId): Promise<JobLife> {
    return lifeOf(this.engine.stores.asks, jobId)
  }

  async asleep(jobId: JobId): Promise<void> {
    await this.until(async () => (await this.job(jobId)).asleep)
  }

  async over(jobId: JobId): Promise<JobWithResult> {
    await this.until(async () => ['completed', 'failed', 'cancelled'].includes((await this.job(jobId)).state))
    return this.job(jobId)
  }

  /** A job whose handler has asked, asleep. */
  async sleeper(payload: Json = null): Promise<JobId> {
    const jobId = await this.add(payload)
    await this.asleep(jobId)
    return jobId
  }

  /** The open tasks of the project, the oldest first. */
  async tasks(): Promise<Task[]> {
    const { items } = await this.engine.tasks.list(this.engine.projectId, {}, { limit: 200 })
    return items.toSorted((one, other) => (one.taskId < other.taskId ? -1 : 1))
  }

  async openTasks(): Promise<Task[]> {
    return (await this.tasks()).filter(({ status }) => status === 'open')
  }

  /** The task of the job's question. */
  async taskOf(jobId: JobId, name: string): Promise<TaskId> {
    return present((await this.life(jobId)).asks.find((ask) => ask.name === name)).taskId
  }

  /** The person gets the task and hands this in. */
  async answer(person: User, taskId: TaskId, result: Json): Promise<void> {
    await this.submit(person, await this.start(person, taskId), result)
  }

  async start(person: User, taskId: TaskId): Promise<AssignmentId> {
    const { engine } = this.engine
    const by = this.engine.admin
    const { assignmentId } = await engine.assign({ taskId, userId: person.userId, by })
    await engine.start({ assignmentId, by: this.engine.by(person) })
    return assignmentId
  }

  async submit(person: User, assignmentId: AssignmentId, result: Json): Promise<void> {
    await this.engine.engine.submit({ assignmentId, by: this.engine.by(person), result })
  }

  /** Puts in line who has all answers. */
  async rise(): Promise<number> {
    return this.collect(true)
  }

  async counts() {
    return (await this.queue.status(this.engine.projectId, {})).counts
  }

  /** A run of so many jobs of {@link ASKING}. */
  async run(jobs = 1): Promise<RunId> {
    const { definitionId } = await this.definitions.add(this.engine.projectId, {
      name: 'Asking',
      jobType: ASKING,
      scenarios: Array.from({ length: jobs }, (_, n) => ({ payload: { n } })),
    })
    return (await this.runs.start(this.engine.projectId, { definitionId, models: ['m'] })).runId
  }

  async jobsOf(runId: RunId): Promise<JobWithResult[]> {
    return (await this.engine.stores.runs.listJobs(runId, {}, { limit: 100 })).map(({ job }) => job)
  }
}
