import { parse } from '../input/parse.ts'
import {
  cursorOf,
  DEFAULT_PAGE,
  keyFromCursor,
  type NewestKey,
  newestKey,
  type PageRequest,
  pageLimitOf,
  page as pageOf,
} from '../paging.ts'
import { purposeOf, type Task } from '../workflow/task.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import { taskFilter } from './assignment-input.ts'
import { isLive } from './assignment-lifecycle.ts'
import type { ListedTask, TaskCounts, TasksOf, TaskUseCases } from './assignments.ts'
import { type JudgedStep, StandingJudge } from './standing.ts'
import type { StandingTask } from './stores/overview-store.ts'
import type { TaskFilter } from './stores/task-store.ts'

/** Open steps that are judged in one go. */
const JUDGED_AT_ONCE = 1_000

/** Open steps that one call judges at most, to find those that wait for a reason or to count them. */
const MOST_JUDGED = 10_000

/** Many tasks at once, as managers look for them. */
export function taskLists(deps: AssignmentDeps): Pick<TaskUseCases, 'list' | 'counts'> {
  const { transactions, clock } = deps
  const { stores } = transactions

  const judged = (filter: TaskFilter, after: NewestKey | undefined): AsyncGenerator<Judged[], void> =>
    standingAt(stores, filter, after, clock.now(), MOST_JUDGED)

  /** The page of those that wait for a reason: a short one goes on behind what was judged. */
  const waiting = async (
    filter: TaskFilter,
    waits: string,
    request: PageRequest,
    filters: readonly unknown[],
  ): Promise<{
    readonly found: readonly Judged[]
    readonly nextCursor: string | null
    readonly cursors: string[]
  }> => {
    const limit = pageLimitOf(request.limit ?? DEFAULT_PAGE)
    const after = request.cursor === undefined ? undefined : keyFromCursor<NewestKey>(request.cursor, filters)
    const found: Judged[] = []
    let [walked, last]: [number, StandingTask | undefined] = [0, undefined]
    for await (const part of judged(filter, after)) {
      for (const one of part) {
        if (found.length === limit) return cut()
        if (one.step?.reason === waits) found.push(one)
        last = one.task
      }
      walked += part.length
    }
    return walked < MOST_JUDGED ? { ...cut(), nextCursor: null } : cut()

    function cut() {
      const at = found.length === limit ? found.at(-1)?.task : last
      return {
        found,
        nextCursor: at === undefined ? null : cursorOf(keyOf(at), filters),
        cursors: found.map(({ task }) => cursorOf(keyOf(task), filters)),
      }
    }
  }

  return {
    async list(of, query, request) {
      const { waits, ...wanted } = parse(taskFilter, query)
      const filter: TaskFilter = { ...scopeOf(of), ...wanted }
      const filters = ['tasks', scopeOf(of), { ...wanted, purpose: wanted.purpose ?? 'work' }, waits ?? null]
      if (waits === undefined) {
        const { items, ...rest } = await pageOf(
          request,
          filters,
          newestKey<Task>(({ taskId }) => taskId),
          (slice) => stores.tasks.list(filter, slice),
        )
        return { items: await described(stores, items, await judgedOf(stores, items, clock.now())), ...rest }
      }
      const { found, nextCursor, cursors } = await waiting(filter, waits, request, filters)
      const taskIds = found.map(({ task }) => task.taskId)
      const tasks =
        found.length === 0 ? [] : await stores.tasks.list({ ...filter, taskIds }, { limit: found.length })
      const items = await described(stores, tasks, found)
      return { items, nextCursor, ...(request.cursors === true && { cursors }) }
    },

    async counts(of, query = {}) {
      const { waits, ...wanted } = parse(taskFilter, query)
      const filter: TaskFilter = { ...scopeOf(of), ...wanted }
      const counts = new Counting(waits)
      for await (const part of judged(filter, undefined)) counts.judge(part)
      if (waits === undefined) for (const one of await stores.overviews.countTasks(filter)) counts.count(one)
      return counts.result
    },
  }
}

/** Walks the open steps of a filter in its order, judged, until so many were. */
export async function* standingAt(
  stores: AssignmentStores,
  filter: TaskFilter,
  after: NewestKey | undefined,
  now: Date,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Judged[], void> {
  const judge = new StandingJudge(stores, now)
  let at = after
  for (let walked = 0; walked < most; walked += JUDGED_AT_ONCE) {
    const tasks = await stores.overviews.listStanding(filter, { limit: JUDGED_AT_ONCE, after: at })
    const steps = await judge.judge(tasks)
    yield tasks.map((task) => ({ task, step: steps.get(task.taskId) }))
    const last = tasks.at(-1)
    if (tasks.length < JUDGED_AT_ONCE || last === undefined) return
    at = keyOf(last)
  }
}

/** A project, or all that the person manages. */
function scopeOf(of: TasksOf): Pick<TaskFilter, 'projectId' | 'projectIds'> {
  if (typeof of === 'string') return { projectId: of }
  return of.role === 'admin' ? {} : { projectIds: [...of.memberships].sort() }
}

/** An open step; undefined: its project or workflow is gone, so nothing is said of it. */
interface Judged {
  readonly task: StandingTask
  readonly step: JudgedStep | undefined
}

const keyOf = newestKey<StandingTask>(({ taskId }) => taskId)

/** Those of these tasks that stand at a people step, judged. */
async function judgedOf(stores: AssignmentStores, tasks: readonly Task[], now: Date): Promise<Judged[]> {
  const taskIds = tasks.map(({ taskId }) => taskId)
  const projectIds = [...new Set(tasks.map(({ projectId }) => projectId))]
  const standing: StandingTask[] = []
  for (const purpose of new Set(tasks.map(purposeOf))) {
    const filter = { projectIds, taskIds, purpose }
    standing.push(...(await stores.overviews.listStanding(filter, { limit: tasks.length })))
  }
  const steps = await new StandingJudge(stores, now).judge(standing)
  return standing.map((task) => ({ task, step: steps.get(task.taskId) }))
}

/** Tasks with the state of the step that each stands at, who holds it, and whether it is flagged. */
async function described(
  stores: AssignmentStores,
  tasks: readonly Task[],
  judged: readonly Judged[],
): Promise<ListedTask[]> {
  const byId = new Map(judged.map((one) => [one.task.taskId, one]))
  const holders = new Set(judged.flatMap(({ task }) => task.rows.filter(isLive).map(({ userId }) => userId)))
  const users = holders.size === 0 ? [] : await stores.people.findMany([...holders].sort())
  const names = new Map(users.map(({ userId, displayName }) => [userId, displayName]))
  return tasks.map((task) => {
    const { task: standing, step } = byId.get(task.taskId) ?? {}
    const rows = standing?.rows ?? []
    return {
      ...task,
      stepState: step?.state ?? null,
      mainReason: step?.reason ?? null,
      holders: rows.filter(isLive).map(({ userId }) => ({ userId, displayName: names.get(userId) ?? '' })),
      flagged: rows.some(({ isFlagged }) => isFlagged),
    }
  })
}

const NOT_JUDGED: JudgedStep = { state: 'held', reason: null }

class Counting {
  readonly #waits: string | undefined
  readonly #status = { open: 0, completed: 0, cancelled: 0 }
  readonly #steps = new Map<string, number>()
  readonly #states = { free: 0, held: 0, resting: 0, nobody: 0 }
  readonly #reasons = new Map<string, number>()
  #judged = 0

  /** @param waits only open steps that wait for it count */
  constructor(waits: string | undefined) {
    this.#waits = waits
  }

  judge(part: readonly Judged[]): void {
    this.#judged += part.length
    for (const { task, step = NOT_JUDGED } of part) {
      if (this.#waits !== undefined && step.reason !== this.#waits) continue
      this.#states[step.state] += 1
      if (step.reason !== null) add(this.#reasons, step.reason, 1)
      if (this.#waits !== undefined) this.count({ status: 'open', stepId: task.stepId, count: 1 })
    }
  }

  count({ status, stepId, count }: { status: Task['status']; stepId: string | null; count: number }): void {
    this.#status[status] += count
    if (stepId !== null) add(this.#steps, stepId, count)
  }

  get result(): TaskCounts {
    return {
      byStatus: this.#status,
      byStep: Object.fromEntries(this.#steps),
      byState: this.#states,
      byReason: Object.fromEntries(this.#reasons),
      judged: this.#judged,
      complete: this.#judged < MOST_JUDGED,
    }
  }
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count)
}
