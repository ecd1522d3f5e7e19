import type { Assignment, Project, Step, Task, TaskId, User, UserId, Workflow } from '@muster/core'
import type { Claimed, OpenShelf, Persistence, Stores, TaskWork } from '@muster/core/ports'
import type { OpenPersistence } from '../stores/open-adapter.ts'
import type { VirtualClock } from '../system/virtual-clock.ts'
import { shelvesOf } from '../worlds/reading.ts'
import {
  anAssignment,
  aProject,
  aTaskWork,
  aUser,
  aWorkflow,
  newId,
  withAssignment,
} from '../worlds/samples.ts'

/** A lease of these suites unless told otherwise. */
export const LEASE_MS = 90_000

/** For cases of hundreds of statements: only ends what hangs, however busy the machine is. */
export const PATIENT = { timeout: 120_000 }

/** One project with one workflow in one adapter, reached through its ports alone. */
export class TaskWorld {
  readonly persistence: Persistence
  readonly stores: Stores
  readonly clock: VirtualClock
  readonly project: Project
  readonly workflow: Workflow

  private constructor({ persistence, clock }: OpenPersistence, project: Project, workflow: Workflow) {
    this.persistence = persistence
    this.stores = persistence.stores
    this.clock = clock
    this.project = project
    this.workflow = workflow
  }

  /** A world of its own with these steps; several may stand in one adapter. */
  static async in(
    adapter: OpenPersistence,
    steps?: readonly Step[],
    wish: Partial<Project> = {},
  ): Promise<TaskWorld> {
    const workflow = aWorkflow(steps)
    const project = aProject({ workflowId: workflow.workflowId, ...wish })
    await adapter.persistence.stores.workflows.add(workflow)
    await adapter.persistence.stores.projects.add(project)
    return new TaskWorld(adapter, project, workflow)
  }

  /** A member of the project. */
  async person(wish: Partial<User> = {}): Promise<User> {
    const user = aUser(wish)
    await this.stores.people.add(user)
    await this.stores.people.addMember(this.project.projectId, user.userId)
    return user
  }

  /** A task's work, not kept yet. */
  work(wish: Partial<Task> = {}): TaskWork {
    return aTaskWork({ projectId: this.project.projectId, workflow: this.workflow }, wish)
  }

  async keep(...works: readonly TaskWork[]): Promise<void> {
    await this.persistence.transaction(({ tasks }) => tasks.add(works))
  }

  /** Keeps one task. */
  async task(wish: Partial<Task> = {}): Promise<TaskWork> {
    const work = this.work(wish)
    await this.keep(work)
    return work
  }

  /** Writes a change of one task as a use case does: locked, read, changed, saved. */
  change(taskId: TaskId, change: (work: TaskWork) => TaskWork): Promise<TaskWork> {
    return this.persistence.transaction(async ({ tasks }) => {
      const before = await tasks.lockWork(taskId)
      if (!before) throw new Error(`The world has no task ${taskId}`)
      const changed = change(before)
      await tasks.saveWorks([{ before, after: changed }])
      return changed
    })
  }

  /** Gives a task's slot to somebody by a push. */
  give(taskId: TaskId, assignment: Assignment): Promise<TaskWork> {
    return this.change(taskId, (work) => withAssignment(work, assignment))
  }

  /** All shelves of the project on the same terms. */
  async openShelves(terms: Partial<OpenShelf> = {}): Promise<OpenShelf[]> {
    const shelves = await shelvesOf(this.stores, this.project.projectId)
    return shelves.map(({ shelfId }) => ({
      shelfId,
      openedUntil: null,
      excludedSteps: [],
      leaseMs: LEASE_MS,
      ...terms,
    }))
  }

  /** Claims as the use case does: the person's lock, the gates, then the slot. */
  async claim(userId: UserId, shelves?: readonly OpenShelf[]): Promise<Claimed | undefined> {
    const from = shelves ?? (await this.openShelves())
    return this.persistence.transaction(async ({ people, projects, claims }) => {
      await people.lock([userId])
      await projects.holdGates([this.project.projectId])
      const [claimed] = await claims.claim(
        [{ userId, shelves: from, assignmentId: newId() }],
        this.clock.now(),
      )
      return claimed
    })
  }
}

/** `work` with its assignment of that person in another state; its slot follows. */
export function ended(
  work: TaskWork,
  userId: UserId,
  status: Assignment['status'],
  slot: Partial<TaskWork['slots'][number]> = { state: 'free', assignmentId: null },
): TaskWork {
  const row = work.assignments.find((assignment) => assignment.userId === userId)
  return {
    ...work,
    slots: work.slots.map((one) => (one.assignmentId === row?.assignmentId ? { ...one, ...slot } : one)),
    assignments: work.assignments.map((one) =>
      one === row ? { ...one, status, expiresAt: null, version: one.version + 1 } : one,
    ),
  }
}

/** Keeps a task on which the person has a row. */
export async function taskHeldBy(
  world: TaskWorld,
  userId: UserId,
  wish: Partial<Assignment> = {},
  priority = 0,
): Promise<Assignment> {
  const step = wish.stepId === undefined ? {} : { currentStepId: wish.stepId }
  const work = world.work({ priority, ...step })
  const assignment = anAssignment(work, world.workflow, userId, wish)
  await world.keep(withAssignment(work, assignment))
  return assignment
}
