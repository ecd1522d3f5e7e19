import type { Assignment, ProjectId, Task, TaskId, UserId } from '@muster/core'
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
import { purposeOf } from '@muster/core/quality'
import { isLive } from '@muster/core/rules'
import { keyOf } from '../jobs/order.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { listed, matching, sliced } from './task-filter.ts'
import type { TaskTables } from './task-tables.ts'

/** The past of tasks in memory, and many tasks at once. */
export class MemoryOverviewStore implements OverviewStore {
  readonly #tables: TaskTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
  }

  async listMoves(taskId: TaskId, { limit, after }: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]> {
    return this.#movesOf(taskId, userId)
      .filter(({ no }) => no > (after?.no ?? 0))
      .slice(0, limit)
  }

  async listGiven(taskId: TaskId, { limit, after }: Slice<MoveKey>, userId?: UserId): Promise<KeptMove[]> {
    return this.#movesOf(taskId, userId)
      .filter(
        ({ no, how, decisionId }) => no < (after?.no ?? Infinity) && (how === 'pull' || decisionId !== null),
      )
      .reverse()
      .slice(0, limit)
  }

  async listStanding(filter: TaskFilter, slice: Slice<NewestKey>): Promise<StandingTask[]> {
    const standing = matching(this.#tables, filter).filter(({ taskId }) => this.#tables.standing.has(taskId))
    return sliced(standing, filter, slice).flatMap((task) => this.#standingOf(task) ?? [])
  }

  async listKeys(filter: TaskFilter, slice: Slice<NewestKey>): Promise<StandingKey[]> {
    return listed(this.#tables, filter, slice).map(({ taskId, createdAt }) => ({ taskId, createdAt }))
  }

  async countTasks(filter: TaskFilter): Promise<TaskCount[]> {
    const groups = Map.groupBy(matching(this.#tables, filter), ({ status, currentStepId }) =>
      keyOf(status, currentStepId ?? ''),
    )
    return [...groups.values()].flatMap((tasks) => {
      const [first] = tasks
      return first ? [{ status: first.status, stepId: first.currentStepId, count: tasks.length }] : []
    })
  }

  async listStays(taskIds: readonly TaskId[]): Promise<Stay[]> {
    return [...new Set(taskIds)].flatMap((taskId) => {
      const task = this.#tables.tasks.get(taskId)
      if (task === undefined) return []
      let cameAt = task.createdAt
      return this.#movesOf(taskId, undefined).flatMap(({ kind, at, from, to }) => {
        if (kind !== 'step' || from === null) return []
        const ms = at.getTime() - cameAt.getTime()
        cameAt = at
        return to === null && task.status === 'cancelled' ? [] : [{ stepId: from, ms }]
      })
    })
  }

  async listControlsOf(
    userId: UserId,
    projectId: ProjectId,
    since: Date,
    limit: number,
  ): Promise<GivenControl[]> {
    const isWanted = (row: Assignment): boolean =>
      isLive(row) || ((row.status === 'submitted' || row.status === 'rejected') && row.assignedAt >= since)
    return this.#tables.assignmentsByUser
      .in(userId)
      .filter((row) => row.projectId === projectId && isWanted(row) && this.#isControl(row.taskId))
      .map(({ assignmentId, assignedAt, status }) => ({ assignmentId, assignedAt, status }))
      .sort(
        (a, b) =>
          b.assignedAt.getTime() - a.assignedAt.getTime() || (a.assignmentId < b.assignmentId ? 1 : -1),
      )
      .slice(0, limit)
  }

  #isControl(taskId: TaskId): boolean {
    const task = this.#tables.tasks.get(taskId)
    return task !== undefined && purposeOf(task) === 'control'
  }

  #standingOf({ taskId, projectId, workflowId, createdAt }: Task): StandingTask | undefined {
    const standing = this.#tables.standing.get(taskId)
    const shelf = standing && this.#tables.shelves.get(standing.shelfId)
    if (standing === undefined || shelf === undefined) return undefined
    const { stepId, openedAt } = standing
    const { stepType, requirements } = shelf
    return {
      taskId,
      projectId,
      workflowId,
      stepId,
      stepType,
      requirements,
      createdAt,
      openedAt,
      slots: this.#tables.slotsByTask
        .in(taskId)
        .filter((slot) => slot.stepId === stepId)
        .map(({ state, wakeAt }) => ({ state, wakeAt })),
      rows: this.#tables.assignmentsByTask.in(taskId).map(({ userId, stepId: of, status, flaggedAt }) => {
        return { userId, stepId: of, status, isFlagged: flaggedAt !== null }
      }),
    }
  }

  #movesOf(taskId: TaskId, userId: UserId | undefined): KeptMove[] {
    return this.#tables.movesByTask
      .in(taskId)
      .filter((move) => userId === undefined || move.userId === userId)
  }
}
