import type { PgPersistence } from '@muster/adapters-pg'
import type { ProjectId, Step, Task, TaskId, UserId, Workflow, WorkflowId } from '@muster/core'
import type { AssignmentUseCases } from '@muster/core/calls'
import type { TaskWork } from '@muster/core/ports'
import { builtInStrategies } from '@muster/core/rules'
import { assignmentUseCases, remembering } from '@muster/core/use-cases'
import { systemClock } from '@muster/host'
import { Pool } from 'pg'
import { ids, openStores, type Server } from './databases.ts'

/** Skills asked for, and so the kinds of work: the first three are annotated, the others reviewed by somebody else. */
const KINDS = ['danish', 'dutch', 'german', 'norwegian', 'swedish'] as const
const ANNOTATED = 3
const PRIORITIES = [0, 1, 2]
const OPENED = Date.UTC(2026, 0, 5)

/** What a filled world is to hold. */
export interface Filling {
  readonly open: number
  /** How many annotations the veteran has done: the oldest of all that they have the skills for, each of which somebody else is still to do. */
  readonly done?: number
}

/** A project with people and open tasks: skills, levels, exclusion, priorities, limit and lease all at work. */
export class ClaimWorld {
  readonly url: string
  readonly pool: Pool
  readonly persistence: PgPersistence
  readonly projectId: ProjectId
  readonly people: readonly UserId[]
  /** Two who are not among them and have the skills for two of the annotated kinds: one with a past, see {@link Filling}, and one without. */
  readonly veteran: UserId
  readonly newcomer: UserId
  readonly #workflow: Workflow

  private constructor(
    url: string,
    pool: Pool,
    persistence: PgPersistence,
    projectId: ProjectId,
    people: readonly UserId[],
    [veteran, newcomer]: readonly [UserId, UserId],
    workflow: Workflow,
  ) {
    this.url = url
    this.pool = pool
    this.persistence = persistence
    this.projectId = projectId
    this.people = people
    this.veteran = veteran
    this.newcomer = newcomer
    this.#workflow = workflow
  }

  /** @param limit of live assignments of a person */
  static async on(server: Server, people: number, limit: number): Promise<ClaimWorld> {
    const url = await server.database()
    const pool = new Pool({ connectionString: url, max: 24 })
    const persistence = await openStores({ pool })
    const workflow = aWorkflow()
    const projectId = ids.next() as ProjectId
    await persistence.stores.workflows.add(workflow)
    await persistence.stores.projects.add({
      projectId,
      externalId: null,
      name: 'Benchmark',
      workflowId: workflow.workflowId,
      assignment: {
        maxConcurrentPerUser: limit,
        crossStepExclusionPairs: [],
        cooldownMinutes: 5,
        leaseMinutes: 60,
        defaultStrategy: 'hybrid_capacity_performance',
        weights: { capacity: 0.5, performance: 0.5 },
        maxReturns: 2,
        holdMinutes: 1440,
        undoSeconds: 10,
      },
      quality: null,
      paused: false,
      version: 1,
      createdAt: new Date(),
    })
    const userIds: UserId[] = []
    for (let nth = 0; nth < people; nth++) userIds.push(await addPerson(persistence, projectId, nth))
    const pair = [
      await addPerson(persistence, projectId, 0),
      await addPerson(persistence, projectId, 0),
    ] as const
    return new ClaimWorld(url, pool, persistence, projectId, userIds.sort(), pair, workflow)
  }

  /** The use cases on what is stored, with nothing remembered. */
  engine(): AssignmentUseCases {
    return engineOn(this.persistence)
  }

  /** Empties the project and fills it anew, in a database at rest. */
  async fill({ open, done }: Filling): Promise<void> {
    await this.pool.query(
      'truncate task, slot, assignment, shelf, fact, feed_head, bookmark, decision, strategy_state, task_move',
    )
    // One task of each kind and priority through the store, so that shelves and slots are as they are; then as many copies as are wished.
    const samples = KINDS.flatMap((_, kind) => PRIORITIES.map((priority) => this.#sample(kind, priority)))
    await this.persistence.stores.tasks.add(samples)
    const copies = Math.ceil(open / samples.length) - 1
    const values = [copies, samples.length]
    await this.pool.query(COPY_TASKS, values)
    await this.pool.query(COPY_SLOTS, values)
    await this.pool.query(REVIEWED, [this.people])
    if (done) await this.pool.query(DONE, [this.veteran, Math.ceil(done / (2 * PRIORITIES.length))])
    await this.pool.query('vacuum analyze')
    await this.pool.query('checkpoint')
  }

  /** @throws Error unless so many slots are held, each by one live assignment of somebody skilled, and told of by one fact */
  async verify(claims: number): Promise<void> {
    await this.pool.query('analyze')
    const { rows } = await this.pool.query<Record<string, number>>(VERIFY)
    const { held, live, matched, excluded, unskilled, facts, last } = rows[0] ?? {}
    const counts = [held, live, matched, facts, last]
    if (counts.some((count) => count !== claims) || excluded !== 0 || unskilled !== 0) {
      throw new Error(`${claims} claims, but ${JSON.stringify(rows[0])}`)
    }
  }

  async close(): Promise<void> {
    await this.persistence.close()
    await this.pool.end()
  }

  #sample(kind: number, priority: number): TaskWork {
    const taskId = ids.next() as TaskId
    const step = this.#workflow.steps[kind < ANNOTATED ? 0 : 1] as Step
    const openedAt = new Date(OPENED)
    const task: Task = {
      taskId,
      projectId: this.projectId,
      workflowId: this.#workflow.workflowId,
      status: 'open',
      currentStepId: step.stepId,
      priority,
      payload: { text: 'Alle mennesker er født frie' },
      requiredSkills: [{ anyOf: [KINDS[kind] ?? ''], minLevel: 2, dropAfterMinutes: null }],
      gold: null,
      formId: null,
      externalId: null,
      version: 1,
      cooldownUntil: null,
      stepOpenedAt: openedAt,
      returns: 0,
      jobId: null,
      createdAt: openedAt,
      completedAt: null,
      overlapEnds: null,
    }
    const slot = {
      taskId,
      stepId: step.stepId,
      slotNo: 1,
      state: 'free',
      assignmentId: null,
      reservedFor: null,
      wakeAt: null,
      giveUpAt: null,
      reopened: false,
      presentation: null,
    } as const
    return { task, slots: [slot], assignments: [] }
  }
}

/** The use cases of assignment as a host has them, where no job and no sweep runs beside them. */
export function engineOn(transactions: PgPersistence): AssignmentUseCases {
  return assignmentUseCases({
    transactions: remembering(transactions),
    clock: systemClock,
    ids,
    strategies: new Map(Object.entries(builtInStrategies)),
    jobTypes: new Map(),
    nudge: () => {},
    random: { next: () => Math.random() },
  })
}

/** Everybody has three of the five skills, two of them well enough: most of the work is not for them. */
async function addPerson({ stores }: PgPersistence, projectId: ProjectId, nth: number): Promise<UserId> {
  const userId = ids.next() as UserId
  const skill = (offset: number): string => KINDS[(nth + offset) % KINDS.length] ?? ''
  await stores.people.add({
    userId,
    externalId: null,
    displayName: `Person ${nth}`,
    avatarUrl: null,
    status: 'active',
    role: 'annotator',
    skills: { [skill(0)]: 3, [skill(1)]: 2, [skill(2)]: 1 },
    maxConcurrentAssignments: null,
    scripted: false,
    imported: false,
    version: 1,
    createdAt: new Date(),
  })
  await stores.people.addMember(projectId, userId)
  return userId
}

function aWorkflow(): Workflow {
  const step: Omit<Step, 'stepId' | 'stepType' | 'excludes'> = {
    requiredSkills: [],
    assignmentsRequired: 1,
    strategy: null,
    leaseMinutes: null,
    cooldownMinutes: null,
    estimatedDurationMinutes: null,
    when: 'always',
    agreeOn: null,
    formId: null,
    jobType: null,
  }
  return {
    workflowId: ids.next() as WorkflowId,
    name: 'Annotation and review',
    steps: [
      { ...step, stepId: 'annotate', stepType: 'annotation', excludes: [] },
      { ...step, stepId: 'review', stepType: 'review', excludes: ['annotate'] },
    ],
    version: 1,
    createdAt: new Date(),
  }
}

// Each copy opened a second after the one before.
const COPIES = `(select task.*, row_number() over (order by task.task_id) as sample from task where shelf_id is not null) as task
  cross join generate_series(1, $1::int) as copy`
const COPY_ID = `('01900000-0000-7000-8000-' || lpad(to_hex((copy * $2::int + sample)::int), 12, '0'))::uuid`
const COPY_TASKS = `
  insert into task (task_id, project_id, workflow_id, status, current_step_id, priority, payload, required_skills, version, step_opened_at,
    returns, created_at, shelf_id)
  select ${COPY_ID}, project_id, workflow_id, status, current_step_id, priority, payload, required_skills, version,
    step_opened_at + copy * interval '1 second', returns, created_at + copy * interval '1 second', shelf_id
  from ${COPIES}`
const COPY_SLOTS = `
  insert into slot (task_id, step_id, slot_no, state, shelf_id, opened_at)
  select task_id, current_step_id, 1, 'free', shelf_id, step_opened_at from task
  where not exists (select from slot where slot.task_id = task.task_id) and $1::int >= 0 and $2::int > 0`
const REVIEWED = `
  with reviewed as (
    select task.*, ($1::uuid[])[1 + row_number() over () % cardinality($1::uuid[])] as by from task where current_step_id = 'review'),
  done as (
    insert into assignment (assignment_id, task_id, project_id, step_id, step_type, user_id, slot_no, status, attempt, version, assigned_at,
      submitted_at, result)
    select gen_random_uuid(), task_id, project_id, 'annotate', 'annotation', by, 1, 'submitted', 1, 3, created_at, created_at, '"da"'
    from reviewed returning task_id, assignment_id)
  insert into slot (task_id, step_id, slot_no, state, assignment_id) select task_id, 'annotate', 1, 'done', assignment_id from done`
const DONE = `
  with mine as (
    select task.* from shelf cross join lateral (
      select * from task where task.shelf_id = shelf.shelf_id order by step_opened_at, task_id limit $2::int) task
    where shelf.step_id = 'annotate' and (
      select skills ->> (requirements #>> '{0,anyOf,0}') from person where user_id = $1::uuid)::int >= 2),
  done as (
    insert into assignment (assignment_id, task_id, project_id, step_id, step_type, user_id, slot_no, status, attempt, version, assigned_at,
      submitted_at, result)
    select gen_random_uuid(), task_id, project_id, 'annotate', 'annotation', $1::uuid, 2, 'submitted', 1, 3, created_at, created_at, '"da"'
    from mine returning task_id, assignment_id)
  insert into slot (task_id, step_id, slot_no, state, assignment_id) select task_id, 'annotate', 2, 'done', assignment_id from done`
const VERIFY = `
  select (select count(*)::int from slot where state = 'held') as held,
    (select count(*)::int from assignment where status = 'assigned') as live,
    (select count(*)::int from assignment a join slot using (assignment_id) where a.status = 'assigned' and slot.state = 'held') as matched,
    (select count(*)::int from assignment a join assignment other using (user_id, task_id)
     where a.step_id = 'review' and other.step_id = 'annotate') as excluded,
    (select count(*)::int from assignment a join task using (task_id) join person using (user_id)
     where a.status = 'assigned' and coalesce((skills ->> (required_skills #>> '{0,anyOf,0}'))::int, 0) < 2) as unskilled,
    (select count(*)::int from fact where type = 'task_assigned') as facts,
    coalesce((select seq::int from feed_head), 0) as last`
