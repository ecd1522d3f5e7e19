import type { Assignment, AssignmentId, ProjectId, TaskId, UserId } from '@muster/core'
import type {
  ActivityOf,
  InboxStore,
  PersonActivity,
  PersonalQueueFilter,
  QueueKey,
  QueueRow,
  QueueStat,
  SubmittedStat,
} from '@muster/core/inbox'
import type { Slice } from '@muster/core/ports'
import { type Connection, statement } from '../connection/queryable.ts'
import { activity } from './activity.ts'
import { listQueue, queueStats, submittedStats } from './personal-queue.ts'
import { ASSIGNMENT, LIVE } from './task-rows.ts'

const FIND_ASSIGNMENT = statement(
  'assignment_find',
  `select ${ASSIGNMENT} from assignment where assignment_id = $1`,
)
const LIST_HELD_OR_RESERVED = statement(
  'task_list_held_or_reserved',
  `select task_id as "taskId" from assignment
   where user_id = $1 and status in ${LIVE} and ($2::uuid is null or project_id = $2)
   union
   select slot.task_id from slot join task using (task_id)
   where slot.reserved_for = $1 and ($2::uuid is null or task.project_id = $2)
   order by 1`,
)
const LIST_WAITING = statement(
  'assignment_waiting',
  `select task_id as "taskId" from assignment
   where user_id = $1 and status in ${LIVE} and submits_at is not null
   group by task_id order by min(submits_at), min(assignment_id::text)`,
)

/** Assignments in `assignment`, by the person who holds them. */
export class PgInboxStore implements InboxStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async findAssignment(assignmentId: AssignmentId): Promise<Assignment | undefined> {
    return (await this.#connection.rows<Assignment>(FIND_ASSIGNMENT, [assignmentId]))[0]
  }

  listQueue(filter: PersonalQueueFilter, slice: Slice<QueueKey>): Promise<QueueRow[]> {
    return listQueue(this.#connection, filter, slice)
  }

  queueStats(userId: UserId): Promise<QueueStat[]> {
    return queueStats(this.#connection, userId)
  }

  submittedStats(userId: UserId, since: Date): Promise<SubmittedStat> {
    return submittedStats(this.#connection, userId, since)
  }

  async listWaiting(userId: UserId): Promise<TaskId[]> {
    const rows = await this.#connection.rows<{ taskId: TaskId }>(LIST_WAITING, [userId])
    return rows.map(({ taskId }) => taskId)
  }

  activity(of: ActivityOf): Promise<PersonActivity[]> {
    return activity(this.#connection, of)
  }

  async listHeldOrReserved(userId: UserId, projectId?: ProjectId): Promise<TaskId[]> {
    const rows = await this.#connection.rows<{ taskId: TaskId }>(LIST_HELD_OR_RESERVED, [
      userId,
      projectId ?? null,
    ])
    return rows.map(({ taskId }) => taskId)
  }
}
