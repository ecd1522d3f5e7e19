import type { Assignment, ProjectId, Task, TaskId } from '@muster/core'
import { AlreadyAssignedError, ConflictError } from '@muster/core'
import type {
  JobStore,
  NewestKey,
  Slice,
  TaskFilter,
  TaskStore,
  TaskWork,
  WorkChange,
} from '@muster/core/ports'
import type { RecordedOverlap } from '@muster/core/quality'
import { isLive } from '@muster/core/rules'
import { byText, keyOf, takeWhere } from '../jobs/order.ts'
import { ALL } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { listed } from './task-filter.ts'
import { slotKey, TaskRows } from './task-rows.ts'
import type { TaskTables } from './task-tables.ts'

/** Tasks, slots and assignments in memory. */
export class MemoryTaskStore implements TaskStore {
  readonly #tables: TaskTables
  readonly #rows: TaskRows
  readonly #jobs: Pick<JobStore, 'find'>

  /** @param jobs knows how the jobs of automatic steps ended */
  constructor({ tables }: MemoryContext, jobs: Pick<JobStore, 'find'>) {
    this.#jobs = jobs
    this.#tables = tables.tasks
    this.#rows = new TaskRows(this.#tables)
  }

  async add(works: readonly TaskWork[]): Promise<void> {
    this.#refuseTaken(works)
    for (const { task, slots, assignments } of works) {
      this.#rows.writeTask(task)
      for (const slot of slots) this.#rows.writeSlot(slot)
      for (const assignment of assignments) this.#rows.writeAssignment(assignment)
      this.#rows.settle(task.taskId)
    }
  }

  async find(taskId: TaskId): Promise<Task | undefined> {
    return this.#tables.tasks.get(taskId)
  }

  async findWork(taskId: TaskId): Promise<TaskWork | undefined> {
    const task = this.#tables.tasks.get(taskId)
    return task && this.#rows.workOf(task)
  }

  /** Transactions run one after another, so each holds every lock there is. */
  async lockWork(taskId: TaskId): Promise<TaskWork | undefined> {
    return this.findWork(taskId)
  }

  async lockWorks(taskIds: readonly TaskId[]): Promise<TaskWork[]> {
    return [...new Set(taskIds)].sort(byText).flatMap((taskId) => {
      const task = this.#tables.tasks.get(taskId)
      return task ? [this.#rows.workOf(task)] : []
    })
  }

  async saveWorks(changes: readonly WorkChange[]): Promise<void> {
    for (const change of changes) this.#save(change)
  }

  async list(filter: TaskFilter, slice: Slice<NewestKey>): Promise<Task[]> {
    return listed(this.#tables, filter, slice)
  }

  async listOverlaps(taskId: TaskId, limit: number): Promise<RecordedOverlap[]> {
    return this.#tables.overlapsByTask.in(taskId).slice(0, limit)
  }

  async listByExternalId(projectId: ProjectId, externalIds: readonly string[]): Promise<Task[]> {
    return externalIds.flatMap((externalId) =>
      this.#tables.tasksByExternalId.in(keyOf(projectId, externalId)).slice(),
    )
  }

  async listCompletedWork(
    projectId: ProjectId,
    { limit, after }: Slice<{ readonly taskId: TaskId }>,
  ): Promise<TaskWork[]> {
    const index = this.#tables.completedTasks
    const start = after ? index.placeOf(projectId, ({ taskId }) => taskId <= after.taskId) : 0
    return index
      .in(projectId)
      .slice(start, start + limit)
      .map((task) => this.#rows.workOf(task))
  }

  async listOpenWork(projectId: ProjectId, limit: number): Promise<TaskWork[]> {
    return this.#tables.freeByProject
      .in(projectId)
      .slice(0, limit)
      .flatMap(({ taskId }) => {
        const task = this.#tables.tasks.get(taskId)
        return task ? [this.#rows.workOf(task)] : []
      })
  }

  async listDue(now: Date, limit: number): Promise<TaskId[]> {
    return takeWhere(this.#tables.alarmsInOrder.in(ALL), 0, limit, ({ at }) => at <= now).map(
      ({ taskId }) => taskId,
    )
  }

  async pruneDrafts(before: Date, limit: number): Promise<number> {
    const old: Assignment[] = []
    for (const row of this.#tables.assignments.values()) {
      if (old.length === limit) break
      const at = Math.max(row.endedAt?.getTime() ?? 0, row.draftSavedAt?.getTime() ?? 0)
      if (row.draft !== null && !isLive(row) && at > 0 && at < before.getTime()) old.push(row)
    }
    for (const row of old)
      this.#rows.writeAssignment({ ...row, draft: null, draftComment: null, draftSavedAt: null })
    return old.length
  }

  async listAutomaticDone(limit: number): ReturnType<TaskStore['listAutomaticDone']> {
    const done: Awaited<ReturnType<TaskStore['listAutomaticDone']>> = []
    for (const { taskId, jobId } of this.#tables.automaticTasks.in(ALL).slice()) {
      const job = jobId === null ? undefined : await this.#jobs.find(jobId)
      if (job?.state === 'completed') done.push({ taskId, state: job.state, result: job.result })
      if (job?.state === 'failed') done.push({ taskId, state: job.state, result: null })
    }
    return [
      ...done.filter(({ state }) => state === 'completed'),
      ...done.filter(({ state }) => state === 'failed'),
    ].slice(0, limit)
  }

  #save({ before, after, decided = [], moves = [] }: WorkChange): void {
    const rowsBefore = new Set<object>([before.task, ...before.slots, ...before.assignments])
    const assignments = after.assignments.filter((assignment) => !rowsBefore.has(assignment))
    for (const assignment of assignments) this.#refuseSecond(assignment)
    if (!rowsBefore.has(after.task)) this.#rows.writeTask(after.task)
    for (const slot of after.slots) if (!rowsBefore.has(slot)) this.#rows.writeSlot(slot)
    const left = new Set(after.slots.map(slotKey))
    for (const slot of before.slots) if (!left.has(slotKey(slot))) this.#tables.slots.delete(slotKey(slot))
    for (const assignment of assignments) this.#rows.writeAssignment(assignment)
    for (const overlap of decided) this.#tables.overlaps.set(overlap.decisionId, overlap)
    for (const move of moves) this.#rows.writeMove(move)
    this.#rows.settle(after.task.taskId)
  }

  #refuseTaken(works: readonly TaskWork[]): void {
    const taken = new Set<string>()
    for (const { task } of works) {
      const { taskId, projectId, externalId } = task
      if (this.#tables.tasks.has(taskId))
        throw new ConflictError(`There already is a task ${taskId}`, { taskId })
      if (externalId === null) continue
      const name = keyOf(projectId, externalId)
      if (taken.has(name) || this.#tables.tasksByExternalId.in(name).length > 0) {
        throw new ConflictError(`The project already has a task with externalId ${externalId}`, {
          externalId,
        })
      }
      taken.add(name)
    }
  }

  #refuseSecond({ assignmentId, userId, taskId, stepId }: Assignment): void {
    const row = this.#tables.assignmentsByHold.in(keyOf(userId, taskId, stepId))[0]
    if (row && row.assignmentId !== assignmentId) {
      throw new AlreadyAssignedError(`The person already has a row on step ${stepId} of this task`, {
        assignment: row,
      })
    }
  }
}
