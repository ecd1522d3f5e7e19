import type { AssignmentId, ProjectId, TaskId, UserId, WorkflowId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { AssignmentConfig } from '../people/person.ts'
import type { Task, TaskStatus } from '../workflow/task.ts'
import type { Requirement, StepType } from '../workflow/workflow.ts'
import type { Assignment, AssignmentStatus, Decision, Person, TaskWork } from './assignment.ts'

/**
 * A shelf holds the open people steps that are alike in all that decides who may take them and how urgent they are:
 * project, workflow, step, requirements (the step's and the task's own, together) and priority. The rules are asked once per
 * shelf in core, not once per task in SQL. Inside a shelf, what opened first comes first; ties by taskId.
 */
export interface Shelf {
  readonly shelfId: number
  readonly projectId: ProjectId
  readonly workflowId: WorkflowId
  readonly stepId: string
  readonly stepType: StepType
  readonly requirements: readonly Requirement[]
  readonly priority: number
}

/** A shelf, and what one person may take from it. */
export interface OpenShelf {
  readonly shelfId: number
  /** Take only steps that opened at or before this (older ones have had a requirement waived); null: any. */
  readonly openedUntil: Date | null
  /** Steps of the same task that the person must not hold or have submitted. */
  readonly excludedSteps: readonly string[]
  readonly leaseMs: number
}

/** One person’s wish for the best free slot of these shelves. */
export interface Claim {
  readonly userId: UserId
  /** In any order; the store merges them by priority, then opening time, then taskId. */
  readonly shelves: readonly OpenShelf[]
  /** Id of the row, should it be a new one. */
  readonly assignmentId: AssignmentId
  readonly now: Date
}

/** What a claim was given; `from` is the state of a row that was revived, null for a new one. */
export interface Claimed {
  readonly assignment: Assignment
  readonly task: Task
  readonly from: AssignmentStatus | null
}

/** Whose claim is to be prepared: in one project, or (null) in all that the person is a member of. */
export interface ClaimRequest {
  readonly userId: UserId
  readonly projectId: ProjectId | null
}

/** Somebody who claims, as they are under their lock. */
export interface Claimant extends Pick<Person, 'userId' | 'status' | 'skills' | 'live' | 'ownLimit'> {
  readonly memberships: readonly ProjectId[]
}

/** Everything by which claims are decided. */
export interface ClaimSurvey {
  /** Those asked for who exist, by userId. */
  readonly claimants: readonly Claimant[]
  /** The existing ones of the projects asked for; those of which a claimant is a member where none was named. By projectId. */
  readonly projects: readonly {
    readonly projectId: ProjectId
    readonly config: AssignmentConfig
    /** Whether work may be given out: the project's gate and the system's are open. */
    readonly gateOpen: boolean
  }[]
  /** Shelves of these projects with at least one open step, most urgent first. */
  readonly shelves: readonly Shelf[]
}

/** Open people steps of one shelf, counted for one person. Each task counts under everything that is true of it. */
export interface ShelfCount {
  readonly shelfId: number
  /** Tasks standing at this step. */
  readonly open: number
  /** Of these, opened at or before `openedUntil` of the request (all where that was null). */
  readonly openedUntil: number
  /** No slot is free, and none is cooling. */
  readonly noFreeSlot: number
  /** No slot is free or cooling, but at least one waits for its person. */
  readonly reservedFor: number
  /** No slot is free, but at least one is cooling. */
  readonly coolingDown: number
  /** The person holds or has submitted this step. */
  readonly alreadyAssigned: number
  /** The person has rejected this step. */
  readonly rejectedBefore: number
  /** The person holds or has submitted an excluded step. */
  readonly excludedByStep: number
}

/** Keeps tasks, their slots and their assignments: one thing, because each rule spans them. */
export interface TaskStore {
  /** Keeps new tasks with the slots of their first step. @throws ConflictError when an `externalId` is taken in the project; nothing is kept then */
  add(works: readonly TaskWork[]): Promise<void>
  find(taskId: TaskId): Promise<Task | undefined>
  /** The project's tasks that have one of these external ids, in any order. */
  listByExternalId(projectId: ProjectId, externalIds: readonly string[]): Promise<Task[]>
  findWork(taskId: TaskId): Promise<TaskWork | undefined>
  /** As {@link findWork}, and nobody else changes the task, its slots or its assignments until the transaction ends. */
  lockWork(taskId: TaskId): Promise<TaskWork | undefined>
  /**
   * Writes the difference between what {@link lockWork} gave and `after`: changed rows of task, slots and assignments, new rows of the latter two.
   * Slots that opened or changed shelf (by priority) are findable by {@link claim} when the transaction has committed.
   * @throws AlreadyAssignedError when a new row would be the second for (user, task, step)
   */
  saveWork(before: TaskWork, after: TaskWork): Promise<void>
  /** As {@link lockWork}, of several tasks, locked in the order of their ids and given so. */
  lockWorks(taskIds: readonly TaskId[]): Promise<TaskWork[]>
  /** As {@link saveWork}, of several tasks, all or nothing. */
  saveWorks(changes: readonly WorkChange[]): Promise<void>
  /** Newest first. */
  list(
    filter: {
      readonly projectId: ProjectId
      readonly status?: readonly TaskStatus[] | undefined
      readonly stepId?: string | undefined
      readonly externalId?: string | undefined
    },
    slice: Slice<NewestKey>,
  ): Promise<Task[]>
  /**
   * Completed tasks with all that was submitted, in order of taskId: the project's results, a part at a time. Fewer than `limit` where they are large;
   * none is the end.
   */
  listCompletedWork(projectId: ProjectId, slice: Slice<{ readonly taskId: TaskId }>): Promise<TaskWork[]>
  /** Open tasks at a people step with at least one free slot, in the order of priority desc, stepOpenedAt, taskId. For batches. */
  listOpenWork(projectId: ProjectId, limit: number): Promise<TaskWork[]>

  findAssignment(assignmentId: AssignmentId): Promise<Assignment | undefined>
  /** Assignments of a person with their task's priority and project's name, in the order asked for. See interfaces: personal queue. */
  listQueue(filter: QueueFilter, slice: Slice<QueueKey>): Promise<QueueRow[]>
  /** Live assignments of a person, counted per project. */
  queueStats(userId: UserId): Promise<QueueStat[]>
  /** Ids of the person's live assignments, in one project or in all. */
  liveOf(userId: UserId, projectId?: ProjectId): Promise<AssignmentId[]>
  /** Tasks on which the person has a live assignment or a slot is reserved for them, by id. */
  listHeldOrReserved(userId: UserId, projectId?: ProjectId): Promise<TaskId[]>

  /** Shelves with at least one open step in these projects. */
  listShelves(projectIds: readonly ProjectId[], stepType?: StepType): Promise<Shelf[]>
  /**
   * Takes the best free slot for the person and writes the assignment (a new row, or an expired or reassigned one revived at
   * `attempt + 1`), in one step. Best: highest priority, then longest open, then smallest taskId, among slots that nobody else is taking
   * at this instant. Skips tasks on which the person has a row on this step (unless expired or reassigned) or holds or has submitted an excluded step.
   * The caller holds the person's lock and has checked the limit after taking it. Never waits for another claim, and two claims never
   * get one slot. `from` is the state of a row that was revived, null for a new one. `undefined`: nothing there.
   */
  claim(claim: Claim): Promise<Claimed | undefined>
  /**
   * {@link claim} for several people at once, each of whom asks once; answers stand at their claim's place. The answers are those of claims made
   * one after another, in an order that the store chooses: no better slot stays free that is for somebody who got a worse one, or none.
   */
  claimMany(claims: readonly Omit<Claim, 'now'>[], now: Date): Promise<(Claimed | undefined)[]>
  /**
   * Takes the locks of these people as `PeopleStore.lock` does, then keeps the gates of the projects concerned as
   * `ProjectStore.holdGates` does, then reads what claims of these people are decided by: it cannot change under the locks, but for
   * the configuration of projects.
   */
  surveyClaims(requests: readonly ClaimRequest[]): Promise<ClaimSurvey>
  /** Why a claim found nothing: the open steps of these shelves, counted. */
  countShelves(userId: UserId, shelves: readonly OpenShelf[]): Promise<ShelfCount[]>

  /**
   * People with their load and quality, by userId: those named, or where nobody is named the project's members with role annotator.
   * Users that do not exist are left out; those that are no members say so.
   */
  listPeople(projectId: ProjectId, stepType: StepType, userIds?: readonly UserId[]): Promise<Person[]>
  /** What a strategy remembers for a step, with its lock, which serialises decisions on that step; null at first. */
  lockStrategyState(projectId: ProjectId, stepId: string, strategy: string): Promise<Json>
  saveStrategyState(projectId: ProjectId, stepId: string, strategy: string, state: Json): Promise<void>
  /** Keeps a decision with what it was decided from (people, weights, strategy state). */
  recordDecision(decision: RecordedDecision): Promise<void>
  /** Keeps a batch with what it was decided from, and each of its choices as a decision on its task. */
  recordBatch(batch: RecordedBatch): Promise<void>
  findBatch(batchId: string): Promise<RecordedBatch | undefined>
  /** Newest first. */
  listDecisions(taskId: TaskId, limit: number): Promise<RecordedDecision[]>

  /** Tasks that have an assignment with `expiresAt`, or a cooling or reserved slot with `wakeAt`, at or before `now`. Ascending by that moment. */
  listDue(now: Date, limit: number): Promise<TaskId[]>
  /** Open tasks at an automatic step whose job is settled (completed or failed), with the job's end; those completed come first. */
  listAutomaticDone(
    limit: number,
  ): Promise<
    { readonly taskId: TaskId; readonly state: 'completed' | 'failed'; readonly result: Json | null }[]
  >
}

/** A task as it was under its lock, and as it is to be. */
export interface WorkChange {
  readonly before: TaskWork
  readonly after: TaskWork
}

/** A decision with everything it came from; {@link replayDecision} gives the same choice from it. */
export interface RecordedDecision {
  readonly decisionId: string
  /** The batch it is part of, which holds its input: `explainBatch` gives its candidates. null: it was decided alone. */
  readonly batchId: string | null
  readonly decidedAt: Date
  readonly decision: Decision
  /** The input of the strategy: people in order, weights, state before. null in a batch. */
  readonly input: Json
}

/**
 * Many decisions made as one, with everything they came from, people once for all; `replayBatch` gives the same choices from it. What others were
 * faster at when it was written is decided again, in a later batch.
 */
export interface RecordedBatch {
  readonly batchId: string
  readonly projectId: ProjectId
  readonly decidedAt: Date
  readonly input: Json
  /** In the order in which they were made. */
  readonly choices: readonly (BatchChoice & { readonly decisionId: string })[]
}

/** One choice of a batch: who gets a slot of a task's step. */
export type BatchChoice = Pick<Decision, 'taskId' | 'stepId' | 'strategy' | 'chosen'>

/** What a personal queue is sorted by: `age` is when it was given, `project` the project’s name. */
export type QueueSort = 'priority' | 'age' | 'project'

/** Whose assignments, which of them, and in what order. */
export interface QueueFilter {
  readonly userId: UserId
  readonly projectId?: ProjectId | undefined
  readonly stepType?: StepType | undefined
  /** Default: the live ones. */
  readonly status?: readonly AssignmentStatus[] | undefined
  readonly sort: QueueSort
  readonly order: 'asc' | 'desc'
}

/** The sort key of a queue row: what it is sorted by, then assignedAt ascending, then assignmentId ascending. */
export interface QueueKey {
  /** The task's priority; for `age` the moment in ms since 1970; for `project` its name, compared by code point. */
  readonly by: number | string
  readonly assignedAt: Date
  readonly assignmentId: AssignmentId
}

/** One assignment as its holder’s queue shows it. */
export interface QueueRow {
  readonly assignment: Assignment
  readonly projectName: string
  readonly priority: number
  readonly estimatedDurationMinutes: number | null
}

/** Live assignments of one person in one project, counted. */
export interface QueueStat {
  readonly projectId: ProjectId
  readonly projectName: string
  /** assigned + accepted */
  readonly pending: number
  readonly inProgress: number
}
