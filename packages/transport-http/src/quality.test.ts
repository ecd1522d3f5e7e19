import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi, type Reply } from './api-world.test.support.ts'

let world: ApiWorld
let admin: Caller
beforeAll(async () => {
  world = await openApi()
  admin = await world.as('admin')
})
afterAll(() => world.close())

const STEP = { stepId: 'label', stepType: 'annotation', assignmentsRequired: 2 }

/** A project with one step for two people, and two of these. */
async function open(project: object = {}, step: object = STEP) {
  const workflow = await admin('POST', '/workflows', { name: 'w', steps: [step] })
  const added = await admin('POST', '/projects', {
    name: 'p',
    workflowId: workflow.body.workflowId,
    assignment: { maxConcurrentPerUser: 100 },
    ...project,
  })
  const { projectId } = added.body as { readonly projectId: string }
  const people = [
    await world.as('annotator', { member: [projectId], name: 'Ann' }),
    await world.as('annotator', { member: [projectId], name: 'Ben' }),
  ] as const
  const manager = await world.as('manager', { member: [projectId] })
  const add = (...tasks: readonly object[]): Promise<Reply> =>
    admin('POST', `/projects/${projectId}/tasks`, {
      tasks: tasks.map((task) => ({ payload: { a: 1 }, ...task })),
    })
  return { projectId, people, manager, add }
}

/** Claims, starts and submits; gives the task. */
async function does(caller: Caller, result: unknown): Promise<Reply> {
  const claim = await caller('POST', '/queue/next', {})
  const mine = `/assignments/${claim.body.assignment.assignmentId}`
  await caller('POST', `${mine}/start`, {})
  const submitted = await caller('POST', `${mine}/submit`, { result })
  expect(submitted.status).toBe(200)
  return claim
}

const graphql = (caller: Caller, query: string): Promise<Reply> => caller('POST', '//graphql', { query })

describe('agreement over HTTP', () => {
  it('is read whole, by pair and as a matrix, and the same in GraphQL', async () => {
    const { projectId, people, manager, add } = await open()
    const [ann, ben] = people
    await add({}, {}, {})
    for (const labels of [
      ['a', 'a'],
      ['a', 'b'],
      ['b', 'b'],
    ]) {
      await does(ann, { label: labels[0] })
      await does(ben, { label: labels[1] })
    }
    const at = `/projects/${projectId}/agreement`
    const { items } = (await manager('GET', at)).body
    expect(items.map((one: { coefficient: string }) => one.coefficient)).toEqual([
      'percent',
      'fleiss',
      'alpha',
    ])
    expect(items[0]).toMatchObject({
      stepId: 'label',
      question: 'label',
      formId: null,
      group: null,
      items: 3,
      raters: 2,
    })
    expect(items[0].value).toBeCloseTo(2 / 3, 12)
    const [pair] = (await manager('GET', `${at}?by=pair&coefficient=cohen&level=0.9`)).body.items
    expect(pair).toMatchObject({
      group: { a: expect.any(String), b: expect.any(String) },
      items: 3,
      reason: null,
    })
    expect((await manager('GET', `${at}/matrix?stepId=label&question=label`)).body).toMatchObject({
      people: [ann.userId, ben.userId].sort(),
      cells: [{ items: 3, percent: null, cohen: null }],
    })
    const asked = `{ agreement(projectId: "${projectId}", by: PAIR, coefficient: COHEN) { value people skill items }
      agreementMatrix(projectId: "${projectId}", stepId: "label", question: "label") { cells { items } } }`
    expect((await graphql(manager, asked)).body.data).toEqual({
      agreement: [{ value: pair.value, people: [ann.userId, ben.userId].sort(), skill: null, items: 3 }],
      agreementMatrix: { cells: [{ items: 3 }] },
    })
    for (const query of ['?stepId=other', '?question=other', '?level=2', '?coefficient=cohen', '?by=all'])
      expect((await manager('GET', `${at}${query}`)).body).toMatchObject({
        status: 400,
        code: 'validation_failed',
      })
    expect((await ann('GET', at)).status).toBe(403)
  })
})

describe('people who are watched, over HTTP', () => {
  it('are shown, paused and let on by managers', async () => {
    const { projectId, people, manager, add } = await open({}, { ...STEP, assignmentsRequired: 1 })
    const [ann] = people
    const changed = await manager('PATCH', `/projects/${projectId}`, { quality: { pause: {} } })
    expect(changed.body.quality).toEqual({ pause: { good: 0.92, bad: 0.65, alarm: 4.6, minimum: 5 } })
    expect(changed.body.wrongPauses).toMatchObject([{ accuracy: 0.92, within: 50 }, { within: 50 }])
    expect((await ann('GET', `/projects/${projectId}`)).body.quality).toBeNull()
    expect((await ann('GET', '/projects')).body.items[0].quality).toBeNull()
    await add(...Array.from({ length: 6 }, () => ({ gold: { label: 'a' } })))
    for (let nth = 0; nth < 5; nth++) await does(ann, { label: 'b' })

    const at = `/projects/${projectId}/people/${ann.userId}`
    const seen = (await manager('GET', `${at}/quality`)).body
    expect(seen).toMatchObject({
      known: [{ question: 'label', right: 0, wrong: 5, answers: [{ known: 'a', given: 'b', times: 5 }] }],
      watch: { judged: 5, paused: { reason: 'drift', by: null } },
      controlsLeft: 0,
    })
    expect((await ann('POST', '/queue/next', {})).body).toMatchObject({ reasons: { qualityPaused: 1 } })
    expect((await manager('POST', `${at}/resume`, { reason: 'we spoke' })).body).toMatchObject({
      sum: 0,
      paused: null,
    })
    expect((await manager('POST', `${at}/pause`, { reason: 'once more' })).body).toMatchObject({
      paused: { reason: 'manager', words: 'once more' },
    })
    const lifted = {
      reason: 'drift',
      by: null,
      words: null,
      lifted: { by: manager.userId, words: 'we spoke' },
    }
    expect((await manager('GET', `${at}/quality`)).body.pauses).toMatchObject([lifted])
    const since = '2020-01-01T00:00:00.000Z'
    expect((await manager('POST', `${at}/reopen`, { since })).body).toEqual({ taskIds: [] })
    expect((await manager('POST', `${at}/reopen`, {})).status).toBe(409)
    expect((await manager('POST', `${at}/pause`, {})).status).toBe(400)
    const asked = `mutation { resumePerson(projectId: "${projectId}", userId: "${ann.userId}", reason: "x") { judged paused { reason } } }`
    expect((await graphql(manager, asked)).body.data).toEqual({ resumePerson: { judged: 5, paused: null } })
    const read = `{ personQuality(projectId: "${projectId}", userId: "${ann.userId}") { known { wrong } watch { judged } pauses { words lifted { by words } } } }`
    expect((await graphql(manager, read)).body.data).toEqual({
      personQuality: {
        known: [{ wrong: 5 }],
        watch: { judged: 5 },
        pauses: [
          { words: 'once more', lifted: { by: manager.userId, words: 'x' } },
          { words: null, lifted: { by: manager.userId, words: 'we spoke' } },
        ],
      },
    })
    const bad = await manager('PATCH', `/projects/${projectId}`, {
      quality: { pause: { good: 0.5, bad: 0.6 } },
    })
    expect(bad.body).toMatchObject({ code: 'validation_failed', errors: [{ path: 'quality.pause.bad' }] })
  })
})

describe('controls over HTTP', () => {
  it('look as work does on every route that an annotator reads, and are listed for managers alone', async () => {
    const { projectId, people, manager, add } = await open(
      { quality: { controls: { stepId: 'label', rate: 0.5 } } },
      { ...STEP, assignmentsRequired: 1 },
    )
    const [ann] = people
    await add(...Array.from({ length: 12 }, (_, nth) => ({ priority: nth, externalId: `t${nth}` })))
    expect((await add({ purpose: 'control' })).body).toMatchObject({ errors: [{ path: 'tasks[0].gold' }] })
    const added = await add(
      ...Array.from({ length: 12 }, () => ({ gold: { label: 'a' }, purpose: 'control' })),
    )
    const controls = new Set(added.body.items.map((task: { taskId: string }) => task.taskId))
    expect(added.body.items[0]).toMatchObject({
      purpose: 'control',
      gold: { label: 'a' },
      currentStepId: null,
    })

    const shapes = { work: new Set<string>(), control: new Set<string>() }
    const see = (taskId: string, reply: Reply, ...own: readonly string[]): void => {
      const text = JSON.stringify({ body: reply.body, etag: reply.headers['etag'] })
      const plain = [taskId, ...own].reduce((said, id) => said.replaceAll(id, '#'), text)
      shapes[controls.has(taskId) ? 'control' : 'work'].add(
        plain.replaceAll(/"[^"]*(At|Seconds)":[^,}]*/g, ''),
      )
    }
    const given = new Set<boolean>()
    for (let nth = 0; nth < 12; nth++) {
      const claim = await ann('POST', '/queue/next', {})
      const { taskId } = claim.body.task
      const { assignmentId } = claim.body.assignment
      given.add(controls.has(taskId))
      see(taskId, claim, assignmentId)
      see(taskId, await ann('GET', `/tasks/${taskId}`), assignmentId)
      see(taskId, await ann('GET', `/assignments/${assignmentId}/work`), assignmentId)
      see(
        taskId,
        await graphql(
          ann,
          `{ task(id: "${taskId}") { status version priority purpose gold steps { stepId } } }`,
        ),
      )
      const entry = (await ann('GET', '/queue?limit=200')).body.items.find(
        (one: { taskId: string }) => one.taskId === taskId,
      )
      see(taskId, { ...claim, body: entry, headers: {} }, assignmentId)
      await ann('POST', `/assignments/${assignmentId}/start`, {})
      see(
        taskId,
        await ann('POST', `/assignments/${assignmentId}/submit`, { result: { label: 'a' } }),
        assignmentId,
      )
      see(taskId, await ann('GET', `/tasks/${taskId}`), assignmentId)
    }
    expect(given).toEqual(new Set([true, false]))
    expect([...shapes.control].sort()).toEqual([...shapes.work].sort())

    const list = async (query: string) =>
      (await manager('GET', `/projects/${projectId}/tasks${query}`)).body.items
    expect((await list('?limit=200')).map((task: { purpose: string }) => task.purpose)).toEqual(
      Array.from({ length: 12 }, () => 'work'),
    )
    expect(await list('?purpose=control&limit=200')).toHaveLength(12)
    expect((await ann('GET', `/projects/${projectId}/tasks?purpose=control`)).status).toBe(403)
    const facts = (await ann('GET', `/projects/${projectId}/events?limit=200`)).body.items
    const types = new Set(facts.map((fact: { type: string }) => fact.type))
    for (const type of ['control_judged', 'controls_exhausted', 'task_completed'])
      expect(types).not.toContain(type)
  })
})
