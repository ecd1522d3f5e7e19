import type { Json, ProjectId, Task, TaskId } from '@muster/core'
import type { NewestKey, Slice, TaskFilter, TaskStore, TaskWork, WorkChange } from '@muster/core/ports'
import type { RecordedOverlap } from '@muster/core/quality'
import { type Connection, statement } from '../connection/queryable.ts'
import {
  FIND_TASK,
  findWork,
  listByExternalId,
  listCompletedWork,
  listOpenWork,
  listTasks,
  lockWork,
  lockWorks,
} from './task-reads.ts'
import { addWorks, saveDifferences } from './task-writes.ts'

const LIST_DUE = statement(
  'task_due',
  `select task_id as "taskId"
   from (select task_id, expires_at as due_at from assignment where expires_at <= $1 and submits_at is null
         union all select task_id, submits_at from assignment where submits_at <= $1
         union all select task_id, wake_at from slot where wake_at <= $1 and state in ('cooling', 'reserved')
         union all select task_id, give_up_at from slot
           where give_up_at <= $1 and state = 'free' and shelf_id is not null and not exists (
             select from slot as other
             where other.task_id = slot.task_id and other.step_id = slot.step_id and other.state <> 'done'
               and (other.state <> 'free' or other.give_up_at is null or other.give_up_at > $1))) due
   group by task_id order by min(due_at), task_id limit $2`,
)
const LIST_OVERLAPS = statement(
  'overlap_list',
  `select decision_id as "decisionId", decision, input from overlap_decision
   where task_id = $1 order by decided_at desc, decision_id desc limit $2`,
)
const LIST_AUTOMATIC_DONE = statement(
  'task_automatic_done',
  `select task.task_id as "taskId", case job.state when 4 then 'completed' else 'failed' end as state, job.result
   from task join job on job.job_id = task.job_id
   where task.status = 'open' and task.job_id is not null and job.state in (4, 5) order by job.state, task.task_id limit $1`,
)

// A row that is being changed is left for the next round: by then it may be live.
const PRUNE_DRAFTS = statement(
  'draft_prune',
  `with old as (
     select assignment_id from assignment
     where draft is not null and status in ('rejected', 'expired', 'reassigned') and greatest(ended_at, draft_saved_at) < $1
     order by greatest(ended_at, draft_saved_at) limit $2 for no key update skip locked)
   update assignment set draft = null, draft_comment = null, draft_saved_at = null
   from old where assignment.assignment_id = old.assignment_id
   returning assignment.assignment_id`,
)

/** Tasks, slots and assignments in the tables of those names. */
export class PgTaskStore implements TaskStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  add(works: readonly TaskWork[]): Promise<void> {
    return this.#connection.atomically((connection) => addWorks(connection, works))
  }

  async find(taskId: TaskId): Promise<Task | undefined> {
    return (await this.#connection.rows<Task>(FIND_TASK, [taskId]))[0]
  }

  findWork(taskId: TaskId): Promise<TaskWork | undefined> {
    return findWork(this.#connection, taskId)
  }

  lockWork(taskId: TaskId): Promise<TaskWork | undefined> {
    return lockWork(this.#connection, taskId)
  }

  lockWorks(taskIds: readonly TaskId[]): Promise<TaskWork[]> {
    return lockWorks(this.#connection, taskIds)
  }

  saveWorks(changes: readonly WorkChange[]): Promise<void> {
    return this.#connection.atomically((connection) => saveDifferences(connection, changes))
  }

  list(filter: TaskFilter, slice: Slice<NewestKey>): Promise<Task[]> {
    return listTasks(this.#connection, filter, slice)
  }

  listByExternalId(projectId: ProjectId, externalIds: readonly string[]): Promise<Task[]> {
    return listByExternalId(this.#connection, projectId, externalIds)
  }

  listCompletedWork(projectId: ProjectId, slice: Slice<{ readonly taskId: TaskId }>): Promise<TaskWork[]> {
    return listCompletedWork(this.#connection, projectId, slice)
  }

  listOpenWork(projectId: ProjectId, limit: number): Promise<TaskWork[]> {
    return listOpenWork(this.#connection, projectId, limit)
  }

  async listOverlaps(taskId: TaskId, limit: number): Promise<RecordedOverlap[]> {
    const rows = await this.#connection.rows<RecordedOverlap>(LIST_OVERLAPS, [taskId, limit])
    return rows.map((row) => ({
      ...row,
      decision: { ...row.decision, decidedAt: new Date(row.decision.decidedAt) },
    }))
  }

  async listDue(now: Date, limit: number): Promise<TaskId[]> {
    const rows = await this.#connection.rows<{ taskId: TaskId }>(LIST_DUE, [now, limit])
    return rows.map(({ taskId }) => taskId)
  }

  async pruneDrafts(before: Date, limit: number): Promise<number> {
    return (await this.#connection.rows(PRUNE_DRAFTS, [before, limit])).length
  }

  listAutomaticDone(
    limit: number,
  ): Promise<
    { readonly taskId: TaskId; readonly state: 'completed' | 'failed'; readonly result: Json | null }[]
  > {
    return this.#connection.rows(LIST_AUTOMATIC_DONE, [limit])
  }
}
