import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi } from '../api-world.test.support.ts'
import { problem } from '../schemas.ts'

let world: ApiWorld
let admin: Caller
let projectId: string

beforeAll(async () => {
  world = await openApi()
  admin = await world.as('admin')
  projectId = (await admin('POST', '/projects', { name: 'p' })).body.projectId
})
afterAll(() => world.close())

describe('bad input', () => {
  it.each<[string, string, string, unknown, string]>([
    ['an unknown field', 'POST', '/users', { displayName: 'x', shoeSize: 44 }, 'shoeSize'],
    ['a missing field', 'POST', '/users', {}, 'displayName'],
    ['a level there is not', 'POST', '/users', { displayName: 'x', skills: { de: 6 } }, 'skills.de'],
    ['a character that cannot be kept', 'POST', '/projects', { name: 'a\u0000b' }, 'name'],
    ['a lone surrogate', 'POST', '/projects', { name: '\ud800' }, 'name'],
    ['an unknown query parameter', 'GET', '/users?page=2', undefined, 'page'],
    ['a limit out of range', 'GET', '/users?limit=201', undefined, 'limit'],
    ['a cursor that is none', 'GET', '/users?cursor=%21', undefined, 'cursor'],
    ['a query id that is no UUID', 'GET', '/queue?projectId=7', undefined, 'projectId'],
    [
      'a step id out of pattern',
      'POST',
      '/workflows',
      { name: 'w', steps: [{ stepId: 'Big', stepType: 'annotation' }] },
      'steps[0].stepId',
    ],
    [
      'an exclusion of a step there is not',
      'POST',
      '/workflows',
      { name: 'w', steps: [{ stepId: 'a', stepType: 'annotation', excludes: ['b'] }] },
      'steps[0].excludes[0]',
    ],
    [
      'a strategy there is not',
      'POST',
      '/projects',
      { name: 'p', assignment: { defaultStrategy: 'dice' } },
      'assignment.defaultStrategy',
    ],
    ['a workflow there is not', 'POST', '/projects', { name: 'p', workflowId: randomUUID() }, 'workflowId'],
  ])('%s is answered with its path', async (_what, method, path, body, at) => {
    const reply = await admin(method, path, body)
    expect(reply.status).toBe(400)
    expect(reply.headers['content-type']).toBe('application/problem+json')
    problem.parse(reply.body)
    expect(reply.body).toMatchObject({ code: 'validation_failed', title: expect.any(String) })
    expect(reply.body.errors.map(({ path: where }: { path: string }) => where)).toContain(at)
  })

  it('names the place in a payload that its job type refuses, before any worker sees it', async () => {
    const item = await admin('POST', `/projects/${projectId}/queue/add`, {
      type: 'echo',
      payload: { text: 7 },
    })
    expect(item).toMatchObject({
      status: 400,
      body: { code: 'job_validation_failed', errors: [{ path: 'payload.text' }] },
    })
    const definition = await admin('POST', `/projects/${projectId}/definitions`, {
      name: 'd',
      jobType: 'echo',
      scenarios: [{ payload: { text: 'fine' } }, { payload: {} }],
    })
    expect(definition.body.errors).toMatchObject([{ path: 'scenarios[1].payload.text' }])
  })

  it.each<[string, string, string | undefined, number, string]>([
    ['unreadable JSON', '{ no', 'application/json', 400, 'validation_failed'],
    ['a body of another type', '<a/>', 'application/xml', 415, 'unsupported_media_type'],
    [
      'too large a body',
      JSON.stringify({ name: 'x'.repeat(1024 * 1024) }),
      'application/json',
      413,
      'payload_too_large',
    ],
  ])('%s gets its own status', async (_what, body, type, status, code) => {
    const reply = await admin('POST', '/projects', body, { 'content-type': type ?? '' })
    expect(reply).toMatchObject({ status, body: { code, status } })
  })

  it('answers unknown routes and methods with 404, never 405', async () => {
    expect(await admin('GET', '/nowhere')).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await admin('DELETE', '/users')).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  it('refuses tasks of a project without a workflow', async () => {
    expect(await admin('POST', `/projects/${projectId}/tasks`, { tasks: [{ payload: 1 }] })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    })
  })

  it('shows nothing of what went wrong inside', async () => {
    const broken = await openApi()
    try {
      const caller = await broken.as('admin')
      Object.assign(broken.muster.workflows, {
        list: () => Promise.reject(new Error('select secret from table')),
      })
      const reply = await caller('GET', '/workflows')
      expect(reply).toMatchObject({ status: 500, body: { code: 'internal' } })
      expect(reply.text).not.toMatch(/secret|stack|table/)
    } finally {
      await broken.close()
    }
  })
})
