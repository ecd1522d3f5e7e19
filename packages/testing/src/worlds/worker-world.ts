import { MemoryJobQueue, MemoryPersistence } from '@muster/adapters-memory'
import type { JobHandler, JobId, JobType, Json, ProjectId } from '@muster/core'
import { QueueError } from '@muster/core'
import { askDesk } from '@muster/core/asks'
import { escalationSweeper } from '@muster/core/escalation'
import { collecting, mending, parentsOf, sweeping } from '@muster/core/making'
import type { JobQueue, JobWithResult, WorkerStore } from '@muster/core/ports'
import { refitDue } from '@muster/core/quality'
import { Outages } from '@muster/core/support'
import { usageSink } from '@muster/core/usage'
import {
  definitionUseCases,
  projectQueueUseCases,
  projectRunResults,
  runUseCases,
  Scheduler,
  Worker,
  type WorkerOptions,
} from '@muster/core/use-cases'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { SeededRandom } from '../system/seeded-random.ts'
import { SequentialIds } from '../system/sequential-ids.ts'
import { VirtualClock } from '../system/virtual-clock.ts'
import { aProject } from './samples.ts'

/** Takes any payload. */
export const anything: StandardSchemaV1<unknown, unknown> = {
  '~standard': { version: 1, vendor: 'muster', validate: (value) => ({ value }) },
}

/** A project on memory adapters and a virtual clock, with a job type `work` that does what `handler` does; with `broker`, its jobs come through one. */
export async function workerWorld(
  handler: JobHandler<unknown, unknown>,
  type: Partial<JobType> = {},
  { broker = false }: { readonly broker?: boolean } = {},
) {
  const clock = new VirtualClock()
  const moody = broker ? moodyQueue(new MemoryJobQueue({ clock })) : undefined
  const queue = moody?.queue
  const ids = new SequentialIds()
  const persistence = new MemoryPersistence({ clock, ids })
  const jobTypes = new Map<string, JobType>([
    ['work', { name: 'work', payload: anything, handler, retry: { baseMs: 1_000 }, ...type }],
  ])
  const warnings: string[] = []
  const warned: { readonly fields: object; readonly message: string }[] = []
  const notes: string[] = []
  const quiet = () => undefined
  const logger = {
    debug: quiet,
    info: (_: object, message: string) => void notes.push(message),
    warn: (fields: object, message: string) => {
      warnings.push(message)
      warned.push({ fields, message })
    },
    error: quiet,
  }
  const workers: Worker[] = []
  const deps = {
    transactions: persistence,
    jobTypes,
    clock,
    ids,
    random: new SeededRandom(11),
    logger,
    outages: new Outages({ clock, logger }),
    metrics: { count: quiet, gauge: quiet, observe: quiet },
    nudge: () => {
      for (const worker of workers) worker.nudge()
    },
    nudgeDeciding: quiet,
    cancelSleeper: async () => false,
  }
  const projectId = ids.next() as ProjectId
  await persistence.stores.projects.add({ ...aProject({ createdAt: clock.now() }), projectId })
  const definitions = definitionUseCases(deps)
  const runs = runUseCases(deps)
  const projectQueue = projectQueueUseCases(deps)

  /** A worker of its own process, which sees the store through `through`. */
  const work = async (
    options: WorkerOptions = {},
    through: (store: WorkerStore) => WorkerStore = (store) => store,
  ) => {
    const worker = new Worker(
      {
        ...deps,
        workers: through(persistence.stores.workers),
        queue,
        results: projectRunResults(persistence.stores.runs),
        parents: parentsOf(persistence.stores.flows),
        usage: usageSink(deps),
        desk: askDesk(deps),
      },
      options,
    )
    workers.push(worker)
    await worker.start()
    return worker
  }

  const schedule = () => {
    const { workers: store, events, idempotency, tasks, rates } = persistence.stores
    const scheduler = new Scheduler({
      ...deps,
      workers: store,
      events,
      idempotency,
      drafts: { prune: (before, limit) => tasks.pruneDrafts(before, limit) },
      thinRates: (now, limit) => rates.thin(now, limit),
      queue,
      expireDue: async () => 0,
      escalate: escalationSweeper(deps),
      collect: collecting({ ...deps, sweep: sweeping(deps) }),
      sweepAsks: async () => 0,
      sweepLinks: async () => 0,
      watchBudgets: async () => 0,
      refit: () => refitDue(deps),
      operate: async () => 0,
      mendFlows: mending(deps),
      fireSchedules: async () => null,
      refitScheduled: async () => 0,
      ticks: { prune: async () => 0 },
      webhookTries: { prune: async () => 0 },
      bring: () => async () => 0,
      importRows: { prune: async () => 0 },
      writeExports: () => async () => 0,
      oldExports: { prune: async () => 0 },
      operations: { prune: async () => 0 },
      keepEventsHours: 72,
      holdEventsHours: 168,
      keepDraftsDays: 30,
    })
    scheduler.start()
    return scheduler
  }

  /** A run of `count` jobs: scenarios `1` … with payload { n }, one model. */
  const start = async (
    count: number,
    request: { readonly priority?: 'low' | 'normal' | 'high'; readonly models?: string[] } = {},
  ) => {
    const { definitionId } = await definitions.add(projectId, {
      name: 'd',
      jobType: 'work',
      scenarios: Array.from({ length: count }, (_, index) => ({ payload: { n: index + 1 } })),
    })
    return runs.start(projectId, { definitionId, models: ['m'], ...request })
  }

  const add = async (payload: Json, priority?: number): Promise<JobId> =>
    (await projectQueue.add(projectId, { type: 'work', payload, priority }, null)).jobId

  const job = async (jobId: JobId): Promise<JobWithResult> => {
    const found = await persistence.stores.jobs.find(jobId)
    if (!found) throw new Error(`no job ${jobId}`)
    return found
  }

  /** Lets time pass until `condition` holds, ten minutes at most. */
  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    for (let step = 0; step < 12_000; step++) {
      if (await condition()) return
      await clock.advance(50)
    }
    throw new Error('What was waited for did not come about in ten minutes')
  }

  const settled = (jobId: JobId): Promise<void> =>
    until(async () => ['completed', 'failed', 'cancelled'].includes((await job(jobId)).state))

  return {
    jobTypes,
    clock,
    persistence,
    /** The broker's mood, to be set. */
    broker: moody?.mood,
    projectId,
    definitions,
    runs,
    queue: projectQueue,
    warnings,
    warned,
    notes,
    work,
    schedule,
    start,
    add,
    job,
    until,
    settled,
  }
}

/** `store` with `before` called before each method, by name; what it throws the caller gets, after what it waits for. */
export function intercepted(
  store: WorkerStore,
  before: (method: keyof WorkerStore) => Promise<void> | void,
): WorkerStore {
  return new Proxy(store, {
    get: (target, name: keyof WorkerStore) => {
      const method = target[name] as (...args: unknown[]) => Promise<unknown>
      return async (...args: unknown[]) => {
        await before(name)
        return method.apply(target, args)
      }
    },
  })
}

/** How a broker behaves; `delivered` counts what it gave to workers, `refused` what it was asked in vain. */
export interface BrokerMood {
  is: 'well' | 'refusing' | 'silent'
  /** Forgets what it was given, as a broker does that was killed. */
  forgets: boolean
  delivered: number
  refused: number
}

/** `queue` as a broker in a mood that can be set: while it is not well, nothing comes out of it either. */
function moodyQueue(queue: JobQueue): { readonly queue: JobQueue; readonly mood: BrokerMood } {
  const mood: BrokerMood = { is: 'well', forgets: false, delivered: 0, refused: 0 }
  const asked = async <Answer>(answer: () => Promise<Answer>): Promise<Answer> => {
    if (mood.is === 'well') return answer()
    mood.refused++
    if (mood.is === 'silent') return never()
    throw new QueueError('The broker refuses')
  }
  return {
    mood,
    queue: {
      deliver: (deliveries) => asked(() => queue.deliver(deliveries)),
      consume: (type, concurrency, work) =>
        asked(() =>
          queue.consume(type, concurrency, async (delivery, release) => {
            if (mood.forgets) return
            if (mood.is !== 'well') throw new QueueError('The broker gives nothing out')
            mood.delivered++
            await work(delivery, release)
          }),
        ),
      check: () => asked(() => queue.check()),
      counts: () => asked(() => queue.counts()),
      remove: (jobIds) => asked(() => queue.remove(jobIds)),
      pause: () => queue.pause(),
      resume: () => queue.resume(),
      drain: () => queue.drain(),
      close: () => queue.close(),
    },
  }
}

/** A promise that never settles. */
export const never = (): Promise<never> => new Promise(() => undefined)

/** Settles when `signal` aborts, by throwing its reason. */
export const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))

/** Everything that comes, in a list. */
export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}
