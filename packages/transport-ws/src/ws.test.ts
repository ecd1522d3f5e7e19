import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { failures } from './asyncapi.test.support.ts'
import { attachMusterWs } from './attach.ts'
import { MusterClient } from './client.ts'
import type { WsEndpoint } from './door/endpoint.ts'
import {
  clearTokens,
  factsOf,
  HeldClock,
  type Person,
  plain,
  socketIo,
  tokenOf,
  until,
  type WireClient,
  WsWorld,
} from './ws-world.test.support.ts'

afterEach(() => {
  const wrong = failures.splice(0)
  if (wrong.length > 0) throw new Error(`Not as asyncapi.yaml says: ${wrong.join('\n')}`)
})

/** Both wires, following what names a person. */
const WIRES: readonly (readonly [
  string,
  (world: WsWorld, person: Person, after?: string) => Promise<WireClient>,
])[] = [
  ['socket.io', (world, person, after) => socketIo(world, person, 'me', after)],
  [
    'plain WebSocket',
    (world, person, after) => plain(world, `/api/v1/queue/ws${after ? `?after=${after}` : ''}`, person),
  ],
]

describe.each(WIRES)('Over %s', (_, connect) => {
  it('gives each their own facts, in order, each with the one before it', async () => {
    const world = await WsWorld.open()
    const [ann, ben] = [
      await world.person('annotator', world.projectId),
      await world.person('annotator', world.projectId),
    ]
    const [hers, his] = [await connect(world, ann), await connect(world, ben)]
    await world.assigned(ann)
    await world.assigned(ben)
    await world.assigned(ann)
    await until(() =>
      expect(factsOf(hers).map(({ seq, prev }) => [seq, prev])).toEqual([
        [1, 0],
        [3, 1],
      ]),
    )
    await until(() => expect(factsOf(his).map(({ seq, prev }) => [seq, prev])).toEqual([[2, 0]]))
    expect(factsOf(hers)[0]).toMatchObject({
      type: 'task_assigned',
      projectId: world.projectId,
      affectedUserIds: [ann.userId],
    })
  })

  it('resumes from the cursor of either wire', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const first = await connect(world, ann)
    await world.assigned(ann)
    await until(() => expect(factsOf(first)).toHaveLength(1))
    const { cursor } = first
    first.close()
    await first.closed
    await world.assigned(ann)
    for (const [, again] of WIRES) {
      const back = await again(world, ann, cursor)
      await until(() => expect(factsOf(back).map(({ seq, prev }) => [seq, prev])).toEqual([[2, 1]]))
    }
  })

  it('ends with the token', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const client = await connect(world, { ...ann, token: tokenOf(ann.userId, 'annotator', 700) })
    expect(await client.closed).toSatisfy((reason) => reason === 4001 || reason === 'io server disconnect')
  })

  it('ends with a suspension', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const client = await connect(world, ann)
    await world.muster.people.change(ann.userId, { status: 'suspended' })
    expect(await client.closed).toSatisfy((reason) => reason === 4001 || reason === 'io server disconnect')
  })

  it('falls silent about a project that its person lost, but for what they lost with it', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const other = (await world.muster.projects.add({ name: 'Other' })).projectId
    await world.muster.projects.addMember(other, ann.userId)
    const client = await connect(world, ann)
    await world.muster.projects.removeMember(world.projectId, ann.userId)
    await world.assigned(ann)
    await world.assigned(ann, other)
    await until(() => expect(factsOf(client)).toMatchObject([{ projectId: other }]))
  })

  it('closes with the server’s own end, and leaves nothing open', async () => {
    const world = await WsWorld.open()
    const client = await connect(world, await world.person('annotator', world.projectId))
    expect(world.ws.connections).toBe(1)
    await world.ws.close()
    expect(await client.closed).toSatisfy(
      (reason) => reason === 1001 || /server|transport/.test(String(reason)),
    )
    expect(world.ws.connections).toBe(0)
  })

  it('lets one person have only so many connections, and others theirs', async () => {
    const world = await WsWorld.open({ connectionsPerPerson: 1 })
    const [ann, ben] = [
      await world.person('annotator', world.projectId),
      await world.person('annotator', world.projectId),
    ]
    const first = await connect(world, ann)
    await expect(connect(world, ann)).rejects.toThrow(/refused/)
    await connect(world, ben)
    first.close()
    await first.closed
    await connect(world, ann)
  })
})

describe('socket.io', () => {
  it('wants a token that holds', async () => {
    const world = await WsWorld.open()
    for (const token of ['', 'made up', tokenOf('0198a5a0-0000-7000-8000-000000000001', 'admin', -1)]) {
      await expect(socketIo(world, { token })).rejects.toMatchObject({ data: { code: 'unauthorized' } })
    }
  })

  it('answers each refusal with its code, and stays', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const foreign = (await world.muster.projects.add({ name: 'Other' })).projectId
    const client = await socketIo(world, ann)
    const call = (name: string, request: object) => client.call(name, request)
    const refused = async (request: object, name = 'subscribe') => (await call(name, request)).code
    expect(await refused({ channel: 'nonsense' })).toBe('validation_failed')
    expect(await refused({ channel: 'me', more: 1 })).toBe('validation_failed')
    expect(await refused({ channel: 'me', after: 'mañana' })).toBe('validation_failed')
    expect(await refused({ channel: 'admin' })).toBe('forbidden')
    expect(await refused({ channel: `project:${foreign}` })).toBe('not_found')
    expect(await refused({ channel: 'run:0198a5a0-0000-7000-8000-000000000001' })).toBe('not_found')
    expect(await refused({ projectId: foreign, state: 'active' }, 'presence')).toBe('not_found')
    expect(await refused({ projectId: 'x', state: 'gone' }, 'presence')).toBe('validation_failed')
    expect(await call('subscribe', { channel: 'me' })).toMatchObject({
      ok: true,
      resumed: false,
      snapshot: { assignments: [] },
    })
    expect(await call('unsubscribe', { channel: 'me' })).toEqual({ ok: true })
  })

  it('lets one connection have only so many subscriptions, and keeps those it has', async () => {
    const clock = new HeldClock()
    const world = await WsWorld.open({ clock })
    const client = await socketIo(world, await world.person('admin'))
    const subscribe = (channel: string) => client.call('subscribe', { channel })
    const channels = [`project:${world.projectId}`]
    while (channels.length < 101) {
      const { projectId } = await world.muster.projects.add({ name: 'One of many' })
      channels.push(`project:${projectId}`)
    }
    const [hundredFirst = '', ...first] = channels.toReversed()
    for (const channel of first) expect(await subscribe(channel)).toMatchObject({ ok: true })
    clock.pass(1_000)
    expect(await subscribe(hundredFirst)).toEqual({
      ok: false,
      code: 'rate_limited',
      detail: 'A connection has at most 100 subscriptions: end one first',
    })
    await world.clear(1)
    await until(() => expect(factsOf(client)).toHaveLength(1))
    expect(await client.call('unsubscribe', { channel: channels[1] })).toEqual({ ok: true })
    expect(await subscribe(hundredFirst)).toMatchObject({ ok: true })
  })

  it('tells a client of socket.io that says too much when it may speak again, however often it asks', async () => {
    const clock = new HeldClock()
    const world = await WsWorld.open({ clock })
    const client = await socketIo(world, await world.person('annotator'))
    const speak = () => client.call('unsubscribe', { channel: 'me' })
    for (let said = 0; said < 100; said++) expect(await speak()).toEqual({ ok: true })
    for (let said = 0; said < 50; said++)
      expect(await speak()).toEqual({ ok: false, code: 'rate_limited', retryAfterMs: 50 })
    clock.pass(20)
    expect(await speak()).toMatchObject({ retryAfterMs: 30 })
    clock.pass(-3_600_000)
    expect(await speak()).toMatchObject({ retryAfterMs: 30 })
    clock.pass(30)
    expect(await speak()).toEqual({ ok: true })
  })

  it('tells a plain client that says too much when it may speak again', async () => {
    const clock = new HeldClock()
    const world = await WsWorld.open({ clock })
    const ann = await world.person('annotator', world.projectId)
    const client = await plain(world, '/api/v1/queue/ws', ann)
    const said = JSON.stringify({ type: 'presence', projectId: world.projectId, state: 'active' })
    const speak = (): void => client.socket.send(said)
    const answers = () => client.frames.filter(({ type }) => type === 'presence_ack' || type === 'error')
    for (let count = 1; count <= 100; count++) {
      speak()
      await until(() => expect(answers()).toHaveLength(count))
    }
    speak()
    await until(() => expect(answers().at(-1)).toMatchObject({ code: 'rate_limited', retryAfterMs: 50 }))
    clock.pass(50)
    speak()
    await until(() => expect(answers().at(-1)).toMatchObject({ type: 'presence_ack', ok: true }))
  })

  it('shows a project with its queue as it moves, and an item’s steps', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const { projectId, muster } = world
    const client = await socketIo(world, ann, `project:${projectId}`)
    expect(client.answer).toMatchObject({
      ok: true,
      resumed: false,
      snapshot: { queue: { projectId, items: [] }, runs: [], presence: [] },
    })
    const { jobId } = await muster.queue.add(projectId, { type: 'echo', payload: { text: 'hi' } }, null)
    const updates = () => client.frames.filter(({ frame }) => frame === `queue:updated:${projectId}`)
    await until(() => expect(updates().at(-1)).toMatchObject({ counts: { pending: 1 } }))
    await muster.work()
    await until(() => expect(updates().at(-1)).toMatchObject({ counts: { pending: 0, completed: 1 } }))
    expect(updates().at(-1).changed).toMatchObject([{ itemId: jobId, state: 'completed' }])
    await until(() =>
      expect(client.frames.filter(({ frame }) => frame === `task:step:progress:${projectId}`)).toMatchObject([
        { itemId: jobId, step: { name: 'say' } },
      ]),
    )
    expect(JSON.stringify(client.frames)).not.toContain('"hi"')
    expect(factsOf(client)).toMatchObject([
      { type: 'queue_item_added', channel: `project:${projectId}`, data: { itemId: jobId } },
    ])
  })

  it('tells within a second that a right was lost, and nothing that came after', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const channel = `project:${world.projectId}`
    const client = await socketIo(world, ann, channel)
    await world.muster.projects.removeMember(world.projectId, ann.userId)
    await world.clear(1)
    await until(() =>
      expect(client.frames.find(({ frame }) => frame === 'closed')).toMatchObject({
        channel,
        code: 'not_found',
      }),
    )
    expect(factsOf(client)).toEqual([])
    expect(await client.call('subscribe', { channel })).toMatchObject({ ok: false, code: 'not_found' })
  })

  it('follows who is present, once for many tabs', async () => {
    const world = await WsWorld.open()
    const [ann, ben] = [
      await world.person('annotator', world.projectId),
      await world.person('annotator', world.projectId),
    ]
    const { projectId } = world
    const watching = await socketIo(world, ben, `project:${projectId}`)
    const seen = () =>
      watching.frames.filter(({ type }) => type === 'presence_update').map(({ data }) => data.state)
    const [one, two] = [await socketIo(world, ann), await plain(world, '/api/v1/queue/ws', ann)]
    expect(await one.call('presence', { projectId, state: 'active' })).toEqual({ ok: true })
    two.socket.send(JSON.stringify({ type: 'presence', projectId, state: 'active' }))
    await until(() =>
      expect(two.frames).toContainEqual(
        expect.objectContaining({ type: 'presence_ack', projectId, ok: true }),
      ),
    )
    await until(() => expect(two.frames).toContainEqual(expect.objectContaining({ type: 'presence_update' })))
    await until(() => expect(seen()[0]).toBe('joined'))
    await one.call('presence', { projectId, state: 'left' })
    expect(await world.muster.presence.list(projectId)).toHaveLength(1)
    two.socket.send(JSON.stringify({ type: 'presence', projectId, state: 'left' }))
    await until(() => expect(seen().at(-1)).toBe('left'))
    expect(seen().filter((state) => state === 'joined')).toHaveLength(1)
  })

  it('serves the client that keeps its cursor, through the end of connections', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const client = new MusterClient(world.origin, { token: async () => ann.token, reconnectMs: [10, 50] })
    onTestFinished(() => client.close())
    const seqs: (number | null)[] = []
    let snapshots = 0
    const following = client.follow(`project:${world.projectId}`, {
      event: ({ seq }) => void (seq !== null && seqs.push(seq)),
      snapshot: () => {
        snapshots += 1
      },
    })
    await following.ready
    for (let round = 1; round <= 5; round++) {
      await world.clear(round)
      await until(() => expect(seqs.at(-1)).toBe(round * 2 - 1))
      client.socket.io.engine.close()
      await world.clear(round)
      await until(() => expect(seqs.at(-1)).toBe(round * 2))
    }
    expect(seqs).toEqual(Array.from({ length: 10 }, (_, index) => index + 1))
    expect(snapshots).toBe(1)
  })

  it('tells each channel of the client the queues that are its own, each once', async () => {
    const world = await WsWorld.open()
    const ada = await world.person('admin', world.projectId)
    const { projectId: other } = await world.muster.projects.add({ name: 'another' })
    const client = new MusterClient(world.origin, { token: async () => ada.token })
    onTestFinished(() => client.close())
    const heard = new Map<string, [string, unknown][]>()
    const channels = ['admin', `project:${world.projectId}`, `project:${other}`] as const
    for (const channel of channels) {
      const of: [string, unknown][] = []
      heard.set(channel, of)
      const queueUpdated = ({ projectId, counts }: { projectId: string; counts: object }): void =>
        void of.push([projectId, (counts as { pending: number }).pending])
      await client.follow(channel, { queueUpdated }).ready
    }
    for (const projectId of [world.projectId, other])
      await world.muster.queue.add(projectId, { type: 'echo', payload: { text: 'hei' } })
    const [mine, others] = [
      [world.projectId, 1],
      [other, 1],
    ]
    await until(() => {
      expect(heard.get('admin')).toEqual(expect.arrayContaining([mine, others]))
      expect(heard.get(`project:${world.projectId}`)).toContainEqual(mine)
      expect(heard.get(`project:${other}`)).toContainEqual(others)
    })
    expect(heard.get('admin')).toHaveLength(2)
    for (const [projectId] of heard.get(`project:${other}`) ?? []) expect(projectId).toBe(other)
    for (const [projectId] of heard.get(`project:${world.projectId}`) ?? [])
      expect(projectId).toBe(world.projectId)
  })
})

/** What an upgrade is answered. */
function upgrade(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; body: string }> {
  const asked = request(url, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
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

it.each(['/api/v1/queue/ws', '/queue_updates', '/socket.io/?EIO=4&transport=websocket', '/guest'])(
  'lets a page of its own host in at %s however the host is written, and names the setting to others',
  async (path) => {
    const guest: WsEndpoint = { path: '/guest', protocol: 'guest', open: () => async () => {} }
    const world = await WsWorld.open({ endpoints: [guest] })
    const ann = await world.person('annotator', world.projectId)
    const headers = { authorization: `Bearer ${ann.token}`, host: 'm.example.org:443' }
    const ask = (origin: string) => upgrade(world.origin + path, { ...headers, origin })
    expect(await ask('https://m.example.org')).toMatchObject({ status: 101 })
    const refused = await ask('https://stranger.example')
    // engine.io answers every upgrade that it refuses with 400.
    const status = path.startsWith('/socket.io') ? 400 : 403
    expect(refused).toMatchObject({ status, body: expect.stringContaining('MUSTER_CORS_ORIGINS') })
  },
)

describe('Plain WebSocket', () => {
  it('is refused by HTTP: no token 401, another origin 403, no such endpoint 404, an unreadable cursor 400', async () => {
    const world = await WsWorld.open({ corsOrigins: ['https://friend.example'] })
    const ann = await world.person('annotator', world.projectId)
    const foreign = (await world.muster.projects.add({ name: 'Other' })).projectId
    const status = async (path: string, person: Person | undefined, headers = {}) =>
      plain(world, path, person, { headers }).then(
        () => 101,
        (error: { status: number }) => error.status,
      )
    expect(await status('/api/v1/queue/ws', undefined)).toBe(401)
    expect(await status('/queue_updates', { ...ann, token: 'made-up' })).toBe(401)
    expect(await status('/api/v1/queue/ws?ticket=made-up', ann)).toBe(401)
    expect(await status('/api/v1/queue/ws', ann, { origin: 'https://stranger.example' })).toBe(403)
    expect(await status('/api/v1/elsewhere', ann)).toBe(404)
    expect(await status(`/queue_updates?projectId=${foreign}`, ann)).toBe(404)
    expect(await status('/api/v1/queue/ws?after=nonsense', ann)).toBe(400)
    expect(await status(`/api/v1/queue/ws?token=${ann.token}`, ann)).toBe(400)
    expect(await status('/api/v1/queue/ws', ann, { origin: 'https://friend.example' })).toBe(101)
    expect(await status('/api/v1/queue/ws', ann, { origin: world.origin })).toBe(101)
  })

  it('takes its token as a subprotocol, and tickets once', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const { socket } = await plain(world, '/api/v1/queue/ws', undefined, {
      protocols: ['muster.v1', `bearer.${ann.token}`],
    })
    expect(socket.protocol).toBe('muster.v1')
    const expiresAt = new Date(Date.now() + 60_000)
    await world.muster.tickets.keep('a ticket', { userId: ann.userId, tokenRole: 'annotator', expiresAt })
    await plain(world, '/api/v1/queue/ws?ticket=a%20ticket', undefined)
    await expect(plain(world, '/api/v1/queue/ws?ticket=a%20ticket', undefined)).rejects.toMatchObject({
      status: 401,
    })
  })

  it('answers what it does not understand, and stays; a frame over 64 KiB ends it', async () => {
    const world = await WsWorld.open()
    const client = await plain(world, '/api/v1/queue/ws', await world.person('annotator', world.projectId))
    for (const text of ['{', '[]', '{"type":"shout"}', '{"type":"presence"}']) client.socket.send(text)
    await until(() =>
      expect(
        client.frames.filter(({ type, code }) => type === 'error' && code === 'validation_failed'),
      ).toHaveLength(4),
    )
    client.socket.send('x'.repeat(64 * 1024 + 1))
    expect(await client.closed).toBe(1009)
  })

  it('tells of queues in the words of queue updates', async () => {
    const world = await WsWorld.open()
    const [ann, boss] = [await world.person('annotator', world.projectId), await world.person('admin')]
    const { muster, projectId } = world
    const clients = [
      await plain(world, '/queue_updates', boss),
      await plain(world, `/queue_updates?projectId=${projectId}`, ann),
    ]
    await muster.queue.pause(projectId)
    const { jobId } = await muster.queue.add(
      projectId,
      { type: 'echo', payload: { text: 'hi' } },
      boss.userId,
    )
    await muster.queue.resume(projectId)
    await muster.work()
    for (const client of clients) {
      await until(() =>
        expect(client.frames.map(({ updateType }) => updateType)).toEqual(
          expect.arrayContaining(['queue_paused', 'item_added', 'queue_resumed', 'item_completed']),
        ),
      )
      expect(client.frames.find(({ updateType }) => updateType === 'item_added')).toMatchObject({
        type: 'QueueUpdate',
        projectId,
        queue: [{ itemId: jobId, type: 'echo' }],
        affectedUserId: boss.userId,
        seq: 2,
        prev: 1,
      })
    }
  })

  it('closes what was narrowed to a project that its person lost with 4003', async () => {
    const world = await WsWorld.open()
    const ann = await world.person('annotator', world.projectId)
    const narrowed = await plain(world, `/queue_updates?projectId=${world.projectId}`, ann)
    const all = await plain(world, '/queue_updates', ann)
    await world.muster.projects.removeMember(world.projectId, ann.userId)
    expect(await narrowed.closed).toBe(4003)
    expect(all.socket.readyState).toBe(all.socket.OPEN)
  })

  it('closes a reader that takes nothing with 4008; others notice nothing, and it can resume', async () => {
    const world = await WsWorld.open({ slowAfterMs: 1_000 })
    const boss = await world.person('admin')
    const [slow, quick] = [
      await plain(world, '/queue_updates', boss),
      await plain(world, '/queue_updates', boss),
    ]
    slow.socket.pause()
    const BATCHES = 40
    for (let batch = 0; batch < BATCHES; batch++)
      await world.clear(...Array.from({ length: 500 }, (_, index) => index))
    await until(() => expect(factsOf(quick)).toHaveLength(BATCHES * 500))
    // It is closed on the server's side before it hears of it.
    await until(() => expect(world.ws.connections).toBe(1))
    slow.socket.resume()
    expect(await slow.closed).toBe(4008)
    expect(quick.socket.readyState).toBe(quick.socket.OPEN)
    const before = factsOf(slow).length
    expect(before).toBeLessThan(BATCHES * 500)
    const back = await plain(world, `/queue_updates?after=${slow.cursor}`, boss)
    await until(() => expect(factsOf(back).at(-1)?.seq).toBe(BATCHES * 500))
    expect(factsOf(back)[0].seq).toBe(before + 1)
  })
})

describe('An endpoint of another protocol', () => {
  const PROTOCOL = 'flood.v1'
  /** Lets in whom its first message names, says who that is, and with the second one sends without end. */
  const flood = (ended: (code: number) => void): WsEndpoint => ({
    path: '/flood',
    protocol: PROTOCOL,
    open(connection) {
      let open = true
      let admitted = false
      connection.onMessage(async (text) => {
        if (!admitted) {
          const { userId } = await connection.admit(text || undefined)
          admitted = true
          await connection.send(JSON.stringify({ userId }))
        }
        while (open && text === 'go on') await connection.send('"a great many words"'.repeat(1_000))
      })
      return async (code) => {
        open = false
        ended(code)
      }
    },
  })
  const dial = (world: WsWorld, headers = {}): WebSocket => {
    const socket = new WebSocket(`${world.origin.replace('http', 'ws')}/flood`, PROTOCOL, { headers })
    socket.on('error', () => {})
    onTestFinished(() => socket.terminate())
    return socket
  }
  const answer = async (socket: WebSocket, text: string): Promise<unknown> => {
    if (socket.readyState !== socket.OPEN) await once(socket, 'open')
    socket.send(text)
    const [bytes] = await once(socket, 'message')
    return JSON.parse(String(bytes))
  }

  it('has the same door: origins, tokens of the upgrade or later ones, connections, the end of the token', async () => {
    const world = await WsWorld.open({ endpoints: [flood(() => {})], connectionsPerPerson: 1 })
    const ann = await world.person('annotator', world.projectId)
    const refused = async (headers: object): Promise<unknown> => {
      const [request, { statusCode }] = await once(dial(world, headers), 'unexpected-response')
      request.destroy()
      return statusCode
    }
    expect(await refused({ origin: 'https://stranger.example' })).toBe(403)
    expect(await refused({ authorization: 'Bearer made-up' })).toBe(401)
    const named = dial(world, { authorization: `Bearer ${ann.token}` })
    expect(await answer(named, '')).toEqual({ userId: ann.userId })
    const second = dial(world)
    await once(second, 'open')
    second.send(ann.token)
    expect((await once(second, 'close'))[0]).toBe(1011)
    const ben = await world.person('annotator')
    const short = dial(world)
    await answer(short, tokenOf(ben.userId, 'annotator', 500))
    expect((await once(short, 'close'))[0]).toBe(4001)
    await until(() => expect(world.ws.connections).toBe(1))
  })

  it('is closed with 4008 if its reader takes nothing, and with 1008 if it says too much', async () => {
    const ends: number[] = []
    const world = await WsWorld.open({ endpoints: [flood((code) => ends.push(code))], slowAfterMs: 500 })
    const { token } = await world.person('annotator')
    const slow = dial(world)
    await answer(slow, token)
    slow.pause()
    slow.send('go on')
    await until(() => expect([ends, world.ws.connections]).toEqual([[4008], 0]))
    const loud = dial(world)
    await answer(loud, token)
    for (let said = 0; said < 200; said++) loud.send('')
    expect((await once(loud, 'close'))[0]).toBe(1008)
  })
})

describe('Beside a host’s own', () => {
  it('leaves the host’s upgrades and requests alone', async () => {
    const world = await WsWorld.open()
    const server = createServer((_, response) => response.end('the host'))
    server.on('upgrade', (request, socket) => {
      if (request.url === '/theirs') socket.end('HTTP/1.1 418 Their own\r\n\r\n')
    })
    const ws = attachMusterWs(server, { muster: world.muster, authenticator: clearTokens })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(async () => {
      await ws.close()
      server.close()
    })
    const origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`
    expect(await (await fetch(origin)).text()).toBe('the host')
    const theirs = plain({ origin } as WsWorld, '/theirs', undefined)
    await expect(theirs).rejects.toMatchObject({ status: 418 })
    const ann = await world.person('annotator', world.projectId)
    await plain({ origin } as WsWorld, '/api/v1/queue/ws', ann)
  })
})
