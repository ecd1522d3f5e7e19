import type {
  Assignment,
  AssignmentId,
  Json,
  ProjectId,
  StepType,
  Task,
  TaskId,
  TaskStatus,
  UserId,
} from '@muster/core'
import type {
  Claim,
  Claimed,
  ClaimRequest,
  ClaimSurvey,
  NewestKey,
  OpenShelf,
  Person,
  PersonalQueueFilter,
  QueueKey,
  QueueRow,
  QueueStat,
  RecordedBatch,
  RecordedDecision,
  Shelf,
  ShelfCount,
  Slice,
  TaskStore,
  TaskWork,
  WorkChange,
} from '@muster/core/ports'
import { type Connection, statement } from '../connection/queryable.ts'
import { claimMany, countShelves, listShelves, surveyClaims } from './claims.ts'
import { listQueue, queueStats } from './personal-queue.ts'
import {
  findBatch,
  listDecisions,
  listPeople,
  lockStrategyState,
  recordBatch,
  recordDecision,
  saveStrategyState,
} from './pushes.ts'
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
import { ASSIGNMENT, LIVE } from './task-rows.ts'
import { addWorks, saveDifferences } from './task-writes.ts'

const FIND_ASSIGNMENT = statement(
  'assignment_find',
  `select ${ASSIGNMENT} from assignment where assignment_id = $1`,
)
const LIVE_OF = statement(
  'assignment_live',
  `select assignment_id as "assignmentId" from assignment
   where user_id = $1 and status in ${LIVE} and ($2::uuid is null or project_id = $2) order by assignment_id`,
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
const LIST_DUE = statement(
  'task_due',
  `select task_id as "taskId"
   from (select task_id, expires_at as due_at from assignment where expires_at <= $1
         union all select task_id, wake_at from slot where wake_at <= $1 and state in ('cooling', 'reserved')) due
   group by task_id order by min(due_at), task_id limit $2`,
)
const LIST_AUTOMATIC_DONE = statement(
  'task_automatic_done',
  `select task.task_id as "taskId", case job.state when 4 then 'completed' else 'failed' end as state, job.result
   from task join job on job.job_id = task.job_id
   where task.status = 'open' and task.job_id is not null and job.state in (4, 5) order by job.state, task.task_id limit $1`,
)

/** Tasks, slots and assignments in the tables of those names; claims merge over `shelf`. */
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

  saveWork(before: TaskWork, after: TaskWork): Promise<void> {
    return this.saveWorks([{ before, after }])
  }

  saveWorks(changes: readonly WorkChange[]): Promise<void> {
    return this.#connection.atomically((connection) => saveDifferences(connection, changes))
  }

  list(
    filter: {
      readonly projectId: ProjectId
      readonly status?: readonly TaskStatus[] | undefined
      readonly stepId?: string | undefined
      readonly externalId?: string | undefined
    },
    slice: Slice<NewestKey>,
  ): Promise<Task[]> {
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

  async findAssignment(assignmentId: AssignmentId): Promise<Assignment | undefined> {
    return (await this.#connection.rows<Assignment>(FIND_ASSIGNMENT, [assignmentId]))[0]
  }

  listQueue(filter: PersonalQueueFilter, slice: Slice<QueueKey>): Promise<QueueRow[]> {
    return listQueue(this.#connection, filter, slice)
  }

  queueStats(userId: UserId): Promise<QueueStat[]> {
    return queueStats(this.#connection, userId)
  }

  async liveOf(userId: UserId, projectId?: ProjectId): Promise<AssignmentId[]> {
    const rows = await this.#connection.rows<{ assignmentId: AssignmentId }>(LIVE_OF, [
      userId,
      projectId ?? null,
    ])
    return rows.map(({ assignmentId }) => assignmentId)
  }

  async listHeldOrReserved(userId: UserId, projectId?: ProjectId): Promise<TaskId[]> {
    const rows = await this.#connection.rows<{ taskId: TaskId }>(LIST_HELD_OR_RESERVED, [
      userId,
      projectId ?? null,
    ])
    return rows.map(({ taskId }) => taskId)
  }

  listShelves(projectIds: readonly ProjectId[], stepType?: StepType): Promise<Shelf[]> {
    return listShelves(this.#connection, projectIds, stepType)
  }

  async claim({ now, ...claim }: Claim): Promise<Claimed | undefined> {
    return (await this.claimMany([claim], now))[0]
  }

  claimMany(claims: readonly Omit<Claim, 'now'>[], now: Date): Promise<(Claimed | undefined)[]> {
    return this.#connection.atomically((connection) => claimMany(connection, claims, now))
  }

  surveyClaims(requests: readonly ClaimRequest[]): Promise<ClaimSurvey> {
    return this.#connection.atomically((connection) => surveyClaims(connection, requests))
  }

  countShelves(userId: UserId, shelves: readonly OpenShelf[]): Promise<ShelfCount[]> {
    return countShelves(this.#connection, userId, shelves)
  }

  listPeople(projectId: ProjectId, stepType: StepType, userIds?: readonly UserId[]): Promise<Person[]> {
    return listPeople(this.#connection, projectId, stepType, userIds)
  }

  lockStrategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json> {
    return this.#connection.atomically((connection) =>
      lockStrategyState(connection, projectId, stepId, strategy),
    )
  }

  saveStrategyState(projectId: ProjectId, stepId: string, strategy: string, state: Json): Promise<void> {
    return saveStrategyState(this.#connection, projectId, stepId, strategy, state)
  }

  recordDecision(decision: RecordedDecision): Promise<void> {
    return recordDecision(this.#connection, decision)
  }

  recordBatch(batch: RecordedBatch): Promise<void> {
    return recordBatch(this.#connection, batch)
  }

  findBatch(batchId: string): Promise<RecordedBatch | undefined> {
    return findBatch(this.#connection, batchId)
  }

  listDecisions(taskId: TaskId, limit: number): Promise<RecordedDecision[]> {
    return listDecisions(this.#connection, taskId, limit)
  }

  async listDue(now: Date, limit: number): Promise<TaskId[]> {
    const rows = await this.#connection.rows<{ taskId: TaskId }>(LIST_DUE, [now, limit])
    return rows.map(({ taskId }) => taskId)
  }

  listAutomaticDone(
    limit: number,
  ): Promise<
    { readonly taskId: TaskId; readonly state: 'completed' | 'failed'; readonly result: Json | null }[]
  > {
    return this.#connection.rows(LIST_AUTOMATIC_DONE, [limit])
  }
}
