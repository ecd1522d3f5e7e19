import type { Assignment, AssignmentId, Json, ProjectId, StepType, Task, TaskId, UserId } from '@muster/core'
import { AlreadyAssignedError, ConflictError } from '@muster/core'
import type {
  Claim,
  Claimed,
  ClaimRequest,
  ClaimSurvey,
  JobStore,
  NewestKey,
  OpenShelf,
  Person,
  PersonalQueueFilter as QueueFilter,
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
import { UNKNOWN_QUALITY } from '@muster/core/rules'
import { byText, keyOf, sliceNewest, takeWhere } from '../jobs/order.ts'
import { ALL, type PeopleTables } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { PersonalQueue } from './personal-queue.ts'
import { TaskClaims } from './task-claims.ts'
import { TaskRows } from './task-rows.ts'
import type { TaskTables } from './task-tables.ts'

/** Tasks, slots and assignments in memory. */
export class MemoryTaskStore implements TaskStore {
  readonly #tables: TaskTables
  readonly #people: PeopleTables
  readonly #rows: TaskRows
  readonly #claims: TaskClaims
  readonly #queue: PersonalQueue

  readonly #jobs: Pick<JobStore, 'find'>

  /** @param jobs knows how the jobs of automatic steps ended */
  constructor({ tables }: MemoryContext, jobs: Pick<JobStore, 'find'>) {
    this.#jobs = jobs
    this.#tables = tables.tasks
    this.#people = tables.people
    this.#rows = new TaskRows(this.#tables)
    this.#claims = new TaskClaims(this.#tables, this.#rows)
    this.#queue = new PersonalQueue(this.#tables, this.#people)
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

  /** Transactions run one after another, so whoever is in one holds every lock there is. */
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
    for (const { before, after } of changes) await this.saveWork(before, after)
  }

  async saveWork(before: TaskWork, after: TaskWork): Promise<void> {
    const rowsBefore = new Set<object>([before.task, ...before.slots, ...before.assignments])
    const assignments = after.assignments.filter((assignment) => !rowsBefore.has(assignment))
    for (const assignment of assignments) this.#refuseSecond(assignment)
    if (!rowsBefore.has(after.task)) this.#rows.writeTask(after.task)
    for (const slot of after.slots) if (!rowsBefore.has(slot)) this.#rows.writeSlot(slot)
    for (const assignment of assignments) this.#rows.writeAssignment(assignment)
    this.#rows.settle(after.task.taskId)
  }

  async list(filter: Parameters<TaskStore['list']>[0], slice: Slice<NewestKey>): Promise<Task[]> {
    const { projectId, status, stepId, externalId } = filter
    return sliceNewest(
      this.#tables.tasksByAge,
      projectId,
      ({ taskId }) => taskId,
      slice,
      (task) =>
        (status?.includes(task.status) ?? true) &&
        (stepId === undefined || task.currentStepId === stepId) &&
        (externalId === undefined || task.externalId === externalId),
    )
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

  async findAssignment(assignmentId: AssignmentId): Promise<Assignment | undefined> {
    return this.#tables.assignments.get(assignmentId)
  }

  async listQueue(filter: QueueFilter, slice: Slice<QueueKey>): Promise<QueueRow[]> {
    return this.#queue.list(filter, slice)
  }

  async queueStats(userId: UserId): Promise<QueueStat[]> {
    return this.#queue.stats(userId)
  }

  async liveOf(userId: UserId, projectId?: ProjectId): Promise<AssignmentId[]> {
    return this.#tables.liveByUser
      .in(userId)
      .filter((assignment) => projectId === undefined || assignment.projectId === projectId)
      .map(({ assignmentId }) => assignmentId)
  }

  async listHeldOrReserved(userId: UserId, projectId?: ProjectId): Promise<TaskId[]> {
    const taskIds = [...this.#tables.liveByUser.in(userId), ...this.#tables.slotsByReserved.in(userId)].map(
      ({ taskId }) => taskId,
    )
    return [...new Set(taskIds)]
      .filter((taskId) => projectId === undefined || this.#tables.tasks.get(taskId)?.projectId === projectId)
      .sort()
  }

  async listShelves(projectIds: readonly ProjectId[], stepType?: StepType): Promise<Shelf[]> {
    return [...new Set(projectIds)]
      .flatMap((projectId) => this.#tables.shelvesByProject.in(projectId))
      .filter((shelf) => stepType === undefined || shelf.stepType === stepType)
      .filter(({ shelfId }) => this.#tables.standingByShelf.in(shelfId).length > 0)
  }

  async claim(claim: Claim): Promise<Claimed | undefined> {
    return this.#claims.claim(claim)
  }

  async claimMany(claims: readonly Omit<Claim, 'now'>[], now: Date): Promise<(Claimed | undefined)[]> {
    return claims.map((claim) => this.#claims.claim({ ...claim, now }))
  }

  async surveyClaims(requests: readonly ClaimRequest[]): Promise<ClaimSurvey> {
    const claimants = [...new Set(requests.map(({ userId }) => userId))].sort(byText).flatMap((userId) => {
      const user = this.#people.users.get(userId)
      if (!user) return []
      const { status, skills, maxConcurrentAssignments: ownLimit } = user
      const live = this.#tables.liveByUser.in(userId).length
      const memberships = this.#people.membershipsByUser.in(userId).map(({ projectId }) => projectId)
      return [{ userId, status, skills, live, ownLimit, memberships }]
    })
    const membershipsOf = new Map(claimants.map(({ userId, memberships }) => [userId, memberships]))
    const asked = requests.flatMap(({ userId, projectId }) =>
      projectId === null ? (membershipsOf.get(userId) ?? []) : [projectId],
    )
    const open = this.#people.system.get(ALL)?.paused !== true
    const projects = [...new Set(asked)].sort(byText).flatMap((projectId) => {
      const project = this.#people.projects.get(projectId)
      return project ? [{ projectId, config: project.assignment, gateOpen: open && !project.paused }] : []
    })
    const shelves = await this.listShelves(projects.map(({ projectId }) => projectId))
    return { claimants, projects, shelves: shelves.sort((a, b) => b.priority - a.priority) }
  }

  async countShelves(userId: UserId, shelves: readonly OpenShelf[]): Promise<ShelfCount[]> {
    return this.#claims.count(userId, shelves)
  }

  async listPeople(projectId: ProjectId, stepType: StepType, userIds?: readonly UserId[]): Promise<Person[]> {
    const members = this.#people.membersByProject.in(projectId).map(({ userId }) => userId)
    const considered = userIds ?? members.filter((id) => this.#people.users.get(id)?.role === 'annotator')
    return [...new Set(considered)].sort(byText).flatMap((userId) => {
      const user = this.#people.users.get(userId)
      if (!user) return []
      const quality = this.#people.qualities.get(keyOf(userId, projectId, stepType))
      return [
        {
          userId,
          status: user.status,
          skills: user.skills,
          isMember: this.#people.memberships.has(keyOf(projectId, userId)),
          live: this.#tables.liveByUser.in(userId).length,
          ownLimit: user.maxConcurrentAssignments,
          quality: quality?.score ?? UNKNOWN_QUALITY,
          lastAssignedAt: this.#tables.assignmentsByUser.in(userId).at(-1)?.assignedAt ?? null,
        },
      ]
    })
  }

  async lockStrategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json> {
    return this.#tables.strategyStates.get(keyOf(projectId, stepId, strategy))?.state ?? null
  }

  async saveStrategyState(
    projectId: ProjectId,
    stepId: string,
    strategy: string,
    state: Json,
  ): Promise<void> {
    this.#tables.strategyStates.set(keyOf(projectId, stepId, strategy), { state })
  }

  async recordDecision(decision: RecordedDecision): Promise<void> {
    this.#tables.decisions.set(decision.decisionId, decision)
  }

  async recordBatch(batch: RecordedBatch): Promise<void> {
    const { batchId, decidedAt, choices } = batch
    this.#tables.batches.set(batchId, batch)
    for (const { decisionId, ...choice } of choices) {
      const decision = { ...choice, candidates: [] }
      this.#tables.decisions.set(decisionId, { decisionId, batchId, decidedAt, decision, input: null })
    }
  }

  async findBatch(batchId: string): Promise<RecordedBatch | undefined> {
    return this.#tables.batches.get(batchId)
  }

  async listDecisions(taskId: TaskId, limit: number): Promise<RecordedDecision[]> {
    return this.#tables.decisionsByTask.in(taskId).slice(0, limit)
  }

  async listDue(now: Date, limit: number): Promise<TaskId[]> {
    return takeWhere(this.#tables.alarmsInOrder.in(ALL), 0, limit, ({ at }) => at <= now).map(
      ({ taskId }) => taskId,
    )
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
