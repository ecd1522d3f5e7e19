import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi } from '../api-world.test.support.ts'
import { problem } from '../schemas.ts'
import { answerUnreadable } from './problem.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const MEBIBYTE = 2 ** 20
let world: ApiWorld
let admin: Caller
let bystander: Caller
let projectId: string

beforeAll(async () => {
  world = await openApi()
  admin = await world.as('admin')
  bystander = await world.as('annotator')
  const steps = [{ stepId: 'label', stepType: 'annotation' as const }]
  const { workflowId } = await world.muster.workflows.add({ name: 'w', steps })
  projectId = (await admin('POST', '/projects', { name: 'p', workflowId })).body.projectId
})
afterAll(() => world.close())

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
const listOf = <Item>(length: number, item: Item): Item[] => Array.from({ length }, () => item)
const long = (length: number): string => JSON.stringify({ name: 'x'.repeat(length) })
const tasks = (payload: unknown, count = 1) => ({ tasks: listOf(count, { payload }) })

interface Case {
  readonly what: string
  readonly path: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly status: number
  readonly at?: RegExp
}

const OVER: readonly Case[] = [
  {
    what: 'a body of more than 1 MiB',
    path: '/projects',
    body: long(MEBIBYTE),
    headers: JSON_TYPE,
    status: 413,
  },
  {
    what: 'tasks of more than 16 MiB',
    path: '/projects/:id/tasks',
    body: tasks('x'.repeat(16 * MEBIBYTE)),
    status: 413,
  },
  {
    what: 'JSON deeper than 64',
    path: '/projects/:id/tasks',
    body: tasks(nested(65)),
    status: 400,
    at: /^tasks\[0\]\.payload/,
  },
  {
    what: 'JSON as deep as a body is long',
    path: '/projects',
    body: `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
    headers: JSON_TYPE,
    status: 400,
    at: /^$/,
  },
  {
    what: 'more than 10 000 tasks',
    path: '/projects/:id/tasks',
    body: tasks(1, 10_001),
    status: 400,
    at: /^tasks$/,
  },
  {
    what: 'a batch of more than 10 000',
    path: '/projects/:id/assignments/batch',
    body: { limit: 10_001 },
    status: 400,
    at: /^limit$/,
  },
  { what: 'a page of more than 200', path: 'GET /projects?limit=201', status: 400, at: /^limit$/ },
  { what: 'a long cursor', path: `GET /projects?cursor=${'x'.repeat(2001)}`, status: 400, at: /^cursor$/ },
  {
    what: 'a long idempotency key',
    path: '/projects',
    body: { name: 'p' },
    headers: { 'idempotency-key': 'x'.repeat(201) },
    status: 400,
    at: /^Idempotency-Key$/,
  },
  { what: 'a long name', path: '/projects', body: { name: 'x'.repeat(201) }, status: 400, at: /^name$/ },
]

describe('over a limit', () => {
  it.each(OVER)(
    '$what is refused clearly, and nobody else is',
    async ({ path, body, headers, status, at }) => {
      const [method, rest] = path.startsWith('GET ') ? ['GET', path.slice(4)] : ['POST', path]
      const [refused, others] = await Promise.all([
        admin(method, rest.replace(':id', projectId), body, headers),
        bystander('GET', '/queue'),
      ])
      expect(refused.status).toBe(status)
      expect(problem.parse(refused.body).errors?.[0]?.path ?? '').toMatch(at ?? /^$/)
      expect(others.status).toBe(200)
      expect((await admin('GET', '/projects')).status).toBe(200)
    },
  )

  it('is what reaches it not', async () => {
    const path = `/projects/${projectId}/tasks`
    expect((await admin('POST', path, tasks(nested(64)))).status).toBe(201)
    expect((await admin('POST', path, tasks('x'.repeat(2 * MEBIBYTE)))).status).toBe(201)
    expect((await admin('GET', `${path}?limit=200`)).status).toBe(200)
  })

  it('is who asks too often alone', async () => {
    const limited = await openApi({ requestsPerMinute: 20 })
    try {
      const [eager, calm] = [await limited.as('annotator'), await limited.as('annotator')]
      const statuses = await Promise.all(
        listOf(25, '/queue').map(async (path) => (await eager('GET', path)).status),
      )
      expect(statuses.filter((status) => status === 429)).toHaveLength(5)
      expect((await calm('GET', '/queue')).status).toBe(200)
    } finally {
      await limited.close()
    }
  })
})

describe('what is no request', () => {
  it.each([
    ['is no HTTP', 'HELLO\r\n\r\n', 400, 'validation_failed'],
    [
      'has two lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
      400,
      'validation_failed',
    ],
    [
      'may be two requests in one',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG',
      400,
      'validation_failed',
    ],
    [
      'has endless headers',
      `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
      413,
      'payload_too_large',
    ],
  ])(
    'because it %s is answered with a problem, and its connection closed',
    async (_what, sent, status, code) => {
      const app = Fastify({ clientErrorHandler: answerUnreadable })
      await app.listen({ host: '127.0.0.1', port: 0 })
      try {
        const socket = connect((app.server.address() as AddressInfo).port, '127.0.0.1')
        await once(socket, 'connect')
        socket.write(sent)
        const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
        expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*application/problem\\+json`))
        expect(problem.parse(JSON.parse(body))).toMatchObject({ status, code })
      } finally {
        await app.close()
      }
    },
  )
})

it('sends the headers that keep a browser from doing more with an answer than showing it', async () => {
  const { headers } = await bystander('GET', '/queue')
  expect(headers).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'self'"),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'no-referrer',
  })
  expect(headers).not.toHaveProperty('access-control-allow-origin')
  expect(headers).not.toHaveProperty('x-powered-by')
})

it.each(['/docs/', '/docs/static/swagger-ui.css', '/graphql', '/openapi.json', '/healthz', '/api/v1/queue'])(
  'forces no browser to HTTPS that asked %s over HTTP',
  async (url) => {
    const asked = { url, headers: { accept: 'text/html' } }
    const { headers } = await world.app.inject(asked)
    expect(headers).not.toHaveProperty('strict-transport-security')
    expect(String(headers['content-security-policy'] ?? '')).not.toContain('upgrade-insecure-requests')
  },
)
