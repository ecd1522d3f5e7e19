import { randomUUID } from 'node:crypto'
import { UnavailableError } from '@muster/core'
import type { Muster } from '@muster/host'
import { VirtualClock } from '@muster/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ApiWorld, type Caller, openApi } from '../api-world.test.support.ts'

const STEPS = [{ stepId: 'label', stepType: 'annotation' }]
const FORM = {
  name: 'tone',
  title: 'Tone',
  show: [{ name: 'text', as: 'text', at: '/text', title: 'Text' }],
  questions: [{ id: 'kind', type: 'yesNo', title: 'Is it kind?' }],
}

let world: ApiWorld
let admin: Caller
let projectId: string
let tasks: string
let key: { 'idempotency-key': string }

beforeEach(async () => {
  world = await openApi()
  admin = await world.as('admin')
  const workflow = await admin('POST', '/workflows', {
    name: 'w',
    steps: STEPS,
  })
  projectId = (await admin('POST', '/projects', { name: 'p', workflowId: workflow.body.workflowId })).body
    .projectId
  tasks = `/projects/${projectId}/tasks`
  key = { 'idempotency-key': randomUUID() }
})
afterEach(() => world.close())

const some = (payload: unknown) => ({ tasks: [{ payload }] })

it('makes a repeated call answer the first status, headers and body, byte for byte', async () => {
  const [first, again] = await Promise.all([
    admin('POST', tasks, some({ b: 1, a: 2 }), key),
    admin('POST', tasks, some({ b: 1, a: 2 }), key),
  ])
  expect([first.status, again.status]).toEqual([201, 201])
  expect(again.text).toBe(first.text)
  expect(again.headers['content-type']).toBe(first.headers['content-type'])
  expect((await admin('GET', tasks)).body.items).toHaveLength(1)
})

it.each<
  [string, (muster: Muster) => { add: (...given: never[]) => Promise<unknown> }, () => [string, object]]
>([
  ['a person', ({ people }) => people, () => ['/users', { displayName: 'Ann' }]],
  ['a project', ({ projects }) => projects, () => ['/projects', { name: 'q' }]],
  ['a workflow', ({ workflows }) => workflows, () => ['/workflows', { name: 'v', steps: STEPS }]],
  ['a form', ({ forms }) => forms, () => ['/forms', FORM]],
  [
    'a definition',
    ({ definitions }) => definitions,
    () => [
      `/projects/${projectId}/definitions`,
      { name: 'd', jobType: 'echo', scenarios: [{ payload: { text: 'ho' } }] },
    ],
  ],
  ['tasks', ({ tasks }) => tasks, () => [tasks, some(1)]],
  [
    'an item of a queue',
    ({ queue }) => queue,
    () => [`/projects/${projectId}/queue/add`, { type: 'echo', payload: { text: 'ho' } }],
  ],
])('makes %s once if the call fails after that was done', async (_, groupOf, asked) => {
  const [path, body] = asked()
  const list = path.replace('/add', '/status')
  const count = async (): Promise<number> => (await admin('GET', list)).body.items.length
  const before = await count()
  const group = groupOf(world.muster)
  const add = group.add.bind(group)
  const failing = vi.spyOn(group, 'add').mockImplementation(async (...given) => {
    await add(...given)
    throw new UnavailableError('The database is away')
  })
  expect((await admin('POST', path, body, key)).status).toBe(503)
  failing.mockRestore()
  const again = await admin('POST', path, body, key)
  expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining('is done') } })
  expect(await count()).toBe(before + 1)
})

it('makes many items once if the call fails after they were added', async () => {
  const path = `/projects/${projectId}/queue/add-many`
  const items = Array.from({ length: 1_200 }, (_, n) => ({ type: 'echo', payload: { text: `${n}` } }))
  const { queue } = world.muster
  const addMany = queue.addMany.bind(queue) as (...given: unknown[]) => Promise<never>
  const failing = vi.spyOn(queue, 'addMany').mockImplementation(async (...given: unknown[]) => {
    await addMany(...given)
    throw new UnavailableError('The database is away')
  })
  expect((await admin('POST', path, { items }, key)).status).toBe(503)
  failing.mockRestore()
  expect(await admin('POST', path, { items }, key)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('is done') },
  })
  const { counts } = (await admin('GET', `/projects/${projectId}/queue/status?limit=1`)).body
  expect(Object.values(counts as Record<string, number>).reduce((sum, n) => sum + n, 0)).toBe(1_200)
})

it('finds a run again whose answer could not be kept', async () => {
  const scenarios = [{ scenarioId: 's', payload: { text: 'ho' } }]
  const definition = await admin('POST', `/projects/${projectId}/definitions`, {
    name: 'd',
    jobType: 'echo',
    scenarios,
  })
  const runs = `/projects/${projectId}/runs`
  const asked = { definitionId: definition.body.definitionId, models: ['m'] }
  const start = world.muster.runs.start.bind(world.muster.runs)
  const failing = vi.spyOn(world.muster.runs, 'start').mockImplementation(async (...given) => {
    await start(...given)
    throw new UnavailableError('The database is away')
  })
  expect((await admin('POST', runs, asked, key)).status).toBe(503)
  failing.mockRestore()
  expect((await admin('POST', runs, asked, key)).status).toBe(201)
  expect((await admin('GET', runs)).body.items).toHaveLength(1)
})

it('is refused with another body', async () => {
  await admin('POST', tasks, some(1), key)
  expect(await admin('POST', tasks, some(2), key)).toMatchObject({ status: 409, body: { code: 'conflict' } })
  expect((await admin('POST', tasks, some(2), { 'idempotency-key': randomUUID() })).status).toBe(201)
})

it('means one thing for one caller on one path', async () => {
  const other = await world.as('admin')
  const project = await admin('POST', '/projects', { name: 'q' }, key)
  expect((await other('POST', '/projects', { name: 'q' }, key)).body.projectId).not.toBe(
    project.body.projectId,
  )
  expect((await admin('POST', tasks, some(1), key)).status).toBe(201)
})

it('repeats a claim, a push, and what they were refused with', async () => {
  const annotator = await world.as('annotator', { member: [projectId] })
  await admin('POST', tasks, { tasks: [{ payload: 1 }, { payload: 2 }] })
  const claims = await Promise.all([1, 2, 3].map(() => annotator('POST', '/queue/next', {}, key)))
  expect(claims.map(({ status }) => status)).toEqual([201, 201, 201])
  expect(new Set(claims.map(({ text, headers }) => JSON.stringify([text, headers['etag']]))).size).toBe(1)
  expect((await annotator('GET', '/queue')).body.items).toHaveLength(1)

  const taskId = claims[0]?.body.task.taskId
  const push = () => admin('POST', `/tasks/${taskId}/assign`, { userId: annotator.userId }, key)
  const refused = await push()
  expect(refused).toMatchObject({ status: 409, body: { code: 'already_assigned' } })
  expect(refused.body.assignment).not.toHaveProperty('slotNo')
  const again = await push()
  expect(again.text).toBe(refused.text)
  expect(again.headers['content-type']).toBe('application/problem+json')
})

it('is not used up by a call that was refused for want of authority', async () => {
  const annotator = await world.as('annotator', { member: [projectId] })
  for (const _ of [1, 2]) expect((await annotator('POST', tasks, some(1), key)).status).toBe(403)
  expect((await annotator('POST', '/queue/next', {}, { 'idempotency-key': '' })).status).toBe(400)
})

it('knows a streamed body by its bytes', async () => {
  const lines = (text: string) =>
    admin('POST', `/projects/${projectId}/definitions?name=d&jobType=echo`, text, {
      ...key,
      'content-type': 'application/x-ndjson',
    })
  // One that was refused halfway is refused again, and does not use up the key.
  for (const _ of [1, 2]) expect((await lines('{"payload":{"text":"a"}}\n{"payload":7}\n')).status).toBe(400)
  const first = await lines('{"payload":{"text":"a"}}\n')
  expect(first.status).toBe(201)
  expect((await lines('{"payload":{"text":"a"}}\n')).text).toBe(first.text)
  expect(await lines('{"payload":{"text":"b"}}\n')).toMatchObject({ status: 409, body: { code: 'conflict' } })
  expect((await admin('GET', `/projects/${projectId}/definitions`)).body.items).toHaveLength(1)
})

it('is not given out again while its first request runs, however long that takes', async () => {
  const clock = new VirtualClock()
  const slow = await openApi({}, { clock })
  try {
    const caller = await slow.as('admin')
    const { workflows } = slow.muster
    const add = workflows.add.bind(workflows)
    const uploaded = Promise.withResolvers<void>()
    let calls = 0
    Object.assign(workflows, {
      async add(input: never) {
        calls += 1
        await uploaded.promise
        return add(input)
      },
    })
    const post = () =>
      caller('POST', '/workflows', { name: 'w', steps: [{ stepId: 'a', stepType: 'annotation' }] }, key)
    const first = post()
    await vi.waitFor(() => expect(calls).toBe(1))
    await clock.advance(300_000)
    const again = post()
    await vi.waitFor(() => expect(clock.waiting + calls).toBe(3))
    uploaded.resolve()
    const { status, text } = await first
    expect(status).toBe(201)
    await clock.advance(1_000)
    expect((await again).text).toBe(text)
    expect(calls).toBe(1)
  } finally {
    await slow.close()
  }
})
