import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type ApiWorld,
  addEchoes,
  type Caller,
  openApi,
  type Reply,
  until,
} from './api-world.test.support.ts'

let world: ApiWorld
let manager: Caller
let projectId: string
let definitionId: string

const policy = {
  when: [{ type: 'disagreement', agreeOn: '/model' }],
  task: { payload: { text: { $: '/scenario/payload/text' }, candidates: { $: '/candidates' } } },
}

beforeEach(async () => {
  world = await openApi()
  const admin = await world.as('admin')
  const steps = [{ stepId: 'label', stepType: 'annotation' }]
  const { workflowId } = (await admin('POST', '/workflows', { name: 'label', steps })).body
  projectId = (await admin('POST', '/projects', { name: 'evaluations', workflowId })).body.projectId
  manager = await world.as('manager', { member: [projectId] })
  definitionId = (await addEchoes(manager, projectId, 4)).body.definitionId
})
afterEach(() => world.close())

const start = (extra: object = {}): Promise<Reply> =>
  manager('POST', `/projects/${projectId}/runs`, { definitionId, models: ['a', 'b'], ...extra })

describe('a run with a policy', () => {
  it('sends what its models split on to people, and hears from them', async () => {
    const { status, body } = await start({ escalation: policy })
    expect([status, body.escalation]).toMatchObject([201, { scenarios: 4, waiting: 4, tasks: { open: 0 } }])
    expect(body.escalation.policy).toBeUndefined()
    const path = `/runs/${body.runId}`
    await world.muster.work()
    const done = await until(manager, path, (reply) => reply.body.escalation.escalated === 4)
    expect(done.body.escalation).toMatchObject({
      waiting: 0,
      ready: 0,
      kept: 0,
      tasks: { open: 4, completed: 0 },
      byReason: { disagreement: 4 },
    })

    const annotator = await world.as('annotator', { member: [projectId] })
    const claimed = await annotator('POST', '/queue/next', { projectId })
    const { assignmentId } = claimed.body.assignment
    await annotator('POST', `/assignments/${assignmentId}/start`, {})
    await annotator('POST', `/assignments/${assignmentId}/submit`, { result: { model: 'a' } })

    const all = await manager('GET', `${path}/escalations?state=escalated&limit=3`)
    expect(all.body.items).toHaveLength(3)
    expect(all.body.nextCursor).not.toBeNull()
    const [settled] = (await manager('GET', `${path}/escalations`)).body.items.filter(
      (each: { readonly taskStatus: string }) => each.taskStatus === 'completed',
    )
    expect(settled).toMatchObject({ state: 'escalated', reasons: ['disagreement'], probability: 1 })
    expect(settled.outcome).toEqual({ model: 'a' })
    const lines = (await manager('GET', `${path}/results.ndjson?people=true`)).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ scenarioId }) => scenarioId === settled.scenarioId)
    expect(
      lines.map(({ model, outcome, taskId, reasons, probability }) => [
        model,
        outcome,
        taskId,
        reasons,
        probability,
      ]),
    ).toEqual(['a', 'b'].map((model) => [model, { model: 'a' }, settled.taskId, ['disagreement'], 1]))
    const { rows } = (await manager('GET', `${path}/matrix`)).body
    const told = rows.map(({ taskId, people }: { taskId: string; people: object }) => [taskId, people])
    expect(told).toHaveLength(4)
    expect(told).toContainEqual([settled.taskId, { status: 'completed', label: 'a', answers: 1 }])
    expect((await manager('GET', `${path}/people`)).body).toMatchObject({
      agreeOn: '/model',
      tasks: { open: 3, completed: 1 },
      settled: {
        a: { agrees: 1, differs: 0, failed: 0, undecided: 0, n: 1, accuracy: 1 },
        b: { agrees: 0, differs: 1, n: 1, accuracy: 0 },
      },
      byReason: { disagreement: { a: { n: 1 } }, failure: { a: { n: 0, accuracy: null } } },
      estimate: { refused: 'no_sample' },
    })
    expect((await manager('GET', `${path}/people`)).body.settled.a.interval).toBeNull()
    expect(await annotator('GET', `${path}/people`)).toMatchObject({ status: 403 })
  })

  it('gives its tasks a form of their own, by which they are shown and checked', async () => {
    const form = {
      name: 'which',
      title: 'Which is right?',
      show: [{ name: 'text', as: 'text', at: '/text' }],
      questions: [{ id: 'model', type: 'text', title: 'Model', agree: 'text' }],
    }
    await manager('POST', '/forms', { ...form, title: 'Older' })
    const { formId } = (await manager('POST', '/forms', form)).body
    const withForm = { ...policy, task: { ...policy.task, form: 'which' } }
    const { body } = await start({ escalation: withForm })
    await world.muster.work()
    const path = `/runs/${body.runId}`
    await until(manager, path, (reply) => reply.body.escalation.escalated === 4)
    const annotator = await world.as('annotator', { member: [projectId] })
    const { assignment, task } = (await annotator('POST', '/queue/next', { projectId })).body
    expect([task.formId, Object.keys(task.payload)]).toEqual([formId, ['text']])
    const seen = await manager('GET', `/tasks/${task.taskId}?include=show`)
    expect(seen.body.show).toEqual([{ name: 'text', as: 'text', value: task.payload.text }])
    expect((await annotator('GET', `/tasks/${task.taskId}?include=show`)).body.show).toEqual(seen.body.show)
    expect((await manager('GET', `/tasks/${task.taskId}`)).body.show).toBeUndefined()
    const at = `/assignments/${assignment.assignmentId}`
    await annotator('POST', `${at}/start`, {})
    const refused = await annotator('POST', `${at}/submit`, { result: { model: 1 } })
    expect(refused.body.errors).toMatchObject([{ path: 'result.model', question: 'model', rule: 'type' }])
    expect((await annotator('POST', `${at}/submit`, { result: { model: 'a' } })).status).toBe(200)
    const unknown = { escalation: { ...policy, task: { ...policy.task, form: 'nowhere' } } }
    expect((await start(unknown)).body.errors).toEqual([
      { path: 'escalation.task.form', message: 'names no form: nowhere' },
    ])
  })

  it('is given another policy at its version, and shows it to managers', async () => {
    const { body } = await start({ escalation: policy })
    const path = `/runs/${body.runId}/escalation`
    const read = await manager('GET', path)
    expect([read.body.policy, read.headers['etag']]).toEqual([policy, '"1"'])
    const other = { ...policy, when: [{ type: 'failure' }], limit: 3 }
    const changed = await manager('PUT', path, other, { 'if-match': '"1"' })
    expect([changed.status, changed.headers['etag']]).toEqual([200, '"2"'])
    expect((await manager('PUT', path, other, { 'if-match': '"1"' })).status).toBe(412)
    expect((await manager('GET', path)).body.policy).toEqual(other)
  })

  it('sends scenarios to people by hand', async () => {
    const { body } = await start({ escalation: { ...policy, when: [{ type: 'failure' }] } })
    const path = `/runs/${body.runId}/escalations`
    const early = await manager('POST', path, { scenarioIds: ['s2'] })
    expect(early.body.items).toMatchObject([{ scenarioId: 's2', state: 'waiting', byHand: true }])
    await world.muster.work()
    await until(manager, `/runs/${body.runId}`, (reply) => reply.body.escalation.kept === 3)
    await manager('POST', path, { scenarioIds: ['s1', 's2'] })
    const done = await until(manager, `/runs/${body.runId}`, (reply) => reply.body.escalation.escalated === 2)
    expect(done.body.escalation).toMatchObject({ kept: 2, byReason: { manual: 2 }, tasks: { open: 2 } })
    expect(await manager('POST', path, { scenarioIds: ['s1', 'x'] })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'scenarioIds[1]' }] },
    })
  })
})

describe('a run that has ended without a policy', () => {
  it('is tried with one, and then given it', async () => {
    const { body } = await start()
    const path = `/runs/${body.runId}`
    expect(await manager('POST', `${path}/escalate`, policy)).toMatchObject({
      status: 409,
      body: { code: 'run_state' },
    })
    await world.muster.work()
    await until(manager, path, (reply) => reply.body.status === 'completed')
    expect(
      (await manager('POST', `${path}/escalate?dryRun=true`, { ...policy, limit: 1 })).body,
    ).toMatchObject({
      scenarios: 4,
      escalated: 1,
      overLimit: 3,
      byReason: { disagreement: 1 },
    })
    expect((await manager('GET', path)).body.escalation).toBeNull()
    expect((await manager('POST', `${path}/escalate`, policy)).status).toBe(201)
    await until(manager, path, (reply) => reply.body.escalation.tasks.open === 4)
    expect((await manager('POST', `${path}/escalate`, policy)).status).toBe(409)
  })

  it.each([
    ['GET', 'escalation', undefined],
    ['PUT', 'escalation', policy],
    ['GET', 'escalations', undefined],
    ['POST', 'escalations', { scenarioIds: ['s1'] }],
    ['GET', 'people', undefined],
  ] as const)('refuses %s %s', async (method, name, given) => {
    const { body } = await start()
    const refused = await manager(method, `/runs/${body.runId}/${name}`, given)
    expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } })
  })
})

it('refuses a policy by the place at fault', async () => {
  const pathOf = async (escalation: object) => {
    const { status, body } = await start({ escalation })
    expect(status).toBe(400)
    return body.errors[0].path
  }
  expect(await pathOf({ ...policy, when: [{ type: 'disagreement', agreeOn: 'model' }] })).toBe(
    'escalation.when[0].agreeOn',
  )
  const by = (agreeOn: object) => pathOf({ ...policy, when: [{ type: 'disagreement', agreeOn }] })
  expect(await by({ form: 'none', question: 'label' })).toBe('escalation.when[0].agreeOn.form')
  expect(await pathOf({ ...policy, task: { payload: { a: { $: 'x' } } } })).toBe(
    'escalation.task.payload.a.$',
  )
  const workflowId = '018f0000-0000-7000-8000-000000000001'
  expect(await pathOf({ ...policy, task: { ...policy.task, workflowId } })).toBe('escalation.task.workflowId')
  const admin = await world.as('admin')
  await admin('PATCH', `/projects/${projectId}`, { workflowId: null })
  expect(await pathOf(policy)).toBe('escalation.task.workflowId')
})
