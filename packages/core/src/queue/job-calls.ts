import type { Clock, Ids, Logger } from '../environment.ts'
import { NotFoundError, ValidationError } from '../errors.ts'
import type { Broadcast } from '../events/broadcast.ts'
import type { JobId, OperationId, ProjectId, UserId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { JobAsk } from '../jobs/asks/ask.ts'
import { type AskStore, lifeOf } from '../jobs/asks/ask-store.ts'
import type { FlowStore } from '../jobs/flow-store.ts'
import type { AwaitedRun } from '../jobs/flows.ts'
import type { JobState, JobWithResult, QueueItem } from '../jobs/job.ts'
import type {
  CausesWhere,
  FoundJob,
  JobAttempt,
  JobCause,
  JobFilter,
  JobMove,
  JobRecord,
  JobSearchStore,
} from '../jobs/job-search.ts'
import type { JobStore } from '../jobs/job-store.ts'
import type { UniqueStore } from '../jobs/unique-store.ts'
import type { WorkerStore } from '../jobs/worker-store.ts'
import type { Json } from '../json/json.ts'
import { type KeyHold, keyHold } from '../limits/key-hold.ts'
import { MOST_AHEAD } from '../limits/limit.ts'
import type { LimitStore } from '../limits/limit-store.ts'
import { countMove, type Operation } from '../operations/operation.ts'
import {
  beginOperation,
  bounded,
  checkPriority,
  type MoveMany,
  type OperationStores,
} from '../operations/operations.ts'
import { cursorOf, DEFAULT_PAGE, keyFromCursor, type Page, pageLimitOf } from '../paging.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { ScheduleStore, TickName } from '../schedules/schedule-store.ts'
import { elapsedMs } from '../time.ts'
import type { Transactions } from '../transactions.ts'
import { type BudgetHold, budgetHold } from '../usage/budget.ts'
import type { BudgetStore } from '../usage/budget-store.ts'
import { flowOf, type JobFlow } from './job-flow.ts'
import { causesQuery, type JobsBulk, type JobsChosen, type JobsQuery, type JobsWhere } from './job-input.ts'

/** How long one search looks, in ms: it then gives what it has, and where to go on. */
const SEARCH_MS = 2_000

/** How long a flow is read at most, in ms. */
const FLOW_MS = 2_000

/** Ids read at once for an operation. */
const MATCHING = 10_000

/** Jobs read at once for somebody who reads all of them. */
const READ_ALONG = 500

/** Jobs shown of what an operation would be about. */
const SAMPLE = 20

/** A page of jobs. */
export interface JobPage extends Page<QueueItem> {
  /** How many jobs were looked at for it. */
  readonly searched: number
  /** Whether the page is as full as it can be: false if the time was up, and `nextCursor` goes on. */
  readonly complete: boolean
}

/** Why a pending job does not begin, or one that is asleep does not go on. */
export type WaitsFor =
  | { readonly kind: 'paused'; readonly by: 'system' | 'project' | 'run' }
  | { readonly kind: 'notDue'; readonly opensAt: Date }
  | { readonly kind: 'pace'; readonly opensAt: Date }
  /** One of its keys has no room. */
  | KeyWaitsFor
  /** A budget has not enough left for it. */
  | BudgetHold
  | { readonly kind: 'worker' }
  /** Other jobs: `used` of them have not ended, of so many. */
  | { readonly kind: 'parents'; readonly used: number; readonly of: number }
  /** A run, until it is so far. */
  | ({ readonly kind: 'run' } & AwaitedRun)
  /** It is asleep over these questions; none: it has all answers, and is about to be put in line. */
  | { readonly kind: 'person'; readonly asks: readonly string[] }
  /** Its turn among the lanes: so many stand before it in its project, and in all. */
  | { readonly kind: 'turn'; readonly before: number; readonly beforeInAll: number }

/** A key that holds a pending job back. */
export interface KeyWaitsFor extends KeyHold {
  /** Pending jobs with the same keys in its run, or in its project's queue, that are before it. */
  readonly ahead: number
  /** There are more ahead of it than were counted. */
  readonly aheadMore: boolean
}

/** A job with all that is known of it. */
export interface JobDetail extends QueueItem, Pick<JobWithResult, 'payload' | 'result'> {
  /** Oldest first, the present one last. */
  readonly attempts: readonly JobAttempt[]
  readonly cause: JobRecord['cause']
  /** The tick of a schedule that started it; null: something else did. */
  readonly tick: TickName | null
  /** The questions that it has put to people, in the order in which they were asked. */
  readonly asks: readonly Omit<JobAsk, 'digest'>[]
  /** Empty unless it is pending or asleep. */
  readonly waitsFor: readonly WaitsFor[]
}

/** The things that an operation would be about. */
export interface JobsPreview {
  readonly count: number
  readonly byState: Readonly<Partial<Record<JobState, number>>>
  readonly byType: Readonly<Record<string, number>>
  /** The newest of them. */
  readonly sample: readonly QueueItem[]
}

/** The projects that a caller operates; null: all. */
export type Operated = readonly ProjectId[] | null

/** Jobs as those who operate look for them. Input schemas: `jobsQuery`, `jobsBulk`. */
export interface JobUseCases {
  /** @throws ValidationError for a cursor of another search */
  search(projects: Operated, query: JobsQuery): Promise<JobPage>
  /** Failures that are alike, most failed first. */
  causes(projects: Operated, where?: CausesWhere): Promise<readonly JobCause[]>
  /** All that match, newest first, read a part at a time as they are asked for. */
  all(projects: Operated, chosen: JobsChosen): AsyncIterable<QueueItem>
  /** @throws NotFoundError */
  get(jobId: JobId): Promise<JobDetail>
  /** All that the job waits for, and that waits for it, as far as it is read in two seconds. @throws NotFoundError */
  flow(jobId: JobId): Promise<JobFlow>
  /** The jobs that a bulk move would be about. */
  preview(projects: Operated, bulk: JobsBulk): Promise<JobsPreview>
  /**
   * Begins a move on all that match now, as an operation.
   * @throws ValidationError without `expect`; ChangedError if many more match; ConflictError if too many operations run
   */
  move(projects: Operated, bulk: JobsBulk, createdBy: UserId | null): Promise<Operation>
}

interface JobCallStores extends OperationStores {
  readonly asks: Pick<AskStore, 'lives'>
  readonly jobs: JobStore
  readonly jobSearch: JobSearchStore
  readonly projects: Pick<ProjectStore, 'find' | 'systemPaused'>
  readonly runs: Pick<RunStore, 'find'>
  readonly workers: Pick<WorkerStore, 'findAttendance'>
  readonly schedules: Pick<ScheduleStore, 'findTickOf'>
  readonly limits: Pick<LimitStore, 'findJobKeys' | 'findUse'>
  readonly budgets: Pick<BudgetStore, 'findOfJob'>
  readonly flows: Pick<FlowStore, 'findWaiting' | 'listLinked'>
}

interface Deps {
  readonly transactions: Transactions<JobCallStores>
  readonly clock: Clock
  readonly ids: Ids
  readonly broadcast: Broadcast
  readonly logger: Logger
}

/** Moves the jobs of an operation, each by its own rule. */
export const moveJobs: MoveMany<{
  readonly jobSearch: JobSearchStore
  readonly uniques: UniqueStore
}> = async ({ jobSearch, uniques }, operation, ids, now) => {
  const { priority = 0 } = operation.options as { readonly priority?: number }
  const action = operation.action as JobMove['action']
  const all = ids as readonly JobId[]
  // Keys come before the locks of jobs.
  const held = action === 'retry' ? await uniques.retake(all, now) : []
  const kept = new Set(held.map(({ jobId }) => jobId))
  const moved = {
    ...(await jobSearch.moveMany(
      all.filter((jobId) => !kept.has(jobId)),
      action === 'priority' ? { action, priority } : { action },
      now,
    )),
  }
  for (const { projectId } of held) countMove(moved, projectId, 'unique_held')
  return moved
}

/** Finds jobs, tells all of one, and begins moves on many. */
export function jobUseCases({ transactions, clock, ids }: Deps): JobUseCases {
  const {
    flows,
    jobs,
    jobSearch,
    projects: projectStore,
    runs,
    schedules,
    workers,
    limits,
    budgets,
  } = transactions.stores

  /** Everything that fits, a part at a time. */
  async function* matching(
    search: JobSearchStore,
    filter: JobFilter,
    limit = MATCHING,
  ): AsyncGenerator<readonly FoundJob[]> {
    let after: JobId | undefined
    for (;;) {
      const part = await search.find(filter, { limit, order: 'desc', after })
      yield part.found
      if (part.goesOn === null) return
      after = part.goesOn
    }
  }

  const itemsOf = async (found: readonly FoundJob[]): Promise<QueueItem[]> => {
    const items = await jobs.findItems(found.map(({ jobId }) => jobId))
    const byId = new Map(items.map((item) => [item.jobId, item]))
    return found.flatMap(({ jobId }) => byId.get(jobId) ?? [])
  }

  return {
    async search(projects, { order = 'desc', limit: asked, cursor, ...where }) {
      const limit = pageLimitOf(asked ?? DEFAULT_PAGE)
      const filter = filterOf(projects, where)
      const seal = ['jobs', JSON.stringify([projects, where, order])]
      let after = cursor === undefined ? undefined : keyFromCursor<{ jobId: JobId }>(cursor, seal).jobId
      const until = elapsedMs(clock) + SEARCH_MS
      const found: FoundJob[] = []
      let searched = 0
      let complete = true
      for (;;) {
        const part = await jobSearch.find(filter, { limit: limit - found.length, order, after })
        found.push(...part.found)
        searched += part.searched
        after = part.goesOn ?? undefined
        if (after === undefined || found.length === limit) break
        complete = elapsedMs(clock) < until
        if (!complete) break
      }
      const nextCursor = after === undefined ? null : cursorOf({ jobId: after }, seal)
      return { items: await itemsOf(found), nextCursor, searched, complete }
    },

    causes: async (projects, where = {}) =>
      jobSearch.listCauses({ projects, ...parse(causesQuery, where) }, clock.now()),

    async *all(projects, chosen) {
      for await (const found of matching(jobSearch, filterOf(projects, chosen), READ_ALONG)) {
        yield* await itemsOf(found)
      }
    },

    async get(jobId) {
      const [[item], job, record, { asks }, tick = null] = await Promise.all([
        jobs.findItems([jobId]),
        jobs.find(jobId),
        jobSearch.findRecord(jobId),
        lifeOf(transactions.stores.asks, jobId),
        schedules.findTickOf(jobId),
      ])
      if (!item || !job || !record) throw new NotFoundError('job', jobId)
      const attempts = attemptsOf(job, record)
      const { payload, result } = job
      const detail = {
        ...item,
        payload,
        result,
        attempts,
        cause: record.cause,
        tick,
        asks: asks.map(toldAsk),
      }
      if (item.asleep) return { ...detail, waitsFor: [waitsForPeople(asks)] }
      return { ...detail, waitsFor: item.state === 'pending' ? await waitsFor(item, record) : [] }
    },

    async flow(jobId) {
      const job = await jobs.find(jobId)
      if (!job) throw new NotFoundError('job', jobId)
      const until = elapsedMs(clock) + FLOW_MS
      const { type, state } = job
      return flowOf(flows, { jobId, type, state }, () => elapsedMs(clock) < until)
    },

    async preview(projects, bulk) {
      checkPriority(bulk)
      const filter = filterOf(projects, bulk.filter)
      const byState: Partial<Record<JobState, number>> = {}
      const byType: Record<string, number> = {}
      const sample: FoundJob[] = []
      let count = 0
      for await (const found of bounded(matching(jobSearch, filter), 'jobs', clock)) {
        count += found.length
        sample.push(...found.slice(0, SAMPLE - sample.length))
        for (const { state, type } of found) {
          byState[state] = (byState[state] ?? 0) + 1
          byType[type] = (byType[type] ?? 0) + 1
        }
      }
      return { count, byState, byType, sample: await itemsOf(sample) }
    },

    async move(projects, { action, filter, expect, priority }, createdBy) {
      checkPriority({ action, priority })
      if (expect === undefined) {
        throw new ValidationError([{ path: 'expect', message: 'must say how many jobs you have seen' }])
      }
      const { projectId = null } = filter
      const operation = {
        operationId: ids.next() as OperationId,
        projectId,
        subject: 'jobs' as const,
        action,
        filter: JSON.parse(JSON.stringify(filter)) as Json,
        options: priority === undefined ? {} : { priority },
        createdBy,
        createdAt: clock.now(),
      }
      return transactions.transaction((stores) => {
        async function* jobIds() {
          for await (const found of matching(stores.jobSearch, filterOf(projects, filter)))
            yield found.map(({ jobId }) => jobId)
        }
        return beginOperation(stores, operation, jobIds(), expect, clock)
      })
    },
  }

  async function waitsFor(item: QueueItem, { paceOpensAt }: JobRecord): Promise<WaitsFor[]> {
    const now = clock.now()
    const [systemPaused, project, run, attendance, keys, money, waiting] = await Promise.all([
      projectStore.systemPaused(),
      projectStore.find(item.projectId),
      item.runId === null ? undefined : runs.find(item.runId),
      workers.findAttendance(now),
      waitedFor(limits, item.jobId, now),
      budgetsWaitedFor(budgets, item.jobId, now),
      flows.findWaiting(item.jobId),
    ])
    const { position, globalPosition } = item
    const reasons: (WaitsFor | false | undefined)[] = [
      systemPaused && { kind: 'paused', by: 'system' },
      project?.paused && { kind: 'paused', by: 'project' },
      run?.status === 'paused' && { kind: 'paused', by: 'run' },
      item.availableAt > now && { kind: 'notDue', opensAt: item.availableAt },
      paceOpensAt !== null && paceOpensAt > now && { kind: 'pace', opensAt: paceOpensAt },
      ...keys,
      ...money,
      waiting &&
        (waiting.run
          ? { kind: 'run', ...waiting.run }
          : { kind: 'parents', used: waiting.open, of: waiting.of }),
      !Object.hasOwn(attendance.workers, item.type) && { kind: 'worker' },
      position !== null && {
        kind: 'turn',
        before: position - 1,
        beforeInAll: (globalPosition ?? position) - 1,
      },
    ]
    return reasons.filter((reason): reason is WaitsFor => typeof reason === 'object')
  }
}

/** The keys of the job that have no room. */
async function waitedFor(limits: JobCallStores['limits'], jobId: JobId, now: Date): Promise<KeyWaitsFor[]> {
  const set = await limits.findJobKeys(jobId)
  if (!set) return []
  const ahead = { ahead: Math.min(set.ahead, MOST_AHEAD), aheadMore: set.ahead > MOST_AHEAD }
  const used = await limits.findUse(set.keys, now)
  return set.keys.flatMap((key) => {
    const limit = used.find((one) => one.key === key)
    const hold = limit && keyHold(limit, set.units, now)
    return hold ? { ...hold, ...ahead } : []
  })
}

/** The budgets that have not enough left for the job. */
async function budgetsWaitedFor(
  budgets: JobCallStores['budgets'],
  jobId: JobId,
  now: Date,
): Promise<BudgetHold[]> {
  const found = await budgets.findOfJob(jobId, now)
  return found?.budgets.flatMap((budget) => budgetHold(budget, found.estimateMicros) ?? []) ?? []
}

function toldAsk({ digest: _digest, ...ask }: JobAsk): JobDetail['asks'][number] {
  return ask
}

function waitsForPeople(asks: readonly JobAsk[]): WaitsFor {
  return { kind: 'person', asks: asks.flatMap(({ state, name }) => (state === 'open' ? name : [])) }
}

function filterOf(projects: Operated, where: JobsChosen | JobsWhere): JobFilter {
  const { projectId, cause, ...rest } = where as JobsChosen
  return { ...rest, causeId: cause, projects: projectId === undefined ? projects : [projectId] }
}

/** Those that are kept, and the last one, if it completed or goes on. */
function attemptsOf(job: JobWithResult, { attempts, workerId }: JobRecord): JobAttempt[] {
  const { state, attempt, startedAt, finishedAt, error } = job
  const isLast = (state === 'active' && !job.asleep) || state === 'completed' || state === 'cancelled'
  const isKept = attempts.some((kept) => kept.startedAt.getTime() === startedAt?.getTime())
  if (startedAt === null || !isLast || isKept) return [...attempts]
  const outcome = state === 'active' ? null : state
  const last = { attempt, startedAt, endedAt: finishedAt, workerId, outcome, error: outcome ? error : null }
  return [...attempts, last]
}
