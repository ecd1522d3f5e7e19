import type { Assignment, ProjectId, Task, TaskId } from '@muster/core'
import type { NewestKey, Slice, Slot, TaskStore, TaskWork } from '@muster/core/ports'
import { type Connection, notTooLarge, type Statement, statement } from '../connection/queryable.ts'
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

const LISTED = `select ${TASK} from task
   where project_id = $1 and ($3::timestamptz is null or (created_at, task_id) < ($3, $4::uuid))
     and ($5::text[] is null or status = any($5)) and ($6::text is null or current_step_id = $6) and (returns < 0) = $7`
const NEWEST = 'order by created_at desc, task_id desc limit $2'
const FLAGS = 'select task_id from assignment where project_id = $1 and flagged_at is not null'
const IS_FLAGGED =
  'exists (select from assignment where assignment.task_id = task.task_id and flagged_at is not null)'
const LIST = statement('task_list', `${LISTED} ${NEWEST}`)
// Few are flagged, so these are found by their flags, and the others by their age.
const LIST_FLAGGED = statement('task_list_flagged', `${LISTED} and task_id = any(array(${FLAGS})) ${NEWEST}`)
const LIST_UNFLAGGED = statement('task_list_unflagged', `${LISTED} and not ${IS_FLAGGED} ${NEWEST}`)
// A statement of its own: a condition that may be absent would keep its index from being used.
const LIST_NAMED = statement(
  'task_list_named',
  `${LISTED} and external_id = $8 and ($9::boolean is null or ${IS_FLAGGED} = $9) ${NEWEST}`,
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
  filter: Parameters<TaskStore['list']>[0],
  { limit, after }: Slice<NewestKey>,
): Promise<Task[]> {
  const values = [
    filter.projectId,
    limit,
    after?.createdAt ?? null,
    after?.id ?? null,
    filter.status ?? null,
    filter.stepId ?? null,
    filter.purpose === 'control',
  ]
  const { externalId, flagged } = filter
  if (externalId !== undefined)
    return connection.rows<Task>(LIST_NAMED, [...values, externalId, flagged ?? null])
  return connection.rows<Task>(flagged === undefined ? LIST : flagged ? LIST_FLAGGED : LIST_UNFLAGGED, values)
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
