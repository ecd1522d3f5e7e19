import type { AssignmentId, ProjectId, UserId, Workflow } from '@muster/core'
import type { Claimed, OpenShelf } from '@muster/core/ports'
import {
  anAssignment,
  aProject,
  aStep,
  aTaskWork,
  aUser,
  aWorkflow,
  freeSlots,
  NINE,
  newId,
} from '@muster/testing'
import { liveOf, shelvesOf } from '@muster/testing/worlds'
import type { PgPersistence } from '../stores/pg-persistence.ts'

/** A project whose tasks are labelled by several people, then reviewed by one who did not label. */
export class ClaimWorld {
  readonly projectId: ProjectId
  readonly #persistence: PgPersistence
  readonly #workflow: Workflow

  private constructor(persistence: PgPersistence, projectId: ProjectId, workflow: Workflow) {
    this.#persistence = persistence
    this.projectId = projectId
    this.#workflow = workflow
  }

  static async in(persistence: PgPersistence, overlap: number): Promise<ClaimWorld> {
    const { projects, workflows } = persistence.stores
    const workflow = aWorkflow([
      aStep('label', { assignmentsRequired: overlap }),
      aStep('review', { stepType: 'review', excludes: ['label'] }),
    ])
    const project = aProject({ workflowId: workflow.workflowId })
    await workflows.add(workflow)
    await projects.add(project)
    return new ClaimWorld(persistence, project.projectId, workflow)
  }

  async people(count: number): Promise<UserId[]> {
    const users = Array.from({ length: count }, () => aUser())
    for (const user of users) await this.#persistence.stores.people.add(user)
    return users.map(({ userId }) => userId)
  }

  /** Adds tasks to be labelled, each opened a second after the one before. */
  async tasksToLabel(count: number, priority: number): Promise<void> {
    const at = { projectId: this.projectId, workflow: this.#workflow }
    const works = Array.from({ length: count }, (_, index) =>
      aTaskWork(at, { priority, stepOpenedAt: new Date(NINE.getTime() + index * 1000) }),
    )
    await this.#persistence.stores.tasks.add(works)
  }

  /** Adds tasks to be reviewed, each labelled by one of `labellers`. */
  async tasksToReview(labellers: readonly UserId[], priority: number): Promise<void> {
    const at = { projectId: this.projectId, workflow: this.#workflow }
    const works = labellers.map((userId) => {
      const work = aTaskWork(at, { currentStepId: 'review', priority })
      const done = anAssignment(work, this.#workflow, userId, { stepId: 'label', status: 'submitted' })
      const [slot] = freeSlots(work.task.taskId, aStep('label'))
      if (!slot) throw new Error('a step without slots')
      return {
        ...work,
        slots: [{ ...slot, state: 'done' as const, assignmentId: done.assignmentId }, ...work.slots],
        assignments: [done],
      }
    })
    await this.#persistence.stores.tasks.add(works)
  }

  /** Everything open, for somebody who is kept from one step by having done the other. */
  async openShelves(): Promise<OpenShelf[]> {
    const shelves = await shelvesOf(this.#persistence.stores, this.projectId)
    return shelves.map(({ shelfId, stepId }) => ({
      shelfId,
      openedUntil: null,
      excludedSteps: [stepId === 'label' ? 'review' : 'label'],
      leaseMs: 60_000,
    }))
  }

  /** Claims as a use case does: the person's lock, the limit, the gate, the claim, and the fact at the end. */
  claim(
    userId: UserId,
    limit: number,
    shelves: readonly OpenShelf[],
  ): Promise<Claimed | 'at limit' | 'paused' | undefined> {
    const assignmentId: AssignmentId = newId()
    return this.#persistence.transaction(async ({ people, projects, inboxes, claims, events }) => {
      await people.lock([userId])
      if ((await liveOf({ inboxes }, userId)).length >= limit) return 'at limit'
      if (!(await projects.holdGates([this.projectId])).has(this.projectId)) return 'paused'
      const [claimed] = await claims.claim([{ userId, shelves, assignmentId }], NINE)
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
}
