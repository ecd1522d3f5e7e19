import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi, token } from '../api-world.test.support.ts'
import { answerUnroutable } from './problem.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const LINES = { 'content-type': 'application/x-ndjson' }

let world: ApiWorld
let admin: Caller
let projectId: string

beforeAll(async () => {
  world = await openApi()
  admin = await world.as('admin')
  projectId = (await admin('POST', '/projects', { name: 'p' })).body.projectId
})
afterAll(() => world.close())

const pathsOf = (reply: { body: { errors: { path: string }[] } }) => reply.body.errors.map(({ path }) => path)

describe('HEAD', () => {
  it.each(['/projects/:projectId', '/projects/:projectId/tasks', '/projects/:projectId/results.ndjson'])(
    'tells a stranger of %s no more than GET does',
    async (route) => {
      const stranger = await world.as('manager')
      const path = route.replace(':projectId', projectId)
      expect((await stranger('HEAD', path)).status).toBe(404)
      expect((await world.withToken(undefined)('HEAD', path)).status).toBe(401)
      expect((await admin('HEAD', path)).status).toBe(200)
    },
  )

  it('needs the role that GET needs', async () => {
    const annotator = await world.as('annotator', { member: [projectId] })
    expect((await annotator('HEAD', `/projects/${projectId}/tasks`)).status).toBe(403)
    expect((await annotator('HEAD', '/system/queue')).status).toBe(403)
    expect((await annotator('HEAD', '/projects/7')).status).toBe(404)
  })
})

describe('what nobody asked for', () => {
  it.each([
    ['GET', '/projects/:projectId'],
    ['GET', '/system/queue'],
    ['GET', '/projects/:projectId/results.ndjson'],
    ['POST', '/queue/next'],
    ['POST', '/projects/:projectId/queue/pause'],
    ['DELETE', '/projects/:projectId/queue'],
  ])('is refused by name in the query of %s %s', async (method, route) => {
    const reply = await admin(method, `${route.replace(':projectId', projectId)}?shoeSize=44`)
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect(pathsOf(reply as never)).toEqual(['shoeSize'])
  })

  it('is refused by name in the body of a route that reads none', async () => {
    const { userId } = await world.as('annotator')
    for (const [method, path] of [
      ['PUT', `/projects/${projectId}/members/${userId}`],
      ['DELETE', `/projects/${projectId}/queue`],
    ] as const) {
      expect(await admin(method, path, { shoeSize: 44 })).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'shoeSize' }] },
      })
      expect((await admin(method, path, {})).status).toBeLessThan(300)
    }
  })
})

describe('the JSON of a body', () => {
  let project: string
  beforeAll(async () => {
    const { workflowId } = await world.muster.workflows.add({
      name: 'label',
      steps: [{ stepId: 'label', stepType: 'annotation' }],
    })
    project = (await world.muster.projects.add({ name: 'json', workflowId })).projectId
  })
  const add = (payload: string) =>
    admin('POST', `/projects/${project}/tasks`, `{"tasks":[{"payload":${payload}}]}`, JSON_TYPE)

  it.each(['1234567890123456789', '1e400'])('is refused for %s, by its place', async (number) => {
    const reply = await add(`{"deep":[{"id":${number}}]}`)
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect(pathsOf(reply as never)).toEqual(['tasks[0].payload.deep[0].id'])
  })

  it.each([
    '{"b":1,"a":{"z":1.5,"y":100},"":null}',
    '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},"toString":1}',
  ])('comes back as it was given: %s', async (payload) => {
    const reply = await add(payload)
    expect(reply.status).toBe(201)
    const { taskId } = reply.body.items[0]
    expect(JSON.stringify((await admin('GET', `/tasks/${taskId}`)).body.payload)).toBe(payload)
  })
})

describe('a body', () => {
  it('counts as empty if it is missing, also if its type is announced', async () => {
    expect((await admin('POST', '/queue/next')).status).toBe(200)
    expect((await admin('POST', '/queue/next', '', JSON_TYPE)).status).toBe(200)
    expect(await admin('POST', '/projects', '', JSON_TYPE)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'name' }] },
    })
  })

  it.each(['null', '[]', '7', '"{}"', 'true'])('is refused if it is %s, which is no object', async (body) => {
    for (const path of ['/queue/next', '/projects', `/projects/${projectId}/queue/resume`]) {
      expect(await admin('POST', path, body, JSON_TYPE)).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ path: '' }] },
      })
    }
  })

  it('is refused instead of bent if it is not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"name":"a'), Buffer.from([0xff]), Buffer.from('"}')])
    expect(await admin('POST', '/projects', body, JSON_TYPE)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    })
  })

  it.each([
    ['text/plain', '{"name":"x"}'],
    ['application/x-ndjson', '{"name":"x"}\n'],
    ['application/x-www-form-urlencoded', 'name=x'],
  ])('answers 415 to the type %s if JSON is read', async (type, body) => {
    expect(await admin('POST', '/projects', body, { 'content-type': type })).toMatchObject({
      status: 415,
      body: { code: 'unsupported_media_type' },
    })
  })

  it('answers 404 on a route that there is not, whatever its type', async () => {
    for (const type of ['text/xml', 'application/json', 'application/x-ndjson']) {
      expect(await admin('POST', '/nowhere', '{', { 'content-type': type })).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      })
    }
    expect((await world.withToken(undefined)('POST', '/nowhere', {})).status).toBe(401)
  })

  it('is faulted place by place if it is a definition', async () => {
    const reply = await admin('POST', `/projects/${projectId}/definitions`, {
      name: 7,
      scenarios: [{ payload: {}, extra: 1 }],
    })
    expect(reply.status).toBe(400)
    expect(pathsOf(reply as never).sort()).toEqual(['name', 'scenarios[0].extra'])
  })
})

describe('a query', () => {
  it.each([
    ['/projects/:projectId/queue/status?type=%00', 'type'],
    ['/projects/:projectId/tasks?stepId=%00', 'stepId'],
    ['/projects?cursor=%00', 'cursor'],
    ['/projects?limit=0x10', 'limit'],
    ['/projects?limit=1e1', 'limit'],
    ['/projects?limit=', 'limit'],
    ['/projects?limit=1&limit=2', 'limit'],
    ['/projects/:projectId/queue/status?state=pending,', 'state'],
    ['/projects/:projectId/queue/status?state=pending&state=active', 'state'],
  ])('answers 400 at its parameter if it is like %s', async (path, at) => {
    const reply = await admin('GET', path.replace(':projectId', projectId))
    expect(reply.status).toBe(400)
    expect(pathsOf(reply as never)[0]).toMatch(new RegExp(`^${at}`))
  })

  it('cannot carry a cursor that was tampered with', async () => {
    for (const name of ['q', 'r']) await admin('POST', '/projects', { name })
    const { nextCursor } = (await admin('GET', '/projects?limit=1')).body
    const plain = JSON.parse(Buffer.from(nextCursor, 'base64url').toString())
    for (const key of [
      [
        ['createdAt', 'soon'],
        ['id', 7],
      ],
      [null],
      7,
    ]) {
      const cursor = Buffer.from(JSON.stringify([plain[0], key])).toString('base64url')
      expect(await admin('GET', `/projects?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'cursor' }] },
      })
    }
  })
})

describe('an id in a path', () => {
  it('may be written in capitals', async () => {
    const id = projectId.toUpperCase()
    expect((await admin('GET', `/projects/${id}`)).body.projectId).toBe(projectId)
    const item = await admin('POST', `/projects/${id}/queue/add`, { type: 'echo', payload: { text: 'x' } })
    expect(item.status).toBe(201)
    expect((await admin('GET', `/projects/${id}/queue/${item.body.itemId.toUpperCase()}`)).status).toBe(200)
  })

  it('answers 404 if it is none, however long', async () => {
    const app = Fastify({ frameworkErrors: answerUnroutable })
    app.get('/projects/:id', () => 'here')
    try {
      for (const url of [`/projects/${'a'.repeat(500)}`, '/projects/%zz', '/%c3%28/%ff']) {
        const reply = await app.inject({ url })
        expect(reply.headers['content-type']).toBe('application/problem+json')
        expect(reply.statusCode).toBe(404)
        expect(reply.json()).toMatchObject({ code: 'not_found', status: 404 })
      }
    } finally {
      await app.close()
    }
  })
})

describe('If-Match', () => {
  it('fails if it names no present version, and is faulted if it is no tag', async () => {
    const path = `/projects/${projectId}`
    const { etag } = (await admin('GET', path)).headers as { etag: string }
    for (const stale of ['"999"', `W/${etag}`, '"other"']) {
      expect(await admin('PATCH', path, { name: 'p' }, { 'if-match': stale })).toMatchObject({
        status: 412,
        body: { code: 'version_conflict' },
      })
    }
    expect((await admin('PATCH', path, { name: 'p' }, { 'if-match': '7' })).status).toBe(400)
    expect((await admin('PATCH', path, { name: 'p' }, { 'if-match': '*' })).status).toBe(200)
    expect((await admin('PATCH', `/projects/${randomUUID()}`, {}, { 'if-match': '"7"' })).status).toBe(404)
  })

  it('is all that makes a concurrent change fail', async () => {
    const names = ['one', 'two', 'three', 'four']
    const changes = await Promise.all(names.map((name) => admin('PATCH', `/projects/${projectId}`, { name })))
    expect(changes.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  })
})

describe('pages of another origin', () => {
  it('may use every method of the API after asking', async () => {
    const open = await openApi({ corsOrigins: ['https://app.example.org'] })
    try {
      for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']) {
        const reply = await open.withToken(undefined)('OPTIONS', '/projects', undefined, {
          origin: 'https://app.example.org',
          'access-control-request-method': method,
          'access-control-request-headers': 'authorization,if-match,idempotency-key',
        })
        expect(reply.status).toBe(204)
        expect(reply.headers['access-control-allow-origin']).toBe('https://app.example.org')
        expect(String(reply.headers['access-control-allow-methods'])).toContain(method)
        expect(String(reply.headers['access-control-allow-headers'])).toContain('if-match')
      }
    } finally {
      await open.close()
    }
  })
})

describe('streamed scenarios', () => {
  const path = () => `/projects/${projectId}/definitions?name=lines&jobType=echo`
  const line = (text: string) => `${JSON.stringify({ payload: { text } })}\n`

  it('may be a mebibyte a line, counted in bytes', async () => {
    expect((await admin('POST', path(), line('x'.repeat(1024 * 1024 - 100)), LINES)).status).toBe(201)
    // Fewer characters than a mebibyte, but more bytes.
    const long = `${line('short')}${line('ü'.repeat(600 * 1024))}`
    expect(await admin('POST', path(), long, LINES)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'scenarios[1]' }] },
    })
  })

  it.each([{}, { 'idempotency-key': 'k' }])(
    'are refused by an answer that arrives while more of them come, and hold up nothing after them (%j)',
    async (headers) => {
      const served = await openApi()
      const origin = await served.app.listen({ host: '127.0.0.1', port: 0 })
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      const bearer = `Bearer ${await token({ sub: randomUUID(), role: 'admin' })}`
      const send = (method: string, route: string, more: object = {}) =>
        request(`${origin}/api/v1${route}`, { method, agent, headers: { authorization: bearer, ...more } })
      const create = await served.as('admin')
      const { body: project } = await create('POST', '/projects', { name: 'p' })
      try {
        const upload = send('POST', `/projects/${project.projectId}/definitions?name=d&jobType=echo`, {
          ...LINES,
          ...headers,
        })
        upload.write('no JSON\n')
        const [refused] = (await once(upload, 'response')) as [IncomingMessage]
        expect(refused.statusCode).toBe(400)
        for (let part = 0; part < 100; part++) upload.write(line('x'.repeat(50_000)))
        upload.end()
        expect(JSON.parse(await text(refused)).errors).toMatchObject([{ path: 'scenarios[0]' }])
        const next = send('GET', '/projects').end()
        const [listed] = (await once(next, 'response')) as [IncomingMessage]
        listed.resume()
        expect(listed.statusCode).toBe(200)
      } finally {
        agent.destroy()
        served.app.server.closeAllConnections()
        await served.close()
      }
    },
  )

  it('are refused if they are not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"payload":{"text":"'), Buffer.from([0xff]), Buffer.from('"}}')])
    expect(await admin('POST', path(), body, LINES)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'scenarios[0]' }] },
    })
  })
})
