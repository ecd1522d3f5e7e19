import type { Task } from '@muster/core'
import type { NewestKey, Slice, TaskFilter } from '@muster/core/ports'
import { purposeOf } from '@muster/core/quality'
import { isLive } from '@muster/core/rules'
import { folded } from '@muster/core/support'
import { byAge } from '../jobs/order.ts'
import type { TaskTables } from './task-tables.ts'

const byOldest = byAge<Task>(({ taskId }) => taskId)

/** The tasks of a filter in its order. */
export function matching(tables: TaskTables, filter: TaskFilter): Task[] {
  const { projectId, projectIds, order = 'desc' } = filter
  const some = projectId === undefined ? projectIds : [projectId]
  const within = some === undefined ? undefined : new Set(some)
  const tasks = [...(within ?? tables.tasksByAge.groups())].flatMap((id) => tables.tasksByAge.in(id))
  const found = tasks.filter((task) => (within?.has(task.projectId) ?? true) && matches(tables, task, filter))
  found.sort(byOldest)
  return order === 'asc' ? found : found.reverse()
}

/** A part of the tasks of a filter. */
export function listed(tables: TaskTables, filter: TaskFilter, slice: Slice<NewestKey>): Task[] {
  return sliced(matching(tables, filter), filter, slice)
}

/** A part of tasks that stand in the order of a filter. */
export function sliced(
  tasks: Task[],
  { order = 'desc' }: TaskFilter,
  { limit, after }: Slice<NewestKey>,
): Task[] {
  if (after === undefined) return tasks.slice(0, limit)
  const at = { createdAt: after.createdAt, taskId: after.id } as Task
  return tasks
    .filter((task) => (order === 'asc' ? byOldest(at, task) : byOldest(task, at)) < 0)
    .slice(0, limit)
}

function matches(tables: TaskTables, task: Task, filter: TaskFilter): boolean {
  const {
    taskIds,
    status,
    stepId,
    externalId,
    q,
    holder,
    skill,
    from,
    to,
    flagged,
    purpose = 'work',
  } = filter
  const rows = () => tables.assignmentsByTask.in(task.taskId)
  return (
    purposeOf(task) === purpose &&
    (taskIds?.includes(task.taskId) ?? true) &&
    (status?.includes(task.status) ?? true) &&
    (stepId === undefined || task.currentStepId === stepId) &&
    (externalId === undefined || task.externalId === externalId) &&
    (q === undefined ||
      [task.externalId ?? '', task.taskId].some((text) => folded(text).includes(folded(q)))) &&
    (holder === undefined || rows().some((row) => row.userId === holder && isLive(row))) &&
    (skill === undefined || asksFor(tables, task, skill)) &&
    (from === undefined || task.createdAt >= from) &&
    (to === undefined || task.createdAt < to) &&
    (flagged === undefined || rows().some(({ flaggedAt }) => flaggedAt !== null) === flagged)
  )
}

function asksFor(tables: TaskTables, { taskId }: Task, skill: string): boolean {
  const standing = tables.standing.get(taskId)
  const shelf = standing && tables.shelves.get(standing.shelfId)
  return shelf?.requirements.some(({ anyOf }) => anyOf.includes(skill)) ?? false
}
