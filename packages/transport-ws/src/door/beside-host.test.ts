import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { coreModule, createMuster } from '@muster/host'
import { Server as SocketIo } from 'socket.io'
import { io as connectIo, type Socket } from 'socket.io-client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { attachMusterWs, type MusterWsOptions } from '../attach.ts'
import { MusterClient, type MusterClientOptions, RefusedError } from '../client.ts'
import { clearTokens, tokenOf } from '../ws-world.test.support.ts'

const ADMIN = tokenOf(randomUUID(), 'admin')
const QUICK = { reconnectMs: [10, 50] } as const

/** A server on which things are attached in this order, and its address. */
async function serving(...attached: readonly ((server: Server) => unknown)[]): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(404).end('host'))
  for (const attach of attached) attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function muster(options: Partial<MusterWsOptions> = {}): Promise<(server: Server) => unknown> {
  const made = await createMuster({ modules: [coreModule()] })
  return (server) => {
    const ws = attachMusterWs(server, { muster: made, authenticator: clearTokens, ...options })
    onTestFinished(async () => {
      await ws.close()
      await made.close()
    })
  }
}

/** A socket.io of the host, that says who it is. */
const hostIo = (server: Server): void => {
  const io = new SocketIo(server)
  io.on('connection', (socket) => socket.emit('hello', 'host'))
  onTestFinished(() => io.disconnectSockets(true))
}

/** As hostIo, but it thinks about it. */
const thinkingIo = (server: Server): void => {
  const allowRequest = (_request: unknown, decide: (why: null, allowed: boolean) => void): void =>
    void setImmediate(() => decide(null, true))
  const io = new SocketIo(server, { allowRequest })
  io.on('connection', (socket) => socket.emit('hello', 'host'))
  onTestFinished(() => io.disconnectSockets(true))
}

const hostWs = (server: Server): void => {
  const sockets = new WebSocketServer({ server, path: '/chat' })
  sockets.on('connection', (socket) => socket.send('host'))
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate()
  })
}

async function helloOf(origin: string, transports: string[]): Promise<string> {
  const socket: Socket = connectIo(origin, { transports, forceNew: true, reconnection: false })
  onTestFinished(() => void socket.close())
  return new Promise((resolve, reject) => {
    socket.once('hello', resolve)
    socket.once('connect_error', reject)
  })
}

async function chatOf(origin: string): Promise<string> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/chat`)
  const [said] = (await once(socket, 'message')) as [Buffer]
  socket.close()
  return String(said)
}

function client(address: string, options: Partial<MusterClientOptions> = {}): MusterClient {
  const made = new MusterClient(address, { token: ADMIN, ...QUICK, ...options })
  onTestFinished(() => made.close())
  return made
}

/** What is told of a channel that cannot be followed: by its promise, and by its handler. */
async function refusalAt(address: string, options: Partial<MusterClientOptions> = {}): Promise<string[]> {
  const closed = Promise.withResolvers<string>()
  const { ready } = client(address, options).follow('admin', { closed: closed.resolve })
  const error = await ready.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(RefusedError)
  return [(error as RefusedError).code, await closed.promise]
}

/** The status that an upgrade is answered, or how its connection ended. */
function statusOf(origin: string, path: string): Promise<number | string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(origin.replace('http', 'ws') + path)
    socket.on('open', () => {
      resolve(101)
      socket.close()
    })
    socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0))
    socket.on('error', (error) => resolve(error.message))
  })
}

it.each(['slowAfterMs', 'connectionsPerPerson'] as const)('refuses a %s that is no number', async (name) => {
  for (const value of [-1, 0, 1.5, Number.NaN, '60' as unknown as number]) {
    const attach = await muster({ [name]: value })
    expect(() => attach(createServer())).toThrow(
      new RegExp(`^attachMusterWs: ${name} must be a whole number from 1 .*, not `),
    )
  }
})

it('refuses to be attached without a way to know who connects', async () => {
  const attach = await muster({ authenticator: undefined as never })
  expect(() => attach(createServer())).toThrow(
    new TypeError('attachMusterWs needs an authenticator, or authenticate, to know who connects'),
  )
})

it.each<[object, string]>([
  [{ connectionPerPerson: 5 }, 'connectionPerPerson is not known: did you mean connectionsPerPerson?'],
  [{ corsOrigins: 'https://app.example.org' }, 'corsOrigins must be a list of origins'],
  [{ corsOrigins: ['*'] }, 'corsOrigins has *, which is no origin'],
  [{ polling: 1 }, 'polling must be true or false, not 1'],
])('refuses %j by name', async (wrong, message) => {
  const attach = await muster(wrong)
  expect(() => attach(createServer())).toThrow(`attachMusterWs: ${message}`)
})

it.each([[[Number.NaN, 5]], [[5]], [[-1, 5]], [[5, 1]]])('connects by no pauses of %j', (reconnectMs) => {
  const client = () =>
    new MusterClient('http://127.0.0.1:1', { token: 't', reconnectMs: reconnectMs as never })
  expect(client).toThrow('reconnectMs must be two numbers')
})

describe('Muster beside the sockets of its host', () => {
  it.each([
    ['after', (ours: never) => [hostIo, hostWs, ours]],
    ['before', (ours: never) => [ours, hostIo, hostWs]],
  ] as const)('has a path of its own if it is attached %s a socket.io and a ws', async (_order, order) => {
    for (const options of [{ path: '/live/io' }, { base: '/muster' }]) {
      const origin = await serving(...order((await muster(options)) as never))
      const live = 'path' in options ? client(origin, options) : client(`${origin}${options.base}`)
      await live.follow('admin', {}).ready
      const inbox = `${'base' in options ? options.base : ''}/api/v1/queue/ws`
      expect(await statusOf(origin, inbox)).toBe(401)
      expect(await chatOf(origin)).toBe('host')
    }
  })

  it.each([
    ['at once, attached first', (ours: never) => [hostIo, ours]],
    ['at once, attached last', (ours: never) => [ours, hostIo]],
    ['after a thought, attached first', (ours: never) => [thinkingIo, ours]],
    ['after a thought, attached last', (ours: never) => [ours, thinkingIo]],
  ] as const)('leaves /socket.io to a host that takes it too, %s', async (_order, order) => {
    const origin = await serving(...order((await muster()) as never))
    expect(await helloOf(origin, ['websocket'])).toBe('host')
    expect(await helloOf(origin, ['polling', 'websocket'])).toBe('host')
    expect(await statusOf(origin, '/api/v1/queue/ws')).toBe(401)
  })

  it('takes /socket.io if the listeners of its host do not', async () => {
    const mine = (server: Server): void => void server.on('upgrade', () => undefined)
    const origin = await serving(mine, await muster())
    const following = client(origin).follow('admin', {})
    await following.ready
    expect(following.cursor).toBeTypeOf('string')
  })

  it('refuses an upgrade that nobody takes, whatever its address, and leaves plain requests alone', async () => {
    const origin = await serving(await muster({ base: '/a' }), await muster({ base: '/b' }))
    await client(`${origin}/a`).follow('admin', {}).ready
    await client(`${origin}/b/`).follow('admin', {}).ready
    expect(await statusOf(origin, '/c/socket.io/')).toBe(404)
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    socket.end('GET //\u0000?%% HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[04]/)
    const double = connect(Number(new URL(origin).port), '127.0.0.1')
    double.end('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    expect(await text(double)).toMatch(/^HTTP\/1\.1 404/)
    const plain = await fetch(`${origin}/c`)
    expect([plain.status, await plain.text()]).toEqual([404, 'host'])
  })

  it('closes sockets so that clients go elsewhere, and leaves the server as it was', async () => {
    const made = await createMuster({ modules: [coreModule()] })
    onTestFinished(() => made.close())
    let served: Server | undefined
    const origin = await serving((server) => {
      served = server
    })
    if (served === undefined) throw new Error('no server')
    const ws = attachMusterWs(served, { muster: made, authenticator: clearTokens })
    const stock = connectIo(origin, { transports: ['websocket'], auth: { token: ADMIN } })
    onTestFinished(() => void stock.close())
    await new Promise<void>((resolve) => void stock.once('connect', resolve))
    const reason = new Promise<string>((resolve) => void stock.once('disconnect', resolve))
    await ws.close()
    // After this one, and not after "io server disconnect", a stock client connects again by itself.
    expect(await reason).toBe('transport close')
    expect(served.listenerCount('upgrade')).toBe(0)
    expect(Object.hasOwn(served, 'emit')).toBe(false)
    attachMusterWs(served, { muster: made, authenticator: clearTokens })
    await new Promise<void>((resolve) => void stock.once('connect', resolve))
  })
})

describe('a client whose server will not have it', () => {
  it('says so of a wrong address and of a bad token', async () => {
    const origin = await serving(await muster({ base: '/muster' }))
    expect(await refusalAt(origin)).toEqual(['not_found', 'not_found'])
    expect(await refusalAt(`${origin}/muster`, { token: 'bad' })).toEqual(['unauthorized', 'unauthorized'])
    expect(await refusalAt(`${origin}/muster`, { token: async () => 'bad again' })).toEqual([
      'unauthorized',
      'unauthorized',
    ])
  })

  it('takes a fresh token after a stale one, waits for who issues it, and may be asked again', async () => {
    const origin = await serving(await muster())
    const tokens = ['stale', undefined, undefined, undefined, undefined, ADMIN]
    const token = async (): Promise<string> => {
      const next = tokens.length > 1 ? tokens.shift() : tokens[0]
      if (next === undefined) throw new Error('the issuer is away')
      return next
    }
    await client(origin, { token }).follow('admin', {}).ready

    let good = false
    const moody = client(origin, { token: async () => (good ? ADMIN : 'bad') })
    await expect(moody.follow('admin', {}).ready).rejects.toMatchObject({ code: 'unauthorized' })
    good = true
    await moody.follow('admin', {}).ready
  })

  it('waits for a server that is away, and ends what is followed when it is closed', async () => {
    const away = client('http://127.0.0.1:1')
    const following = away.follow('admin', {})
    const failed = new Promise<void>((resolve) => void away.socket.once('connect_error', () => resolve()))
    await failed
    away.close()
    await expect(following.ready).rejects.toMatchObject({ code: 'closed' })
    await expect(away.follow('me', {}).ready).rejects.toMatchObject({ code: 'closed' })
    expect(() => new MusterClient('nowhere', { token: ADMIN })).toThrow(/^The address must be/)
  })
})
