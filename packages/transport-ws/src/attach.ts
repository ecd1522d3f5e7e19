import { type Server as HttpServer, type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { MusterError, NotFoundError, UnavailableError, ValidationError } from '@muster/core'
import { type Channel, decodeCursor, type Subscription } from '@muster/core/feed'
import type { Clock } from '@muster/core/ports'
import { parse } from '@muster/core/schemas'
import { assertOptions, basePath, type OptionRules, option, publicMessage } from '@muster/core/support'
import type { Muster } from '@muster/host'
import { WebSocketServer } from 'ws'
import {
  Admission,
  type Caller,
  type CallerOptions,
  codeOf,
  ORIGIN_REFUSED,
  PROTOCOL,
  type WsCode,
} from './door/admission.ts'
import { EndpointConnection, type WsEndpoint } from './door/endpoint.ts'
import { type Route, routeUpgrades } from './door/upgrades.ts'
import { projectId as projectIdText } from './ids.ts'
import type { Outlet } from './outlet.ts'
import { type Endpoint, PlainConnection } from './plain.ts'
import { openSocketIo } from './socket-io.ts'

/** What is shown, to whom, and how much of it. */
export interface MusterWsOptions extends CallerOptions {
  readonly muster: Muster
  /** What everything lies below, such as `/muster`. Default: nothing. */
  readonly base?: string
  /** Whether upgrades without `base` are Muster's too, for a proxy that strips it. Default false. */
  readonly stripped?: boolean
  /** Where socket.io lies. Default `<base>/socket.io`. A host with a socket.io of its own names another path, or a `base`. */
  readonly path?: string
  /** Where `/queue/ws` lies, below `base`. Default `/api/v1`, as of the HTTP transport. */
  readonly prefix?: string
  /** A reader that takes nothing for so long is closed with 4008; default 10 000 ms. */
  readonly slowAfterMs?: number
  /** What the rate of a connection's frames goes by; default Muster's clock. */
  readonly clock?: Pick<Clock, 'now'>
  /** Protocols on paths of their own, behind the same door; such as `graphqlOverWs` of the HTTP transport. */
  readonly endpoints?: readonly WsEndpoint[]
  /** Serves socket.io by long polling too, which needs sticky sessions where there are several processes; default false. */
  readonly polling?: boolean
}

const RULES: OptionRules<MusterWsOptions> = {
  muster: option.needed(option.having('work')),
  authenticator: option.having('authenticate'),
  authenticate: option.callable,
  base: option.anyText,
  stripped: option.flag,
  path: option.text,
  prefix: option.anyText,
  corsOrigins: option.origins,
  connectionsPerPerson: option.whole(1),
  slowAfterMs: option.whole(1, 86_400_000),
  clock: option.having('now'),
  endpoints: option.list(),
  polling: option.flag,
}

/** What was attached. */
export interface MusterWs {
  /** Connections that are open. */
  readonly connections: number
  /** Closes every connection with 1001, and leaves the server. Can be called twice. */
  close(): Promise<void>
}

const MAX_FRAME_BYTES = 64 * 1024
const TICK_MS = 500

/**
 * Shows Muster live on `server`, a Fastify's or a bare one: socket.io at `<base>/socket.io`, plain WebSocket at `<base><prefix>/queue/ws` and
 * `<base>/queue_updates`. Upgrades of other paths are the host's, whether its listeners were there before or come later; if it has none, they are
 * refused with 404. A host that serves `/socket.io` too keeps it unless `path` or `base` is given.
 * @throws TypeError for a path that is none, or a number that cannot be meant
 */
export function attachMusterWs(server: HttpServer, options: MusterWsOptions): MusterWs {
  assertOptions('attachMusterWs', options, RULES)
  const { muster, slowAfterMs = 10_000, polling = false, clock = muster.clock } = options
  const base = basePath(options.base)
  const prefix = base + basePath(options.prefix ?? '/api/v1', 'prefix')
  const ioPath = options.path === undefined ? `${base}/socket.io` : basePath(options.path, 'path')
  const admission = new Admission(muster, options)
  const outlets = new Set<Outlet>()
  const guests = endpointServers(options, base, admission, clock, slowAfterMs)
  const io = openSocketIo(
    { path: ioPath, muster, admission, clock, slowAfterMs, polling, maxFrameBytes: MAX_FRAME_BYTES },
    outlets,
  )
  const plain = socketServer(PROTOCOL)

  const accept = (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    asked: Asked,
    opened: Opened,
  ): void => {
    const { caller, subscription, leave } = opened
    // Whoever went away meanwhile is not served.
    if (!socket.readable || !socket.writable) {
      subscription.close()
      leave()
      socket.destroy()
      return
    }
    plain.handleUpgrade(request, socket, head, (webSocket) => {
      const { endpoint } = asked
      const left = (): void => {
        leave()
        outlets.delete(connection.outlet)
      }
      const connection = new PlainConnection({
        muster,
        endpoint,
        socket: webSocket,
        clock,
        subscription,
        caller,
        slowAfterMs,
        left,
      })
      outlets.add(connection.outlet)
    })
  }

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = new URL(whole(request.url), 'http://localhost')
    const guest = guests.get(url.pathname)
    const endpoint = endpointOf(url.pathname, prefix, base)
    hearErrors(socket)
    const served =
      guest === undefined
        ? open(request, url, endpoint).then(({ asked, opened }) =>
            accept(request, socket, head, asked, opened),
          )
        : callerOf(request, url).then((caller) => guest.accept(request, socket, head, caller))
    served.catch((error: unknown) =>
      refuse(socket, error instanceof ConnectionRefusedError ? error.code : codeOf(error, muster), error),
    )
  }

  const hearErrors = (socket: Duplex): void => {
    socket.on('error', (error) => muster.logger.debug({ err: error }, 'An upgrade broke off'))
  }

  /** An address as it was before a proxy stripped it. */
  const whole = (url = '/'): string =>
    options.stripped === true && !url.startsWith(`${base}/`) ? base + url : url

  let isClosing = false
  const goingAway: Route = {
    isShared: false,
    upgrade: (_request, socket) => {
      hearErrors(socket)
      refuse(socket, 'unavailable', new UnavailableError('This server is about to end'))
    },
  }
  const plainRoute: Route = { isShared: false, upgrade: onUpgrade }
  const ioRoute: Route = {
    isShared: options.path === undefined && base === '',
    upgrade: (request, socket, head) => {
      request.url = whole(request.url)
      io.door.emit('upgrade', request, socket, head)
    },
    request: (request, response) => {
      request.url = whole(request.url)
      io.door.emit('request', request, response)
    },
  }
  const routeOf = (asked: string): Route | undefined => {
    const path = whole(asked)
    if (path.startsWith(`${ioPath}/`))
      return isClosing ? { ...goingAway, isShared: ioRoute.isShared } : ioRoute
    if (!guests.has(path) && endpointOf(path, prefix, base) === undefined) return undefined
    return isClosing ? goingAway : plainRoute
  }

  const callerOf = async (request: IncomingMessage, url: URL): Promise<Caller | undefined> => {
    if (!admission.allowsOrigin(request)) throw new ConnectionRefusedError('forbidden', ORIGIN_REFUSED)
    return admission.byRequest(request, url.searchParams.get('ticket'))
  }

  const open = async (request: IncomingMessage, url: URL, endpoint: Endpoint | undefined) => {
    if (endpoint === undefined) throw new NotFoundError('endpoint', url.pathname)
    const caller = (await callerOf(request, url)) ?? (await admission.bySession(request))
    const asked = read(url, endpoint)
    const leave = admission.enter(caller)
    try {
      const { userId, tokenRole } = caller
      const subscription = await muster.feed.subscribe({ userId, tokenRole, ...asked })
      return { asked, opened: { caller, subscription, leave } }
    } catch (error) {
      leave()
      throw error
    }
  }

  const leave = routeUpgrades(server, routeOf, (socket, path) => {
    hearErrors(socket)
    refuse(socket, 'not_found', new NotFoundError('endpoint', path))
  })
  const ticking = setInterval(() => {
    const now = Date.now()
    for (const outlet of outlets) outlet.tick(now)
    for (const { connections } of guests.values()) for (const connection of connections) connection.tick(now)
  }, TICK_MS).unref()

  let closed: Promise<void> | undefined
  return {
    get connections() {
      const ofGuests = [...guests.values()].reduce((sum, { connections }) => sum + connections.size, 0)
      return [...outlets].filter(({ isOpen }) => isOpen).length + ofGuests
    },
    close() {
      closed ??= (async () => {
        clearInterval(ticking)
        isClosing = true
        const servers = [plain, ...[...guests.values()].map(({ sockets }) => sockets)]
        await Promise.all([io.close(), ...servers.flatMap(({ clients }) => [...clients].map(closing))])
        for (const each of servers) each.close()
        leave()
      })()
      return closed
    },
  }
}

/** What serves the connections of an endpoint. */
interface EndpointServer {
  readonly sockets: WebSocketServer
  readonly connections: ReadonlySet<EndpointConnection>
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller | undefined): void
}

function endpointServers(
  { muster, endpoints = [] }: MusterWsOptions,
  base: string,
  admission: Admission,
  clock: Pick<Clock, 'now'>,
  slowAfterMs: number,
): ReadonlyMap<string, EndpointServer> {
  const servers = endpoints.map((endpoint): [string, EndpointServer] => {
    const { path, protocol } = endpoint
    const connections = new Set<EndpointConnection>()
    const sockets = socketServer(protocol)
    const accept: EndpointServer['accept'] = (request, socket, head, caller) =>
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const ended = (): void => void connections.delete(connection)
        const socket = webSocket
        const options = { muster, admission, endpoint, request, socket, clock, caller, slowAfterMs, ended }
        const connection = new EndpointConnection(options)
        connections.add(connection)
      })
    return [base + path, { sockets, connections, accept }]
  })
  return new Map(servers)
}

function socketServer(protocol: string): WebSocketServer {
  return new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(protocol) ? protocol : false),
  })
}

const CLOSING_MS = 1_000

/** Says why, and waits a moment for whoever is still there to hear it. */
async function closing(client: import('ws').WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  client.once('close', () => resolve())
  const impatience = setTimeout(() => client.terminate(), CLOSING_MS)
  client.close(1001)
  await promise
  clearTimeout(impatience)
}

interface Asked {
  readonly endpoint: Endpoint
  readonly channel: Channel
  readonly after: string | undefined
}

interface Opened {
  readonly caller: Caller
  readonly subscription: Subscription
  readonly leave: () => void
}

class ConnectionRefusedError extends Error {
  readonly code: WsCode

  constructor(code: WsCode, message: string) {
    super(message)
    this.code = code
  }
}

function endpointOf(path: string, prefix: string, base: string): Endpoint | undefined {
  if (path === `${prefix}/queue/ws`) return 'me'
  return path === `${base}/queue_updates` ? 'queues' : undefined
}

const PARAMETERS: Readonly<Record<Endpoint, readonly string[]>> = {
  me: ['ticket', 'after'],
  queues: ['ticket', 'after', 'projectId'],
}

/** What the address asks for. @throws ValidationError naming the parameter at fault; NotFoundError for an id that is none */
function read(url: URL, endpoint: Endpoint): Asked {
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS[endpoint].includes(name)) {
      throw new ValidationError([{ path: name, message: 'is not a known parameter' }])
    }
  }
  const after = url.searchParams.get('after') ?? undefined
  if (after !== undefined) decodeCursor(after)
  if (endpoint === 'me') return { endpoint, channel: { kind: 'me' }, after }
  const named = url.searchParams.get('projectId')
  const projectId = named === null ? null : parse(projectIdText, named, ['projectId'])
  return { endpoint, channel: { kind: 'queues', projectId }, after }
}

const STATUS: Readonly<Partial<Record<WsCode, number>>> = {
  validation_failed: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  rate_limited: 429,
  unavailable: 503,
  busy: 503,
  closed: 503,
}

function detailOf(error: unknown): string {
  if (error instanceof MusterError) return publicMessage(error)
  return error instanceof Error ? error.message : 'Something went wrong here'
}

/** Answers an upgrade by HTTP, with a problem as the HTTP transport has it. */
function refuse(socket: Duplex, code: WsCode, error: unknown): void {
  const status = STATUS[code] ?? 500
  const title = STATUS_CODES[status] ?? 'Refused'
  const detail = status === 500 ? 'Something went wrong here' : detailOf(error)
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, code })
  const retry = status === 429 || status === 503 ? ['Retry-After: 5'] : []
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...retry,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
