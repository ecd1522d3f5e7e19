import type { Ids } from '../environment.ts'
import {
  ConflictError,
  InvalidTransitionError,
  NotFoundError,
  ParentFailedError,
  UniqueHeldError,
  ValidationError,
} from '../errors.ts'
import { fact, type NewFact } from '../events/event.ts'
import type { EventStore } from '../events/event-store.ts'
import type { IdempotencyStore } from '../idempotency.ts'
import type { JobId, ProjectId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { AskStore } from '../jobs/asks/ask-store.ts'
import type { FlowStore } from '../jobs/flow-store.ts'
import { MOST_LINKS } from '../jobs/flows.ts'
import type { Job, JobType, JobWithResult, QueueItem } from '../jobs/job.ts'
import { checkJobMove } from '../jobs/job-lifecycle.ts'
import type { JobSearchStore } from '../jobs/job-search.ts'
import type { JobStore } from '../jobs/job-store.ts'
import { PARENT_FAILED_CODE } from '../jobs/parents.ts'
import type { UniqueStore } from '../jobs/unique-store.ts'
import { page } from '../paging.ts'
import type { Project } from '../people/person.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { Transactions } from '../transactions.ts'
import type { AdderDeps } from './adder.ts'
import { itemAdding, unknownType } from './adding.ts'
import { totalOf } from './counts.ts'
import { queuePriority } from './queue-input.ts'
import type { ProjectQueueUseCases, QueueStatus } from './queues.ts'

type ListedItem = Awaited<ReturnType<JobStore['listItems']>>[number]

/** How often a cancel looks again at an item that falls asleep or wakes under its hands. */
const MAX_TRIES = 10

interface QueueStores {
  readonly flows: FlowStore
  readonly jobSearch: JobSearchStore
  readonly asks: Pick<AskStore, 'forget'>
  readonly jobs: JobStore
  readonly uniques: UniqueStore
  readonly runs: Pick<RunStore, 'findMany'>
  readonly projects: ProjectStore
  readonly events: EventStore
  readonly idempotency: IdempotencyStore
}

/** Dependencies of the use cases of a project's queue. */
export interface ProjectQueueDeps extends Omit<AdderDeps, 'transactions'> {
  readonly transactions: Transactions<QueueStores>
  readonly jobTypes: ReadonlyMap<string, JobType>
  readonly ids: Ids
  /** The largest payload of an item, in bytes as JSON; default 256 KiB. */
  readonly maxPayloadBytes?: number | undefined
  /** Puts jobs in line that have arrived by transactions of hosts. */
  readonly collect?: (() => Promise<void>) | undefined
  /** Cancels a job that is asleep with its tasks, and says whether it was. */
  readonly cancelSleeper: (jobId: JobId) => Promise<boolean>
}

export function projectQueueUseCases(deps: ProjectQueueDeps): ProjectQueueUseCases {
  const { transactions, jobTypes, clock, nudge } = deps
  const { jobs, projects } = transactions.stores

  const status: ProjectQueueUseCases['status'] = async (projectId, { state, type, ...request }) => {
    const project = await projectOf(projects, projectId)
    const paused = project.paused || (await projects.systemPaused())
    const byType = await jobs.countByType(projectId)
    // Jobs of a type that is gone are there to be found.
    if (type !== undefined && !jobTypes.has(type) && !byType.has(type)) throw unknownType(type)
    const { items, ...rest } = await page(
      request,
      ['queue', projectId, state ?? null, type ?? null],
      ({ key }: ListedItem) => key,
      (slice) => jobs.listItems({ projectId, state, type }, slice),
    )
    return {
      projectId,
      paused,
      counts: totalOf(byType.values()),
      byType: Object.fromEntries(byType),
      items: items.map(({ item }) => item),
      ...rest,
      updatedAt: clock.now(),
    }
  }

  const withPayload = async (
    found: QueueItem,
  ): Promise<QueueItem & Pick<JobWithResult, 'payload' | 'result'>> => {
    const job = await jobs.find(found.jobId)
    return { ...found, payload: job?.payload ?? null, result: job?.result ?? null }
  }

  const setPaused = async (projectId: ProjectId, paused: boolean): Promise<QueueStatus> => {
    await transactions.transaction(async (stores) => {
      await projectOf(stores.projects, projectId)
      if (await stores.projects.setPaused(projectId, paused)) {
        await stores.events.append([
          fact(projectId, paused ? 'queue_paused' : 'queue_resumed', { global: false }),
        ])
      }
    })
    nudge()
    return status(projectId, {})
  }

  return {
    ...itemAdding(deps),
    ...itemMoves(deps),
    status,

    async get(projectId, itemId) {
      return withPayload(await itemIn(jobs, projectId, itemId))
    },

    async find(itemId) {
      const [found] = await jobs.findItems([itemId])
      return found && withPayload(found)
    },

    async clear(projectId) {
      // All that has committed by now is in line then, and cancelled with the rest.
      await deps.collect?.()
      return transactions.transaction(async (stores) => {
        await projectOf(stores.projects, projectId)
        const cancelled = await stores.jobs.clear(projectId, clock.now())
        if (cancelled > 0) await stores.events.append([fact(projectId, 'queue_cleared', { cancelled })])
        return { cancelled }
      })
    },

    pause: (projectId) => setPaused(projectId, true),
    resume: (projectId) => setPaused(projectId, false),
  }
}

/** Moving one item of a queue. */
function itemMoves({
  transactions,
  jobTypes,
  clock,
  nudge,
  changed = () => undefined,
  cancelSleeper,
}: ProjectQueueDeps): Pick<ProjectQueueUseCases, 'cancel' | 'setPriority' | 'retry'> {
  /** Locks the item, lets `change` act on it and append what it made true, and gives the item as it is then. */
  const changeItem = async (
    projectId: ProjectId,
    itemId: JobId,
    change: (stores: QueueStores, job: JobWithResult) => Promise<readonly NewFact[]>,
    first: (stores: QueueStores) => Promise<void> = async () => undefined,
  ): Promise<QueueItem> => {
    const isTold = await transactions.transaction(async (stores) => {
      await first(stores)
      const job = await stores.jobs.lock(itemId)
      if (job?.projectId !== projectId) throw new NotFoundError('item', itemId)
      const facts = await change(stores, job)
      if (facts.length > 0) await stores.events.append(facts)
      return facts.length > 0
    })
    if (!isTold) changed(projectId)
    nudge()
    return itemIn(transactions.stores.jobs, projectId, itemId)
  }

  /** Cancels the item and all that waits for it, and so on, in one transaction: what is left below would fail by what is cancelled above. */
  const cancelFlow = async (projectId: ProjectId, itemId: JobId): Promise<QueueItem> => {
    await transactions.transaction(async (stores) => {
      const [top] = await stores.jobs.findItems([itemId])
      if (top?.projectId !== projectId) throw new NotFoundError('item', itemId)
      const all = await below(stores.flows, itemId)
      const live = (job: Job): boolean => job.state === 'pending' || job.state === 'active'
      const before = (await stores.jobs.lockMany(all)).filter(live)
      if (before.length === 0) throw new InvalidTransitionError('An item', top.state, 'cancelled')
      await stores.jobSearch.moveMany(
        before.map(({ jobId }) => jobId),
        { action: 'cancel' },
        clock.now(),
      )
      const removed = before.filter(({ state }) => state === 'pending')
      if (removed.length > 0)
        await stores.events.append(removed.map((job) => itemFact('queue_item_removed', job)))
    })
    nudge()
    changed(projectId)
    return itemIn(transactions.stores.jobs, projectId, itemId)
  }

  /** Nothing, if it has fallen asleep meanwhile. */
  const cancelAwake = async (projectId: ProjectId, itemId: JobId): Promise<QueueItem | undefined> => {
    let isAsleep = false
    const item = await changeItem(projectId, itemId, async (stores, job) => {
      checkJobMove(job.state, 'cancelled')
      if (job.state === 'pending') {
        await stores.jobs.cancelPending(itemId, clock.now())
        return [itemFact('queue_item_removed', job)]
      }
      isAsleep = job.asleep
      if (!job.cancelling && !isAsleep) await stores.jobs.requestCancel(itemId)
      return []
    })
    return isAsleep ? undefined : item
  }

  return {
    async cancel(projectId, itemId, { flow = false } = {}) {
      if (flow) return cancelFlow(projectId, itemId)
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const seen = await itemIn(transactions.stores.jobs, projectId, itemId)
        if (seen.asleep) {
          if (!(await cancelSleeper(itemId))) continue
          nudge()
          return itemIn(transactions.stores.jobs, projectId, itemId)
        }
        const item = await cancelAwake(projectId, itemId)
        if (item !== undefined) return item
      }
      throw new ConflictError(`Item ${itemId} is changing too fast; try again`, { itemId })
    },
    async setPriority(projectId, itemId, wanted) {
      const { priority } = parse(queuePriority, { priority: wanted })
      return changeItem(projectId, itemId, async (stores, job) => {
        if (job.state !== 'pending') throw new InvalidTransitionError('An item', job.state, 'pending')
        // A move puts the item at its new lane's end; one that stays where it is keeps its place.
        if (job.priority !== priority) await stores.jobs.setPriority(itemId, priority)
        return []
      })
    },

    async retry(projectId, itemId, { force = false, fresh = false } = {}) {
      // Keys come before the locks of jobs.
      const takeKey = async ({ uniques }: QueueStores): Promise<void> => {
        const [held] = await uniques.retake([itemId], clock.now())
        if (held?.projectId === projectId) throw new UniqueHeldError(itemId, held.holder)
      }
      const again = async (stores: QueueStores, job: JobWithResult): Promise<readonly NewFact[]> => {
        if (job.state !== 'failed') throw new InvalidTransitionError('An item', job.state, 'pending')
        if (job.error?.code === PARENT_FAILED_CODE && !force)
          throw new ParentFailedError(itemId, job.error.details)
        // A run that lets nothing be tried again says so first: jobs of an imported one are of a type that is registered nowhere.
        await stores.jobs.retry(itemId, clock.now())
        if (!jobTypes.has(job.type)) {
          const message = `is of the job type ${job.type}, which is not registered here`
          throw new ValidationError([{ path: 'itemId', message }])
        }
        if (fresh) await stores.asks.forget(itemId)
        return [itemFact('queue_item_added', job)]
      }
      return changeItem(projectId, itemId, again, takeKey)
    },
  }
}

/** The job and all that waits for it, and so on. */
async function below(flows: Pick<FlowStore, 'listChildren'>, jobId: JobId): Promise<JobId[]> {
  const all = new Set([jobId])
  let level: readonly JobId[] = [jobId]
  while (level.length > 0) {
    const links = await flows.listChildren(level, MOST_LINKS * level.length)
    level = [...new Set(links.map(({ childId }) => childId))].filter((child) => !all.has(child))
    for (const child of level) all.add(child)
  }
  return [...all]
}

/** @throws NotFoundError if the project has no such item */
async function itemIn(jobs: JobStore, projectId: ProjectId, itemId: JobId): Promise<QueueItem> {
  const [found] = await jobs.findItems([itemId])
  if (found?.projectId !== projectId) throw new NotFoundError('item', itemId)
  return found
}

async function projectOf(projects: ProjectStore, projectId: ProjectId): Promise<Project> {
  const project = await projects.find(projectId)
  if (!project) throw new NotFoundError('project', projectId)
  return project
}

/** Loose items are named; of a run's jobs only how many, as everywhere in the feed. */
function itemFact(type: 'queue_item_added' | 'queue_item_removed', job: Job): NewFact {
  const { jobId: itemId, runId, projectId, priority, createdBy } = job
  return fact(
    projectId,
    type,
    runId === null ? { itemId, type: job.type, priority, createdBy } : { runId, count: 1, createdBy },
  )
}
