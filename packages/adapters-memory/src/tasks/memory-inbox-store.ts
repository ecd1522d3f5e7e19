import type { Assignment, AssignmentId, ProjectId, TaskId, UserId } from '@muster/core'
import {
  type ActivityOf,
  type InboxStore,
  type PersonActivity,
  type PersonalQueueFilter,
  type QueueKey,
  type QueueRow,
  type QueueStat,
  type SubmittedStat,
  wasSeen,
} from '@muster/core/inbox'
import type { Slice } from '@muster/core/ports'
import { isLive } from '@muster/core/rules'
import { byText } from '../jobs/order.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { medianOf, PersonalQueue } from './personal-queue.ts'
import type { TaskTables } from './task-tables.ts'

/** Assignments in memory, by the person who holds them. */
export class MemoryInboxStore implements InboxStore {
  readonly #tables: TaskTables
  readonly #queue: PersonalQueue

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
    this.#queue = new PersonalQueue(this.#tables, tables.people)
  }

  async findAssignment(assignmentId: AssignmentId): Promise<Assignment | undefined> {
    return this.#tables.assignments.get(assignmentId)
  }

  async listQueue(filter: PersonalQueueFilter, slice: Slice<QueueKey>): Promise<QueueRow[]> {
    return this.#queue.list(filter, slice)
  }

  async queueStats(userId: UserId): Promise<QueueStat[]> {
    return this.#queue.stats(userId)
  }

  async submittedStats(userId: UserId, since: Date): Promise<SubmittedStat> {
    return this.#queue.submitted(userId, since)
  }

  async listWaiting(userId: UserId): Promise<TaskId[]> {
    const waiting = this.#tables.liveByUser
      .in(userId)
      .flatMap(({ taskId, assignmentId, submitsAt }) =>
        submitsAt === null ? [] : [{ taskId, assignmentId, at: submitsAt.getTime() }],
      )
      .sort((one, other) => one.at - other.at || byText(one.assignmentId, other.assignmentId))
    return [...new Set(waiting.map(({ taskId }) => taskId))]
  }

  async activity({ projectId, userIds, since, givenSince }: ActivityOf): Promise<PersonActivity[]> {
    return userIds.map((userId) => {
      const given = this.#tables.assignmentsByUser
        .in(userId)
        .filter((row) => row.projectId === projectId && row.assignedAt >= givenSince)
      const submitted = given.filter(({ submittedAt }) => submittedAt !== null && submittedAt >= since)
      return {
        userId,
        live: this.#tables.liveByUser.in(userId).length,
        submitted: submitted.length,
        medianSeconds: medianOf(
          submitted.flatMap(({ startedAt, submittedAt }) =>
            startedAt === null || submittedAt === null
              ? []
              : [(submittedAt.getTime() - startedAt.getTime()) / 1_000],
          ),
        ),
        returned: given.filter(
          (row) =>
            row.assignedAt >= since &&
            wasSeen(row) &&
            (row.returnComment !== null || (isLive(row) && row.result !== null)),
        ).length,
        declined: given.filter(({ rejectedAt }) => rejectedAt !== null && rejectedAt >= since).length,
      }
    })
  }

  async listHeldOrReserved(userId: UserId, projectId?: ProjectId): Promise<TaskId[]> {
    const taskIds = [...this.#tables.liveByUser.in(userId), ...this.#tables.slotsByReserved.in(userId)].map(
      ({ taskId }) => taskId,
    )
    return [...new Set(taskIds)]
      .filter((taskId) => projectId === undefined || this.#tables.tasks.get(taskId)?.projectId === projectId)
      .sort()
  }
}
