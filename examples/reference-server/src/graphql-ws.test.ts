import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { ProjectId, Role, UserId } from '@muster/core'
import type { Muster } from '@muster/host'
import { coreModule, createMuster } from '@muster/host'
import { graphqlOverWs, jwtAuthenticator, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { type FastifyInstance, fastify } from 'fastify'
import { type Client, createClient } from 'graphql-ws'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'

const SECRET = 'a secret of more than thirty-two characters'

let muster: Muster
let app: FastifyInstance
let ws: ReturnType<typeof attachMusterWs>
let origin: string
let projectId: ProjectId

beforeAll(async () => {
  muster = await createMuster({ modules: [coreModule()] })
  const authenticator = jwtAuthenticator({ secret: SECRET })
  app = fastify()
  await app.register(musterHttp, { muster, authenticator })
  ws = attachMusterWs(app.server, {
    muster,
    authenticator,
    endpoints: [graphqlOverWs({ muster })],
    connectionsPerPerson: 2,
  })
  origin = await app.listen({ host: '127.0.0.1', port: 0 })
  projectId = (await muster.projects.add({ name: 'Live' })).projectId
})
afterAll(async () => {
  await ws.close()
  await app.close()
  await muster.close()
})

interface Person {
  readonly userId: UserId
  readonly token: string
}

async function person(role: Role, { member = true, expiresIn = '1h' } = {}): Promise<Person> {
  const { userId } = await muster.people.add({ userId: randomUUID(), displayName: role, role })
  if (member) await muster.projects.addMember(projectId, userId)
  const token = await new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(SECRET))
  return { userId, token }
}

/** What an upgrade at `/graphql` is answered. */
function upgrade(headers: Readonly<Record<string, string>>): Promise<{ status: number; body: string }> {
  const asked = request(`${origin}/graphql`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-protocol': 'graphql-transport-ws',
      ...headers,
    },
  })
  return new Promise((resolve, reject) => {
    asked.on('error', reject)
    asked.on('response', (answer) => {
      void text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }))
    })
    asked.on('upgrade', (_answer, socket) => {
      socket.destroy()
      resolve({ status: 101, body: '' })
    })
    asked.end()
  })
}

/** A client, and the code that its connection was closed with. */
function connect(
  token: string | undefined,
  ticket = '',
): { client: Client; closed: Promise<{ code: number; reason: string }> } {
  const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>()
  const client = createClient({
    url: `${origin.replace('http', 'ws')}/graphql${ticket}`,
    ...(token === undefined ? {} : { connectionParams: { authorization: `Bearer ${token}` } }),
    lazy: false,
    retryAttempts: 0,
    onNonLazyError: () => {},
    on: { closed: (event) => resolve(event as CloseEvent) },
  })
  onTestFinished(() => client.dispose())
  return { client, closed: promise }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Answer = any

/** The answers of a subscription, and how to let go of it. */
function follow(client: Client, query: string, variables: Record<string, unknown> = {}) {
  const answers = client.iterate<Answer>({ query, variables })
  return {
    async next(holds: (answer: Answer) => boolean = () => true): Promise<Answer> {
      for (;;) {
        const { value, done } = await answers.next()
        if (done) return undefined
        if (holds(value)) return value
      }
    },
    stop: () => answers.return?.(undefined),
  }
}

const EVENTS = `subscription ($id: ID!, $after: String) { projectEvents(projectId: $id, after: $after) {
  type cursor seq prev resumed snapshot data } }`
const MINE = 'subscription { myEvents { type } }'

it('lets a page of its own host in however the host is written, and names the setting to others', async () => {
  const host = 'm.example.org:443'
  expect(await upgrade({ host, origin: 'https://m.example.org' })).toMatchObject({ status: 101 })
  const refused = await upgrade({ host, origin: 'https://stranger.example' })
  expect(refused).toMatchObject({ status: 403, body: expect.stringContaining('MUSTER_CORS_ORIGINS') })
})

it('follows the feed as every wire does, and resumes behind a cursor', async () => {
  const { token } = await person('annotator')
  const { client } = connect(token)
  const live = follow(client, EVENTS, { id: projectId })
  expect((await live.next()).data.projectEvents).toMatchObject({
    type: 'ready',
    resumed: false,
    snapshot: { queue: { projectId } },
  })
  await muster.queue.pause(projectId)
  const paused = await live.next(({ data }) => data.projectEvents.type === 'queue_paused')
  await muster.queue.resume(projectId)
  const resumed = await live.next(({ data }) => data.projectEvents.type === 'queue_resumed')
  expect(resumed.data.projectEvents.prev).toBe(paused.data.projectEvents.seq)
  await live.stop()

  const again = follow(connect(token).client, EVENTS, {
    id: projectId,
    after: paused.data.projectEvents.cursor,
  })
  expect((await again.next()).data.projectEvents).toMatchObject({ type: 'ready', resumed: true })
  const missed = await again.next(({ data }) => data.projectEvents.seq !== null)
  expect(missed.data.projectEvents.seq).toBe(resumed.data.projectEvents.seq)
})

it('takes a one-time ticket in place of a token', async () => {
  const { userId } = await person('annotator')
  const expiresAt = new Date(Date.now() + 60_000)
  await muster.tickets.keep('once', { userId, tokenRole: 'annotator', expiresAt })
  const mine = follow(connect(undefined, '?ticket=once').client, MINE)
  expect((await mine.next()).data.myEvents.type).toBe('ready')
  await expect(follow(connect(undefined, '?ticket=once').client, MINE).next()).rejects.toBeDefined()
})

it.each(['', 'made.up.token'])('does not let in who has the token %j', async (token) => {
  expect((await connect(token === '' ? undefined : token).closed).code).toBe(4401)
})

it('lets one person have only so many connections', async () => {
  const { token } = await person('annotator')
  for (const { client } of [connect(token), connect(token)]) await follow(client, MINE).next()
  expect(await connect(token).closed).toMatchObject({ code: 1013, reason: 'rate_limited' })
})

it('answers each refusal with its code, and stays', async () => {
  const { token } = await person('annotator', { member: false })
  const { client } = connect(token)
  const refused = async (query: string, variables = {}): Promise<unknown> => {
    const answer = await follow(client, query, variables)
      .next()
      .catch((errors: unknown) => ({ errors }))
    return answer.errors[0].extensions?.code
  }
  expect(await refused(EVENTS, { id: projectId })).toBe('not_found')
  expect(await refused(EVENTS, { id: 'nonsense' })).toBe('not_found')
  expect(await refused('subscription { myEvents(after: "nonsense") { type } }')).toBe('validation_failed')
  expect(await refused('subscription { nothing }')).toBe('validation_failed')
  expect(await refused('subscription {')).toBe('validation_failed')
  expect(await refused('{ myQueue { edges { node { taskId } } } }')).toBe('validation_failed')
  expect(await refused('mutation { claimNext { open } }')).toBe('validation_failed')
  expect((await follow(client, MINE).next()).data.myEvents.type).toBe('ready')
})

it('ends with an error for a person who loses the project, and altogether with a suspension', async () => {
  const { userId, token } = await person('annotator')
  const { client, closed } = connect(token)
  const live = follow(client, EVENTS, { id: projectId })
  await live.next()
  await muster.projects.removeMember(projectId, userId)
  const last = await live.next(({ errors }) => errors !== undefined)
  expect(last.errors).toMatchObject([{ extensions: { code: 'not_found' } }])
  expect(await live.next()).toBeUndefined()
  const mine = follow(client, MINE)
  await mine.next()
  await muster.people.change(userId, { status: 'suspended' })
  const end = await mine.next(({ errors }) => errors !== undefined)
  expect(end.errors).toMatchObject([{ extensions: { code: 'unauthorized' } }])
  expect((await closed).code).toBe(4001)
})

it('ends with the token', async () => {
  const { token } = await person('annotator', { expiresIn: '2s' })
  expect((await connect(token).closed).code).toBe(4001)
})

it('lets go of what a client that left had followed', async () => {
  await vi.waitFor(() => expect(ws.connections).toBe(0))
  const { token } = await person('manager')
  const gone = connect(token)
  await follow(gone.client, MINE).next()
  expect(ws.connections).toBe(1)
  void gone.client.dispose()
  await gone.closed
  await vi.waitFor(() => expect(ws.connections).toBe(0))
})
