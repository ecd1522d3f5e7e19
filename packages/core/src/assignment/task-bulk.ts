import { NotFoundError, ValidationError } from '../errors.ts'
import type { OperationId, ProjectId, TaskId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { Json } from '../json/json.ts'
import { countMove, type Operation, type OperationTally } from '../operations/operation.ts'
import { beginOperation, bounded, checkPriority, type MoveMany } from '../operations/operations.ts'
import type { NewestKey } from '../paging.ts'
import type { Principal } from '../people/person.ts'
import type { Task } from '../workflow/task.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import { taskBulk } from './assignment-input.ts'
import type { TaskBulk, TaskQuery, TaskUseCases } from './assignments.ts'
import { manages } from './authority.ts'
import { cancelJobs } from './cancel-job.ts'
import type { StandingKey } from './stores/overview-store.ts'
import type { TaskFilter } from './stores/task-store.ts'
import { rulesByKind, write } from './task/locked-task.ts'
import { isSubmissionDue, settleTask } from './task/settled-task.ts'
import { cancelTask, changeTask } from './task/task-work.ts'
import { standingAt } from './task-list.ts'

/** Ids that are read in one go. */
const AT_ONCE = 1_000

/** One move on all tasks that match, worked off by the scheduler. */
export function taskBulks(deps: AssignmentDeps): Pick<TaskUseCases, 'bulk' | 'bulkCount'> {
  const { transactions, clock, ids } = deps
  return {
    async bulkCount(request, by) {
      const { filter, ...move } = parse(taskBulk, request)
      checkPriority(move)
      const { stores } = transactions
      let count = 0
      const found = matching(stores, scoped(filter, by), filter.waits, clock.now())
      for await (const part of bounded(found, 'tasks', clock)) count += part.length
      return count
    },

    async bulk(request, by) {
      const { action, filter, expect, priority } = parse(taskBulk, request)
      checkPriority({ action, priority })
      if (expect === undefined)
        throw new ValidationError([{ path: 'expect', message: 'must say how many tasks you have seen' }])
      const scope = scoped(filter, by)
      if (scope.projectId !== undefined && !(await transactions.stores.projects.find(scope.projectId)))
        throw new NotFoundError('project', scope.projectId)
      const now = clock.now()
      return transactions.transaction((stores) =>
        beginOperation(
          stores,
          {
            operationId: ids.next() as OperationId,
            projectId: scope.projectId ?? null,
            subject: 'tasks',
            action,
            filter: JSON.parse(JSON.stringify(filter)) as Json,
            options: action === 'priority' ? { priority: priority ?? 0 } : {},
            createdBy: by?.userId ?? null,
            createdAt: now,
          },
          matching(stores, scope, filter.waits, now),
          expect,
          clock,
        ),
      )
    },
  }
}

/** The open tasks of a filter that the caller manages: of the project named, or of all that they have. */
function scoped({ waits: _waits, ...filter }: TaskBulk['filter'], by: Principal | undefined): TaskFilter {
  const { projectId } = filter
  if (projectId !== undefined && by !== undefined && !manages(by, projectId))
    throw new NotFoundError('project', projectId)
  const isOverOwn = projectId === undefined && by !== undefined && by.role !== 'admin'
  const status = filter.status ?? ['open']
  return { ...filter, status, ...(isOverOwn && { projectIds: [...by.memberships].sort() }) }
}

/** The ids of what matches, a part at a time. */
async function* matching(
  stores: AssignmentStores,
  filter: TaskFilter,
  waits: TaskQuery['waits'],
  now: Date,
): AsyncGenerator<TaskId[], void> {
  if (waits !== undefined) {
    for await (const part of standingAt(stores, filter, undefined, now))
      yield part.flatMap(({ task, step }) => (step?.reason === waits ? [task.taskId] : []))
    return
  }
  let after: NewestKey | undefined
  for (;;) {
    const part: StandingKey[] = await stores.overviews.listKeys(filter, { limit: AT_ONCE, after })
    const last = part.at(-1)
    if (last === undefined) return
    yield part.map(({ taskId }) => taskId)
    after = { createdAt: last.createdAt, id: last.taskId }
  }
}

/**
 * Moves tasks one by one, each by its own rule: those that are over are passed over. Submissions that are due go through before a
 * cancel. Holders are told of what they lose; that tasks changed is told once.
 */
export function moveTasksWith(deps: AssignmentDeps): MoveMany<AssignmentStores> {
  return async (stores, operation, taskIds, now) => {
    const moved: Record<ProjectId, OperationTally> = {}
    const works = await stores.tasks.lockWorks(taskIds as readonly TaskId[])
    const open = works.flatMap(({ task }) => (task.status === 'open' ? task : []))
    const isCancel = operation.action === 'cancel'
    const due = isCancel ? works.filter((work) => isSubmissionDue(work, now)) : []
    if (due.length > 0)
      return async () => {
        for (const { task } of due) await settleTask(deps, task.taskId)
      }
    const facts = isCancel ? await cancelJobs(stores, open, now) : []
    const rulesOf = rulesByKind(stores, deps, now, operation.createdBy)
    for (const work of works) {
      const { projectId, status } = work.task
      countMove(moved, projectId, status === 'open' ? undefined : status)
      if (status !== 'open') continue
      const rules = await rulesOf(work.task)
      const changed = isCancel ? cancelTask(work, rules) : changeTask(work, rules, optionsOf(operation))
      const written = await write(stores, deps, work, changed, now)
      facts.push(...written.facts.filter(({ type }) => type !== 'task_updated'))
    }
    await stores.events.append(facts)
    return moved
  }
}

function optionsOf({ options }: Operation): Pick<Task, 'priority'> {
  return options as unknown as Pick<Task, 'priority'>
}
