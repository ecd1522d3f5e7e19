import { MemoryPersistence } from '@muster/adapters-memory'
import type {
  Assignment,
  AssignmentConfig,
  JobType,
  Json,
  Principal,
  Project,
  ProjectId,
  Task,
  TaskId,
  User,
  UserId,
} from '@muster/core'
import type { NewStep, NewTask, NewUser, TaskResult } from '@muster/core/calls'
import type { Fact } from '@muster/core/feed'
import type { Ids, Persistence } from '@muster/core/ports'
import { builtInStrategies } from '@muster/core/rules'
import {
  assignmentUseCases,
  endHoldsWith,
  peopleUseCases,
  projectUseCases,
  qualityUseCases,
  settleSubmissions,
  taskUseCases,
  workflowUseCases,
} from '@muster/core/use-cases'
import { SeededRandom } from '../system/seeded-random.ts'
import { SequentialIds } from '../system/sequential-ids.ts'
import { VirtualClock } from '../system/virtual-clock.ts'
import { liveOf } from './reading.ts'

export const ANNOTATE: NewStep = { stepId: 'annotate', stepType: 'annotation' }
export const REVIEW: NewStep = { stepId: 'review', stepType: 'review' }
export const ADJUDICATE: NewStep = { stepId: 'adjudicate', stepType: 'adjudication' }

export interface EngineOptions {
  readonly steps?: readonly NewStep[]
  readonly config?: Partial<AssignmentConfig>
  readonly jobTypes?: readonly JobType[]
  /** An open adapter; without one, a fresh memory. */
  readonly adapter?: EngineAdapter
}

/** What the engine stands on. Ids given to one adapter must never repeat. */
export interface EngineAdapter {
  readonly persistence: Persistence
  readonly clock: VirtualClock
  readonly ids: Ids
}

/** The use cases of people, workflows, tasks and assignments, with one project. */
export async function openEngine({
  steps = [ANNOTATE, REVIEW],
  config,
  jobTypes = [],
  adapter = freshMemory(),
}: EngineOptions = {}) {
  const { clock, ids, persistence: transactions } = adapter
  const strategies = new Map(Object.entries(builtInStrategies))
  const deps = {
    transactions,
    clock,
    ids,
    strategies,
    jobTypes: new Map(jobTypes.map((type) => [type.name, type])),
    nudge: () => {},
    random: new SeededRandom(1),
  }
  const withHolds = {
    ...deps,
    endHolds: endHoldsWith(deps),
    settleSubmissions: (userId: UserId) => settleSubmissions(deps, userId),
  }
  const people = peopleUseCases(withHolds)
  const projects = projectUseCases(withHolds)
  const workflows = workflowUseCases(deps)
  const tasks = taskUseCases(deps)
  const engine = assignmentUseCases(deps)

  const workflow = await workflows.add({ name: 'Ways', steps })
  const project = await projects.add({
    name: 'Languages',
    workflowId: workflow.workflowId,
    ...(config ? { assignment: config } : {}),
  })
  const { projectId } = project
  const admin: Principal = { userId: ids.next() as UserId, role: 'admin', memberships: new Set() }

  const world = {
    clock,
    deps,
    transactions,
    stores: transactions.stores,
    strategies,
    people,
    projects,
    workflows,
    tasks,
    engine,
    quality: qualityUseCases(withHolds),
    workflow,
    project: project as Project,
    projectId: projectId as ProjectId,
    admin,

    /** A member of the project. */
    async person(displayName: string, wish: Partial<NewUser> = {}): Promise<User> {
      const user = await people.add({ displayName, ...wish })
      await projects.addMember(projectId, user.userId)
      return user
    },

    async addTasks(...given: readonly Partial<NewTask>[]): Promise<Task[]> {
      return tasks.add(
        projectId,
        given.map((task, index) => ({ payload: { text: `Text ${index}` }, ...task })),
      )
    },

    async task(wish: Partial<NewTask> = {}): Promise<Task> {
      const [task] = await world.addTasks(wish)
      if (task === undefined) throw new Error('No task was added')
      return task
    },

    by({ userId, role }: Pick<User, 'userId' | 'role'>): Principal {
      return { userId, role, memberships: new Set([projectId]) }
    },

    /** Claims the best open step for the person, who must get one. */
    async claim(person: User): Promise<Assignment> {
      const claim = await engine.claimNext({ userId: person.userId })
      if (claim.kind === 'nothing')
        throw new Error(`Nothing for ${person.displayName}: ${JSON.stringify(claim)}`)
      return claim.assignment
    },

    async claimAndStart(person: User): Promise<Assignment> {
      const { assignmentId } = await world.claim(person)
      return engine.start({ assignmentId, by: world.by(person) })
    },

    async submitAs(person: User, { assignmentId }: Assignment, result: Json): Promise<Assignment> {
      return engine.submit({ assignmentId, by: world.by(person), result })
    },

    /** Starts and submits what the person holds already. */
    async finish(person: User, assignment: Assignment, result: Json): Promise<Assignment> {
      await engine.start({ assignmentId: assignment.assignmentId, by: world.by(person) })
      return world.submitAs(person, assignment, result)
    },

    /** Claims, starts and submits. */
    async does(person: User, result: Json): Promise<Assignment> {
      return world.submitAs(person, await world.claimAndStart(person), result)
    },

    /** The only live assignment of the person. */
    async held(person: User): Promise<Assignment> {
      const [assignmentId, ...others] = await liveOf(transactions.stores, person.userId)
      if (assignmentId === undefined || others.length > 0)
        throw new Error(`${person.displayName} does not hold one`)
      return engine.get(assignmentId)
    },

    live: async (person: User): Promise<number> => (await liveOf(transactions.stores, person.userId)).length,

    minutes: (count: number): Promise<void> => clock.advance(count * 60_000),

    /** The project's facts so far, oldest first. */
    facts: (): Promise<Fact[]> => transactions.stores.events.read(projectId, 0, 10_000),

    async results(): Promise<TaskResult[]> {
      const results: TaskResult[] = []
      for await (const result of tasks.results(projectId)) results.push(result)
      return results
    },

    factsOf: async (taskId: TaskId): Promise<Fact[]> =>
      (await world.facts()).filter(({ data }) => 'taskId' in data && data.taskId === taskId),
  }
  return world
}

function freshMemory(): EngineAdapter {
  const clock = new VirtualClock()
  const ids = new SequentialIds()
  return { clock, ids, persistence: new MemoryPersistence({ clock, ids }) }
}

export type Engine = Awaited<ReturnType<typeof openEngine>>
