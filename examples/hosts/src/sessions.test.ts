import { once } from 'node:events'
import { io, type ManagerOptions, type Socket } from 'socket.io-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Running } from './running.ts'
import { serveSessions } from './sessions.ts'
import { adminToken, SECRET } from './token.test.support.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
let host: Running
let cookie: string

beforeAll(async () => {
  host = await serveSessions(SECRET)
  cookie = await login()
})
afterAll(() => host.close())

async function login(): Promise<string> {
  const answer = await fetch(`${host.origin}/login`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: '{"name":"Ann"}',
  })
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function statusOf(path: string, headers: Record<string, string>, body?: string): Promise<number> {
  const all = { ...JSON_TYPE, ...headers }
  const answer = await fetch(host.origin + path, { headers: all, ...(body && { method: 'POST', body }) })
  await answer.text()
  return answer.status
}

it('knows people by their session, and programs by their token', async () => {
  const me = await fetch(`${host.origin}/work/api/v1/me`, { headers: { cookie } })
  expect(await me.json()).toMatchObject({ displayName: 'Ann', role: 'manager' })
  const authorization = `Bearer ${await adminToken()}`
  expect(await statusOf('/work/api/v1/projects', { authorization }, '{"name":"by a program"}')).toBe(201)
  expect(await statusOf('/work/api/v1/me', {})).toBe(401)
  expect(await statusOf('/work/api/v1/me', { cookie: 'connect.sid=s%3Aforged.signature' })).toBe(401)
  // A token that does not hold is not made good by a cookie.
  expect(await statusOf('/work/api/v1/me', { cookie, authorization: 'Bearer nonsense' })).toBe(401)
})

it.each([
  ['a page of its own', { 'sec-fetch-site': 'same-origin' }, 200],
  ['its own page in a browser that says the origin alone', { origin: 'own' }, 200],
  ['a program, which is no page', {}, 200],
  ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }, 403],
  ['a page of a sibling', { origin: 'https://other.example.org', 'sec-fetch-site': 'same-site' }, 403],
  ['another site in a browser that says the origin alone', { origin: 'https://evil.example' }, 403],
  ['a sandboxed frame', { origin: 'null' }, 403],
])(
  'takes a change by cookie from %s: %j is answered %i',
  async (_page, said: Record<string, string>, status) => {
    const headers = { cookie, ...said, ...(said['origin'] === 'own' && { origin: host.origin }) }
    const status403or = (done: number): number => (status === 403 ? 403 : done)
    expect(await statusOf('/work/api/v1/ws-ticket', headers, '{}')).toBe(status403or(201))
    expect(await statusOf('/work/graphql', headers, '{"query":"{ me { userId } }"}')).toBe(status)
    // Reading is safe: a browser shows no other page the answer.
    expect(await statusOf('/work/api/v1/me', headers)).toBe(200)
  },
)

it('shows people what happens live by their session, on every wire', async () => {
  const origin = host.origin.replace('http', 'ws')
  const inbox = new WebSocket(`${origin}/work/api/v1/queue/ws`, { headers: { cookie } })
  const [said] = (await once(inbox, 'message')) as [Buffer]
  expect(JSON.parse(String(said))).toMatchObject({ type: 'ready' })
  inbox.close()

  const client = connected({ extraHeaders: { cookie } })
  expect(await client.emitWithAck('subscribe', { channel: 'me' })).toMatchObject({ ok: true })
  client.close()

  const graphql = new WebSocket(`${origin}/work/graphql`, 'graphql-transport-ws', { headers: { cookie } })
  await once(graphql, 'open')
  graphql.send('{"type":"connection_init"}')
  const [acknowledged] = (await once(graphql, 'message')) as [Buffer]
  expect(JSON.parse(String(acknowledged))).toEqual({ type: 'connection_ack' })
  graphql.close()
})

it('lets nobody in live without a session, nor a page of another site with one', async () => {
  const origin = host.origin.replace('http', 'ws')
  for (const [headers, status] of [
    [{}, 401],
    [{ cookie, origin: 'https://evil.example' }, 403],
  ] as const) {
    const socket = new WebSocket(`${origin}/work/api/v1/queue/ws`, { headers })
    socket.on('error', () => undefined)
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    expect(answer.statusCode).toBe(status)
  }
  const client = connected({ reconnection: false })
  const refusal = await new Promise<Error & { data?: unknown }>((resolve) =>
    client.once('connect_error', resolve),
  )
  client.close()
  expect(refusal.data).toEqual({ code: 'unauthorized' })
})

it('no longer knows a person who has logged out', async () => {
  const theirs = await login()
  expect(await statusOf('/work/api/v1/me', { cookie: theirs })).toBe(200)
  expect(await statusOf('/logout', { cookie: theirs }, '{}')).toBe(204)
  expect(await statusOf('/work/api/v1/me', { cookie: theirs })).toBe(401)
})

function connected(options: Partial<ManagerOptions>): Socket {
  return io(host.origin, { path: '/work/socket.io', transports: ['websocket'], forceNew: true, ...options })
}
