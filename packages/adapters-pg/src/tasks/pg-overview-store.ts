import type { ProjectId, TaskId, UserId } from '@muster/core'
import type {
  GivenControl,
  MoveKey,
  OverviewStore,
  StandingKey,
  StandingTask,
  Stay,
  TaskCount,
} from '@muster/core/inbox'
import type { KeptMove, NewestKey, Slice, TaskFilter } from '@muster/core/ports'
import { type Connection, statement } from '../connection/queryable.ts'
import { FilteredTasks } from './task-filter.ts'
import { listGiven, listMoves, listStays } from './task-moves.ts'

// Subqueries, so that they are asked of the rows that are read alone.
const STANDING = `task.task_id as "taskId", task.project_id as "projectId", task.workflow_id as "workflowId", task.created_at as "createdAt",
  task.step_opened_at as "openedAt", task.current_step_id as "stepId",
  (select shelf.step_type from shelf where shelf.shelf_id = task.shelf_id) as "stepType",
  (select shelf.requirements from shelf where shelf.shelf_id = task.shelf_id) as requirements,
  (select coalesce(json_agg(json_build_object('state', slot.state, 'wakeAt', slot.wake_at) order by slot.slot_no), '[]') from slot
   where slot.task_id = task.task_id and slot.step_id = task.current_step_id) as slots,
  (select coalesce(json_agg(json_build_object('userId', a.user_id, 'stepId', a.step_id, 'status', a.status,
     'isFlagged', a.flagged_at is not null) order by a.assigned_at, a.assignment_id), '[]')
   from assignment as a where a.task_id = task.task_id) as rows`

// Two reads, each by an index of its own.
const CONTROLS_OF = statement(
  'task_controls_of',
  `select a.assignment_id as "assignmentId", a.assigned_at as "assignedAt", a.status
   from (
     select * from assignment as live where live.user_id = $1 and live.status in ('assigned', 'accepted', 'in_progress')
     union all
     select * from assignment as past where past.user_id = $1 and past.assigned_at >= $3 and past.status in ('submitted', 'rejected')) as a
   join task using (task_id)
   where a.project_id = $2 and task.returns < 0 order by a.assigned_at desc, a.assignment_id desc limit $4`,
)

/** The past of tasks in `task_move`, and many tasks at once. */
export class PgOverviewStore implements OverviewStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  listMoves(taskId: TaskId, slice: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]> {
    return listMoves(this.#connection, taskId, slice, userId)
  }

  listGiven(taskId: TaskId, slice: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]> {
    return listGiven(this.#connection, taskId, slice, userId)
  }

  async listStanding(filter: TaskFilter, slice: Slice<NewestKey>): Promise<StandingTask[]> {
    const reading = new FilteredTasks(filter).listing(
      'task_standing',
      STANDING,
      slice,
      'task.shelf_id is not null',
    )
    const rows = await this.#connection.rows<StandingTask>(...reading)
    return rows.map((row) => ({
      ...row,
      slots: row.slots.map(({ state, wakeAt }) => {
        return { state, wakeAt: wakeAt === null ? null : new Date(wakeAt) }
      }),
    }))
  }

  listKeys(filter: TaskFilter, slice: Slice<NewestKey>): Promise<StandingKey[]> {
    const columns = 'task.task_id as "taskId", task.created_at as "createdAt"'
    return this.#connection.rows<StandingKey>(
      ...new FilteredTasks(filter).listing('task_keys', columns, slice),
    )
  }

  listStays(taskIds: readonly TaskId[]): Promise<Stay[]> {
    return listStays(this.#connection, taskIds)
  }

  listControlsOf(userId: UserId, projectId: ProjectId, since: Date, limit: number): Promise<GivenControl[]> {
    return this.#connection.rows<GivenControl>(CONTROLS_OF, [userId, projectId, since, limit])
  }

  countTasks(filter: TaskFilter): Promise<TaskCount[]> {
    return this.#connection.rows<TaskCount>(...new FilteredTasks(filter).counting())
  }
}
