import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi } from './api-world.test.support.ts'

let world: ApiWorld
let admin: Caller
beforeAll(async () => {
  world = await openApi()
  admin = await world.as('admin')
})
afterAll(() => world.close())

it('tells managers of the people of their project, and GraphQL the same', async () => {
  const workflow = await admin('POST', '/workflows', {
    name: 'w',
    steps: [
      { stepId: 'label', stepType: 'annotation' },
      { stepId: 'review', stepType: 'review', excludes: ['label'] },
    ],
  })
  const added = await admin('POST', '/projects', {
    name: 'p',
    workflowId: workflow.body.workflowId,
    assignment: { maxConcurrentPerUser: 7 },
  })
  const { projectId } = added.body
  const ann = await world.as('annotator', { member: [projectId], name: 'Ann', skills: { nl: 4 } })
  const ben = await world.as('annotator', { member: [projectId], name: 'Ben' })
  const manager = await world.as('manager', { member: [projectId] })
  await admin('POST', `/projects/${projectId}/tasks`, {
    tasks: [{ payload: { a: 1 } }, { payload: { a: 2 } }, { payload: { a: 3 } }],
  })
  const claim = async (caller: Caller, stepType: string): Promise<string> => {
    const { body } = await caller('POST', '/queue/next', { stepType })
    return `/assignments/${body.assignment.assignmentId}`
  }
  const sentBack = await claim(ann, 'annotation')
  await ann('POST', `${sentBack}/start`, {})
  await ann('POST', `${sentBack}/submit`, { result: { label: 'nl' } })
  const declined = await claim(ann, 'annotation')
  await ann('POST', `${declined}/reject`, { code: 'unclear' })
  const review = await claim(ben, 'review')
  await ben('POST', `${review}/start`, {})
  await ben('POST', `${review}/submit`, { result: { verdict: 'return', comment: 'Look again' } })

  const { body } = await manager('GET', `/projects/${projectId}/people?limit=200`)
  expect(body.items).toHaveLength(3)
  const of = (userId: string) => body.items.find((one: { userId: string }) => one.userId === userId)
  expect(of(ann.userId)).toMatchObject({
    displayName: 'Ann',
    skills: { nl: 4 },
    live: 1,
    limit: 7,
    lastDay: { submitted: 0, medianSeconds: null, returned: 1, declined: 1 },
    quality: [{ stepType: 'annotation', samples: 1, low: null, high: null }],
    paused: null,
    present: false,
    lastSeenAt: null,
  })
  expect(of(ben.userId).lastDay).toMatchObject({ submitted: 1, returned: 0, declined: 0 })
  expect(of(ben.userId).lastDay.medianSeconds).toEqual(expect.any(Number))

  const person = await manager('GET', `/projects/${projectId}/people/${ann.userId}`)
  expect(person.body).toMatchObject({
    userId: ann.userId,
    holds: [{ stepId: 'label', status: 'assigned', attempt: 2, returnComment: 'Look again' }],
    recent: [{ status: 'assigned' }, { status: 'rejected' }],
  })
  await manager('POST', `/projects/${projectId}/people/${ann.userId}/pause`, { reason: 'Too fast' })
  const paused = await manager('GET', `/projects/${projectId}/people/${ann.userId}`)
  expect(paused.body).toMatchObject({ paused: { reason: 'manager', words: 'Too fast' }, holds: [], live: 0 })

  const { data } = (
    await manager('POST', '//graphql', {
      query: `{
        projectPeople(projectId: "${projectId}", first: 3) {
          edges { node { userId live limit lastDay { declined } quality { stepType samples low } paused { words } } }
        }
        projectPerson(projectId: "${projectId}", userId: "${ann.userId}") { skills holds { status } recent { status attempt } }
      }`,
    })
  ).body
  const nodes = data.projectPeople.edges.map((edge: { node: unknown }) => edge.node)
  expect(nodes).toContainEqual({
    userId: ann.userId,
    live: 0,
    limit: 7,
    lastDay: { declined: 1 },
    quality: [{ stepType: 'annotation', samples: 1, low: null }],
    paused: { words: 'Too fast' },
  })
  expect(data.projectPerson).toMatchObject({ skills: { nl: 4 }, holds: [] })
})

it('keeps the settings of each caller, also of one whom no directory knows, up to 16 KiB', async () => {
  const ann = await world.as('annotator')
  expect((await ann('GET', '/me/settings')).body).toEqual({ settings: {} })
  const settings = { theme: 'dark', keys: { skip: null } }
  expect((await ann('PUT', '/me/settings', { settings })).body).toEqual({ settings })
  expect((await ann('GET', '/me/settings')).body).toEqual({ settings })
  expect((await admin('GET', '/me/settings')).body).toEqual({ settings: {} })
  const { data } = (
    await ann('POST', '//graphql', {
      query: 'mutation { keepMySettings(settings: { density: "comfortable" }) }',
    })
  ).body
  expect(data).toEqual({ keepMySettings: { density: 'comfortable' } })
  expect((await ann('POST', '//graphql', { query: '{ mySettings }' })).body.data).toEqual({
    mySettings: { density: 'comfortable' },
  })
  const large = await ann('PUT', '/me/settings', { settings: { views: 'x'.repeat(16 * 1024) } })
  expect([large.status, large.body.errors]).toEqual([
    400,
    [{ path: 'settings', rule: 'tooLong', message: 'must be at most 16 KiB of JSON' }],
  ])
  expect((await ann('PUT', '/me/settings', { settings: [1] })).body.errors[0].path).toBe('settings')
})

it('knows nobody of a project who is not its member', async () => {
  const { body } = await admin('POST', '/projects', { name: 'empty' })
  const stranger = await world.as('annotator')
  const answer = await admin('GET', `/projects/${body.projectId}/people/${stranger.userId}`)
  expect([answer.status, answer.body.code]).toEqual([404, 'not_found'])
  expect((await admin('GET', `/projects/${body.projectId}/people`)).body).toEqual({
    items: [],
    nextCursor: null,
  })
})
