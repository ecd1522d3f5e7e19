import { randomUUID } from 'node:crypto'
import type { OperationId, ProjectId, Role, RunId, UserId } from '@muster/core'
import type { CalibrationId, GateId } from '@muster/core/evaluation'
import { formTemplates, type NewForm } from '@muster/core/forms'
import { type ApiWorld, type Caller, openApi, token } from '../api-world.test.support.ts'
import { atLeast, type Rule } from './authority.ts'

const ROLES: readonly Role[] = ['annotator', 'manager', 'admin']

/** One question with finite answers, which compares. */
const COMPARE: NewForm = {
  name: 'compare',
  title: 'Which is better?',
  show: [
    {
      name: 'answers',
      as: 'compare',
      render: { as: 'text' },
      sides: [
        { id: 'a', at: '/a' },
        { id: 'b', at: '/b' },
      ],
    },
  ],
  questions: [{ id: 'better', type: 'pairwise', title: 'Better', of: 'answers' }],
}

/** Everybody who may call, as they stand to the project of {@link Things}. */
export interface Person {
  readonly name: string
  /** What they may at most: `null` where nobody believes who they are. */
  readonly role: Role | null
  readonly member: boolean
  /** Whether the assignment is theirs. */
  readonly holder?: boolean
  /** Whether the directory has them. */
  readonly known?: boolean
  readonly call: Caller
  readonly userId: string | undefined
  /** What they send as their bearer token. */
  readonly token: string | undefined
}

/** One project with one of everything in it. */
export interface Things {
  readonly project: string
  readonly task: string
  readonly assignment: string
  readonly definition: string
  readonly run: string
  readonly item: string
  readonly operation: string
  readonly comparison: string
  readonly gate: string
  readonly schedule: string
  readonly webhook: string
  readonly import: string
  readonly export: string
  readonly calibration: string
  readonly budget: string
  /** A key that the project's managers may set. */
  readonly limit: string
  readonly user: string
  readonly workflow: string
  readonly form: string
}

/** What becomes of a call before its own rules are asked. `in` says that authority has let it through. */
export type Outcome = 'in' | 401 | 403 | 404

export interface AuthorityWorld extends ApiWorld {
  readonly people: readonly Person[]
  /** A fresh project, of which exactly those are members who should be. */
  things(): Promise<Things>
}

/** Muster in memory, with a caller of every kind. */
export async function openAuthority(): Promise<AuthorityWorld> {
  const world = await openApi()
  const { muster, withToken } = world
  const known = async (name: string, role: Role, traits: Partial<Person> = {}): Promise<Person> => {
    const userId = randomUUID()
    await muster.people.add({ userId, displayName: name, role })
    const bearer = await token({ sub: userId, role })
    return {
      name,
      role,
      member: false,
      known: true,
      call: withToken(bearer),
      userId,
      token: bearer,
      ...traits,
    }
  }
  const people: Person[] = [
    {
      name: 'no token',
      role: null,
      member: false,
      call: withToken(undefined),
      userId: undefined,
      token: undefined,
    },
    await known('a suspended admin', 'admin', { role: null }),
    await known('the holder', 'annotator', { member: true, holder: true }),
  ]
  await muster.people.change(people[1]?.userId as UserId, { status: 'suspended' }, undefined)
  for (const role of ROLES) {
    people.push(await known(`a member, ${role}`, role, { member: true }))
    people.push(await known(`of another project, ${role}`, role))
    const sub = randomUUID()
    const bearer = await token({ sub, role })
    const call = withToken(bearer)
    people.push({
      name: `unknown to the directory, ${role}`,
      role,
      member: false,
      call,
      userId: sub,
      token: bearer,
    })
  }

  const members = people.filter(({ member }) => member).map(({ userId }) => userId as UserId)
  const holder = people.find((person) => person.holder)?.userId as UserId
  const { workflowId } = await muster.workflows.add({
    name: 'label',
    steps: [
      { stepId: 'label', stepType: 'annotation' },
      { stepId: 'compare', stepType: 'annotation', form: COMPARE },
    ],
  })
  const { formId } = await muster.forms.add(formTemplates[0] as NewForm)
  const elsewhere = await muster.projects.add({ name: 'elsewhere', workflowId })
  for (const { name, userId } of people)
    if (name.startsWith('of another')) await muster.projects.addMember(elsewhere.projectId, userId as UserId)

  const things = async (): Promise<Things> => {
    await muster.system.resume()
    const { projectId } = await muster.projects.add({
      name: 'own',
      workflowId,
      assignment: { maxConcurrentPerUser: 1_000_000 },
    })
    for (const member of members) await muster.projects.addMember(projectId, member)
    const { userId: user } = await muster.people.add({ displayName: 'somebody' })
    await muster.projects.addMember(projectId, user)
    const [task] = await muster.tasks.add(projectId, [{ payload: { a: 'A', b: 'B' } }])
    const claim = await muster.assignments.claimNext({ userId: holder, projectId })
    if (task === undefined || claim.kind === 'nothing') throw new Error('the task was not given out')
    const scenarios = [{ payload: { text: 'hi' } }]
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'd',
      jobType: 'echo',
      scenarios,
    })
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m', 'o'] })
    const { jobId } = await muster.queue.add(
      projectId as ProjectId,
      { type: 'echo', payload: { text: 'hi' } },
      null,
    )
    const operationId = muster.ids.next() as OperationId
    await muster.persistence.transaction(({ operations }) =>
      operations.add({
        operationId,
        projectId,
        subject: 'jobs',
        action: 'retry',
        filter: {},
        options: {},
        createdBy: null,
        createdAt: muster.clock.now(),
      }),
    )
    const comparison = await comparisonOf(muster, projectId, runId)
    const { scheduleId } = await muster.schedules.add(projectId, {
      name: 'nightly',
      when: { cron: '30 2 * * *', zone: 'Europe/Berlin' },
      start: { job: { type: 'echo', payload: { text: 'hi' } } },
    })
    const brought = await muster.imports.start(projectId, { source: bytesOf('text\nhello\n') })
    const { exportId } = await muster.exports.start(projectId, { what: 'tasks', format: 'ndjson' })
    const { webhook } = await muster.webhooks.add(projectId, { url: 'https://example.com/hooks' })
    const { limit } = await muster.limits.put(`project:${projectId}:tenant`, { concurrency: 3 })
    const { budgetId } = await muster.budgets.add(projectId, { capMicros: 1, hard: false })
    return {
      project: projectId,
      task: task.taskId,
      assignment: claim.assignment.assignmentId,
      definition: definitionId,
      run: runId,
      item: jobId,
      operation: operationId,
      ...comparison,
      schedule: scheduleId,
      webhook: webhook.webhookId,
      import: brought.importId,
      export: exportId,
      limit: limit.key,
      budget: budgetId,
      user,
      workflow: workflowId,
      form: formId,
    }
  }
  return { ...world, people, things }
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

/** A comparison of the run's two models, and a gate that was decided by it. */
async function comparisonOf(
  muster: ApiWorld['muster'],
  projectId: ProjectId,
  runId: RunId,
): Promise<Pick<Things, 'comparison' | 'gate' | 'calibration'>> {
  const [baseline, candidate] = [
    { runId, model: 'm' },
    { runId, model: 'o' },
  ]
  const metrics = [{ name: 'm', score: { type: 'value', at: '' } }] as const
  const { comparisonId } = await muster.comparisons.add(projectId, {
    baseline,
    candidate,
    metrics,
    allowPartial: true,
  })
  const gateId = muster.ids.next() as GateId
  const calibrationId = muster.ids.next() as CalibrationId
  const truth = { projectId, question: 'better' }
  await muster.persistence.transaction(({ calibrations }) =>
    calibrations.add(
      {
        calibrationId,
        projectId,
        runId,
        models: ['m'],
        asked: { judge: { type: 'value', at: '' }, range: [0, 1], truth },
        design: 'uniform',
        kind: 'share',
        target: 'scenarios',
        seed: 0,
        budget: 1,
        planned: 1,
        cancelled: false,
        unscored: 0,
        runVersion: 0,
        createdAt: muster.clock.now(),
      },
      { keys: ['1'], scores: [[1]], strata: null, strataNames: [], clusters: null, pi: [1] },
    ),
  )
  await muster.persistence.transaction(({ comparisons }) =>
    comparisons.addGate({
      gateId,
      projectId,
      decision: 'INCONCLUSIVE',
      rules: [],
      baseline,
      candidate,
      policy: { version: 1, metrics, rules: [] },
      comparisonId,
      createdAt: muster.clock.now(),
    }),
  )
  return { comparison: comparisonId, gate: gateId, calibration: calibrationId }
}

/** What a rule means for a person who calls about a thing of the project. */
export function expectedOutcome({ scope, role, holdersOwn }: Rule, person: Person): Outcome {
  // No token of a person opens them, whoever it is of.
  if (scope === 'worker') return person.token === undefined ? 401 : 403
  if (person.role === null) return 401
  if (scope === 'limit' && !atLeast(person.role, role)) return 403
  const ofProject = scope !== 'self' && scope !== 'directory' && scope !== 'system'
  if (ofProject && !person.member && person.role !== 'admin') return 404
  if (!atLeast(person.role, role)) return 403
  const mine = scope === 'assignment' || scope === 'task'
  const needsHold = holdersOwn ?? person.role === 'annotator'
  return mine && needsHold && !person.holder ? 403 : 'in'
}
