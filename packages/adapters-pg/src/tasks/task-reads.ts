import type { Assignment, ProjectId, Task, TaskId } from '@muster/core'
import type { NewestKey, Slice, Slot, TaskFilter, TaskWork } from '@muster/core/ports'
import { type Connection, notTooLarge, type Statement, statement } from '../connection/queryable.ts'
import { FilteredTasks } from './task-filter.ts'
import { ASSIGNMENT, SLOT, TASK, TASK_FIELDS } from './task-rows.ts'

export const FIND_TASK = statement('task_find', `select ${TASK} from task where task_id = $1`)
// `no key`: nothing refers to tasks by key, and readers need not wait.
const LOCK_TASK = statement('task_lock', `select ${TASK} from task where task_id = $1 for no key update`)
const LOCK_TASKS = statement(
  'task_lock_all',
  `select ${TASK} from task where task_id = any($1::uuid[]) order by task_id for no key update`,
)
const SLOTS = `select ${SLOT} from slot where task_id = any($1::uuid[]) order by task_id, step_id collate "C", slot_no`
const FIND_SLOTS = statement('slot_find', SLOTS)
// Waits for a claim that is taking one of them; the next statement sees what it wrote.
const LOCK_SLOTS = statement('slot_lock', `${SLOTS} for no key update`)
const FIND_ASSIGNMENTS = statement(
  'assignment_of_task',
  `select ${ASSIGNMENT} from assignment where task_id = any($1::uuid[]) order by task_id, assigned_at, assignment_id`,
)

const LIST_BY_EXTERNAL_ID = statement(
  'task_list_by_external_id',
  `select ${TASK} from task where project_id = $1 and external_id is not null and external_id = any($2::text[])`,
)
const LIST_COMPLETED = statement(
  'task_list_completed',
  notTooLarge(
    TASK_FIELDS,
    `select ${TASK}, pg_column_size(payload) + (
       select coalesce(sum(coalesce(pg_column_size(result), 0) + coalesce(pg_column_size(comment), 0)), 0) from assignment where assignment.task_id = task.task_id) as bytes
     from task
     where project_id = $1 and status = 'completed' and ($3::uuid is null or task_id > $3) order by task_id limit $2`,
    'taskId',
  ),
)
const LIST_OPEN = statement(
  'task_list_open',
  `select ${TASK} from task
   where project_id = $1 and shelf_id is not null and exists (
     select from slot where slot.task_id = task.task_id and slot.step_id = task.current_step_id and slot.state = 'free')
   order by priority desc, step_opened_at, task_id limit $2`,
)

export async function lockWork(connection: Connection, taskId: TaskId): Promise<TaskWork | undefined> {
  const tasks = await connection.rows<Task>(LOCK_TASK, [taskId])
  return (await worksOf(connection, tasks, LOCK_SLOTS))[0]
}

/** Those of the tasks that exist, by id, which is the order in which they are locked. */
export async function lockWorks(connection: Connection, taskIds: readonly TaskId[]): Promise<TaskWork[]> {
  return worksOf(connection, await connection.rows<Task>(LOCK_TASKS, [taskIds]), LOCK_SLOTS)
}

export async function findWork(connection: Connection, taskId: TaskId): Promise<TaskWork | undefined> {
  return (await worksOf(connection, await connection.rows<Task>(FIND_TASK, [taskId])))[0]
}

export function listTasks(
  connection: Connection,
  filter: TaskFilter,
  slice: Slice<NewestKey>,
): Promise<Task[]> {
  return connection.rows<Task>(...new FilteredTasks(filter).listing('task_list', TASK, slice))
}

export function listByExternalId(
  connection: Connection,
  projectId: ProjectId,
  externalIds: readonly string[],
): Promise<Task[]> {
  return connection.rows<Task>(LIST_BY_EXTERNAL_ID, [projectId, externalIds])
}

export async function listCompletedWork(
  connection: Connection,
  projectId: ProjectId,
  { limit, after }: Slice<{ readonly taskId: TaskId }>,
): Promise<TaskWork[]> {
  return worksOf(
    connection,
    await connection.rows<Task>(LIST_COMPLETED, [projectId, limit, after?.taskId ?? null]),
  )
}

export async function listOpenWork(
  connection: Connection,
  projectId: ProjectId,
  limit: number,
): Promise<TaskWork[]> {
  return worksOf(connection, await connection.rows<Task>(LIST_OPEN, [projectId, limit]))
}

/** `tasks` with all that hangs on them, in two statements however many. */
async function worksOf(
  connection: Connection,
  tasks: readonly Task[],
  slotStatement: Statement = FIND_SLOTS,
): Promise<TaskWork[]> {
  if (tasks.length === 0) return []
  const ids = tasks.map(({ taskId }) => taskId)
  const slots = Map.groupBy(await connection.rows<Slot>(slotStatement, [ids]), ({ taskId }) => taskId)
  const rows = Map.groupBy(await connection.rows<Assignment>(FIND_ASSIGNMENTS, [ids]), ({ taskId }) => taskId)
  return tasks.map((task) => ({
    task,
    slots: slots.get(task.taskId) ?? [],
    assignments: rows.get(task.taskId) ?? [],
  }))
}
