import type {
  Assignment,
  AssignmentId,
  Claimed,
  OpenShelf,
  ProjectId,
  Step,
  Task,
  TaskId,
  TaskWork,
  User,
  UserId,
  WorkflowId,
} from '@muster/core'
import { SequentialIds } from '@muster/core/testing'
import type { PgPersistence } from './pg-persistence.ts'

const NOON = new Date('2026-01-05T12:00:00Z')

function step(
  stepId: string,
  stepType: Step['stepType'],
  excludes: readonly string[],
  overlap: number,
): Step {
  return {
    stepId,
    stepType,
    requiredSkills: [],
    assignmentsRequired: overlap,
    excludes,
    strategy: null,
    leaseMinutes: null,
    cooldownMinutes: null,
    estimatedDurationMinutes: null,
    when: 'always',
    jobType: null,
  }
}

/** A project whose tasks are labelled by several people, then reviewed by one who did not label. */
export class TaskWorld {
  readonly ids = new SequentialIds(2 ** 40)
  readonly projectId = this.ids.next() as ProjectId
  readonly workflowId = this.ids.next() as WorkflowId
  readonly #persistence: PgPersistence
  readonly #overlap: number

  constructor(persistence: PgPersistence, overlap: number) {
    this.#persistence = persistence
    this.#overlap = overlap
  }

  async begin(): Promise<void> {
    const { projects, workflows } = this.#persistence.stores
    await workflows.add({
      workflowId: this.workflowId,
      name: 'Label, then review',
      version: 1,
      createdAt: NOON,
      steps: [step('label', 'annotation', [], this.#overlap), step('review', 'review', ['label'], 1)],
    })
    await projects.add({
      projectId: this.projectId,
      name: 'Languages',
      workflowId: this.workflowId,
      assignment: {
        maxConcurrentPerUser: 10,
        crossStepExclusionPairs: [],
        cooldownMinutes: 0,
        leaseMinutes: 60,
        defaultStrategy: 'round_robin',
        weights: { capacity: 0.5, performance: 0.5 },
        maxReturns: 2,
        holdMinutes: 1440,
      },
      paused: false,
      version: 1,
      createdAt: NOON,
    })
  }

  async people(count: number): Promise<UserId[]> {
    const users = Array.from(
      { length: count },
      (_, index): User => ({
        userId: this.ids.next() as UserId,
        displayName: `Person ${index + 1}`,
        avatarUrl: null,
        status: 'active',
        role: 'annotator',
        skills: {},
        maxConcurrentAssignments: null,
        scripted: false,
        version: 1,
        createdAt: NOON,
      }),
    )
    for (const user of users) await this.#persistence.stores.people.add(user)
    return users.map(({ userId }) => userId)
  }

  /** Adds tasks to be labelled, each opened a second after the one before. */
  async tasksToLabel(count: number, priority: number): Promise<TaskWork[]> {
    const works = Array.from({ length: count }, (_, index): TaskWork => {
      const task = this.#task('label', priority, index)
      return { task, slots: this.#freeSlots(task.taskId, 'label', this.#overlap), assignments: [] }
    })
    await this.#persistence.stores.tasks.add(works)
    return works
  }

  /** Adds tasks to be reviewed, each labelled by one of `labellers`. */
  async tasksToReview(labellers: readonly UserId[], priority: number): Promise<TaskWork[]> {
    const works = labellers.map((userId, index): TaskWork => {
      const task = this.#task('review', priority, index)
      const assignment = this.#submitted(task.taskId, userId)
      const { taskId } = task
      return {
        task,
        slots: [
          {
            taskId,
            stepId: 'label',
            slotNo: 1,
            state: 'done',
            assignmentId: assignment.assignmentId,
            reservedFor: null,
            wakeAt: null,
          },
          ...this.#freeSlots(taskId, 'review', 1),
        ],
        assignments: [assignment],
      }
    })
    await this.#persistence.stores.tasks.add(works)
    return works
  }

  /** Everything open, as anybody may take it who did not do the other step. */
  async openShelves(): Promise<OpenShelf[]> {
    const shelves = await this.#persistence.stores.tasks.listShelves([this.projectId])
    return shelves.map(({ shelfId, stepId }) => ({
      shelfId,
      openedUntil: null,
      excludedSteps: [stepId === 'label' ? 'review' : 'label'],
      leaseMs: 60_000,
    }))
  }

  /** Claims as a use case does: the person's lock, then the limit, then the claim. */
  claim(
    userId: UserId,
    limit: number,
    shelves: readonly OpenShelf[],
  ): Promise<Claimed | 'at limit' | undefined> {
    const assignmentId = this.ids.next() as AssignmentId
    return this.#persistence.transaction(async ({ people, tasks, events }) => {
      await people.lock([userId])
      if ((await tasks.liveOf(userId)).length >= limit) return 'at limit'
      const claimed = await tasks.claim({ userId, shelves, assignmentId, now: NOON })
      if (claimed) {
        const { taskId } = claimed.task
        await events.append([
          {
            projectId: this.projectId,
            type: 'task_completed',
            audience: 'members',
            affectedUserIds: null,
            data: { taskId, externalId: null },
          },
        ])
      }
      return claimed
    })
  }

  #task(currentStepId: string, priority: number, index: number): Task {
    return {
      taskId: this.ids.next() as TaskId,
      projectId: this.projectId,
      workflowId: this.workflowId,
      status: 'open',
      currentStepId,
      priority,
      payload: { text: `Text ${index}` },
      requiredSkills: [],
      gold: null,
      externalId: null,
      version: 1,
      cooldownUntil: null,
      stepOpenedAt: new Date(NOON.getTime() + index * 1000),
      returns: 0,
      jobId: null,
      createdAt: NOON,
      completedAt: null,
    }
  }

  #freeSlots(taskId: TaskId, stepId: string, count: number): TaskWork['slots'] {
    return Array.from({ length: count }, (_, index) => ({
      taskId,
      stepId,
      slotNo: index + 1,
      state: 'free' as const,
      assignmentId: null,
      reservedFor: null,
      wakeAt: null,
    }))
  }

  #submitted(taskId: TaskId, userId: UserId): Assignment {
    return {
      assignmentId: this.ids.next() as AssignmentId,
      taskId,
      projectId: this.projectId,
      stepId: 'label',
      stepType: 'annotation',
      userId,
      slotNo: 1,
      status: 'submitted',
      attempt: 1,
      version: 2,
      assignedAt: NOON,
      acceptedAt: null,
      startedAt: NOON,
      submittedAt: NOON,
      rejectedAt: null,
      rejectReason: null,
      releaseReason: null,
      endReason: null,
      returnComment: null,
      expiresAt: null,
      result: { label: 'x' },
      draft: null,
      previousAssignmentId: null,
      overrideReason: null,
    }
  }
}
