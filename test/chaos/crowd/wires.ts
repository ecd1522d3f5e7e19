import { io, type Socket } from 'socket.io-client'
import { WebSocket } from 'ws'

export const WIRES = ['ws', 'socket.io', 'sse', 'graphql-ws'] as const
/** A way of following: `ws` is `/queue/ws` for what is one's own and `/queue_updates` for queues; `sse` is GraphQL over server-sent events. */
export type Wire = (typeof WIRES)[number]

/** What is followed. `progress` is the subscription `runProgress`, which has no cursor. */
export type Wanted =
  | { readonly kind: 'me' }
  | { readonly kind: 'admin' }
  | { readonly kind: 'project'; readonly projectId: string }
  | { readonly kind: 'queues'; readonly projectId: string | null }
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'progress'; readonly runId: string }

/** The wires that carry each kind, among which a reader may change with a cursor. */
export const CARRIED_BY: Readonly<Record<Wanted['kind'], readonly Wire[]>> = {
  me: ['ws', 'socket.io', 'sse', 'graphql-ws'],
  project: ['socket.io', 'sse', 'graphql-ws'],
  queues: ['ws'],
  run: ['socket.io'],
  progress: ['sse', 'graphql-ws'],
  admin: ['socket.io'],
}

// biome-ignore lint/suspicious/noExplicitAny: frames of every shape
export type Frame = any

/** What is heard, in the same words on every wire. */
export interface Ear {
  opened(opening: { readonly cursor: string; readonly resumed: boolean; readonly snapshot?: Frame }): void
  event(event: Frame): void
  /** `queue:updated` of socket.io. */
  queue(update: Frame): void
  progress(progress: Frame): void
  mark(cursor: string): void
  reload(reload: { readonly reason: string; readonly snapshot: Frame; readonly cursor: string }): void
  /** It was answered that the person is present, or is not, and that those are shown who are; on `ws`. */
  presence?(projectId: string, state: 'active' | 'left'): void
  /** Nothing more comes: the right was lost, or it was refused. */
  closed(code: string): void
}

/** A connection that is read until it is cut off. */
export interface Connection {
  /** It will not bring anything any more. */
  readonly over: boolean
  cut(): void
  /** Takes nothing until told to. */
  stall(): void
  goOn(): void
  /** Says that its person is present, or has left; on wires that can say it. */
  present(projectId: string, state: 'active' | 'left'): void
}

/** Who follows what from where. */
export interface Request {
  readonly origin: string
  readonly token: string
  readonly wanted: Wanted
  readonly after: string | undefined
}

export function connect(wire: Wire, request: Request, ear: Ear): Connection {
  switch (wire) {
    case 'ws':
      return overPlain(request, ear)
    case 'socket.io':
      return overSocketIo(request, ear)
    case 'sse':
      return overEvents(request, ear)
    case 'graphql-ws':
      return overGraphqlWs(request, ear)
  }
}

/** What the events of a queue are called elsewhere. */
const FACT_TYPES: Readonly<Record<string, string>> = {
  item_added: 'queue_item_added',
  item_removed: 'queue_item_removed',
  item_started: 'job_started',
  item_completed: 'job_completed',
  item_failed: 'job_failed',
  item_retried: 'job_retried',
}

function overPlain({ origin, token, wanted, after }: Request, ear: Ear): Connection {
  const query = new URLSearchParams()
  if (after !== undefined) query.set('after', after)
  if (wanted.kind === 'queues' && wanted.projectId !== null) query.set('projectId', wanted.projectId)
  const path = wanted.kind === 'me' ? '/api/v1/queue/ws' : '/queue_updates'
  const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}?${query}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  let over = false
  // Answered in the order in which they were said.
  const said: ('active' | 'left')[] = []
  socket.on('message', (bytes: Buffer) => {
    if (over) return
    const frame = JSON.parse(String(bytes))
    const state = frame.type === 'presence_ack' || frame.type === 'error' ? said.shift() : undefined
    if (state !== undefined) {
      if (frame.ok) ear.presence?.(frame.projectId, state)
    } else if (frame.type === 'ready') ear.opened(frame)
    else if (frame.type === 'mark') ear.mark(frame.cursor)
    else if (frame.type === 'reload') ear.reload(frame)
    else if (frame.type === 'QueueUpdate')
      ear.event({ ...frame, type: FACT_TYPES[frame.updateType] ?? frame.updateType })
    else ear.event(frame)
  })
  socket.on('unexpected-response', (request, { statusCode }) => {
    request.destroy()
    if (!over) ear.closed(statusCode === 404 ? 'not_found' : statusCode === 401 ? 'unauthorized' : 'refused')
    over = true
  })
  socket.on('error', () => {
    over = true
  })
  socket.on('close', (code) => {
    if (!over && (code === 4001 || code === 4003)) ear.closed(code === 4001 ? 'unauthorized' : 'not_found')
    over = true
  })
  return {
    get over() {
      return over
    },
    cut() {
      over = true
      socket.terminate()
    },
    stall: () => socket.pause(),
    goOn: () => socket.resume(),
    present(projectId, state) {
      if (socket.readyState !== WebSocket.OPEN) return
      said.push(state)
      socket.send(JSON.stringify({ type: 'presence', projectId, state }))
    },
  }
}

function channelOf(wanted: Wanted): string {
  if (wanted.kind === 'project') return `project:${wanted.projectId}`
  return wanted.kind === 'run' ? `run:${wanted.runId}` : wanted.kind
}

function overSocketIo({ origin, token, wanted, after }: Request, ear: Ear): Connection {
  const socket: Socket = io(origin, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    auth: { token },
  })
  let over = false
  const heard = <Args extends unknown[]>(hear: (...args: Args) => void) => {
    return (...args: Args): void => {
      if (!over) hear(...args)
    }
  }
  socket.on('connect', () => {
    const request = { channel: channelOf(wanted), ...(after === undefined ? {} : { after }) }
    socket.emit(
      'subscribe',
      request,
      heard((answer: Frame) => {
        if (answer.ok) ear.opened(answer)
        else {
          over = true
          ear.closed(answer.code)
          socket.close()
        }
      }),
    )
  })
  socket.on(
    'event',
    heard((event: Frame) => ear.event(event)),
  )
  socket.on(
    'mark',
    heard(({ cursor }: Frame) => ear.mark(cursor)),
  )
  socket.on(
    'reload',
    heard((reload: Frame) => ear.reload(reload)),
  )
  socket.on(
    'closed',
    heard(({ code }: Frame) => {
      over = true
      ear.closed(code)
      socket.close()
    }),
  )
  socket.onAny(
    heard((name: string, update: Frame) => {
      if (name.startsWith('queue:updated:')) ear.queue(update)
    }),
  )
  socket.on('connect_error', (error) => {
    const { code } = (error as Error & { readonly data?: { readonly code?: string } }).data ?? {}
    if (!over && code === 'unauthorized') ear.closed(code)
    over = true
  })
  socket.on('disconnect', () => {
    over = true
  })
  const raw = (): WebSocket | undefined =>
    (socket.io.engine?.transport as unknown as { readonly ws?: WebSocket } | undefined)?.ws
  return {
    get over() {
      return over
    },
    cut() {
      over = true
      socket.io.engine?.close()
      socket.close()
    },
    stall: () => raw()?.pause(),
    goOn: () => raw()?.resume(),
    present(projectId, state) {
      if (socket.connected) socket.emit('presence', { projectId, state }, () => {})
    },
  }
}

const FIELDS =
  'type cursor eventId projectId seq prev affectedUserIds occurredAt data resumed reason snapshot'

function documentOf(wanted: Wanted, after: string | undefined): { query: string; variables: object } {
  const variables = { ...('projectId' in wanted ? { id: wanted.projectId } : {}), after }
  switch (wanted.kind) {
    case 'me':
      return {
        query: `subscription ($after: String) { told: myEvents(after: $after) { ${FIELDS} } }`,
        variables,
      }
    case 'project':
      return {
        query: `subscription ($id: ID!, $after: String) { told: projectEvents(projectId: $id, after: $after) { ${FIELDS} } }`,
        variables,
      }
    case 'progress':
      return {
        query: `subscription ($id: ID!) { progress: runProgress(runId: $id) { status total completed failed cancelled } }`,
        variables: { id: wanted.runId },
      }
    case 'admin':
    case 'queues':
    case 'run':
      throw new RangeError(`GraphQL carries no ${wanted.kind}`)
  }
}

function hearAnswer({ data, errors }: Frame, ear: Ear): void {
  if (errors !== undefined) {
    ear.closed(errors[0]?.extensions?.code ?? 'refused')
    return
  }
  if (data.progress) ear.progress({ ...data.progress, status: data.progress.status.toLowerCase() })
  const { told } = data
  if (!told) return
  if (told.type === 'ready') ear.opened(told)
  else if (told.type === 'mark') ear.mark(told.cursor)
  else if (told.type === 'reload') ear.reload(told)
  else ear.event(told)
}

/** GraphQL over server-sent events. */
function overEvents({ origin, token, wanted, after }: Request, ear: Ear): Connection {
  const stop = new AbortController()
  let over = false
  let gate: PromiseWithResolvers<void> | undefined
  const read = async (): Promise<void> => {
    const reply = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'text/event-stream',
        'content-type': 'application/json',
      },
      body: JSON.stringify(documentOf(wanted, after)),
      signal: stop.signal,
    })
    if (reply.status === 401) ear.closed('unauthorized')
    if (!reply.ok || reply.body === null) return
    let text = ''
    const decoder = new TextDecoder()
    for await (const bytes of reply.body) {
      text += decoder.decode(bytes, { stream: true })
      const frames = text.split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) {
        const line = /^data: ?(.+)$/m.exec(frame)?.[1]
        if (line !== undefined && !over) hearAnswer(JSON.parse(line), ear)
      }
      await gate?.promise
    }
  }
  void read()
    .catch(() => undefined)
    .finally(() => {
      over = true
    })
  return {
    get over() {
      return over
    },
    cut() {
      over = true
      gate?.resolve()
      stop.abort()
    },
    stall() {
      gate ??= Promise.withResolvers()
    },
    goOn() {
      gate?.resolve()
      gate = undefined
    },
    present: () => undefined,
  }
}

/** GraphQL in the protocol `graphql-transport-ws`. */
function overGraphqlWs({ origin, token, wanted, after }: Request, ear: Ear): Connection {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  let over = false
  const end = (): void => {
    over = true
  }
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
  )
  socket.on('message', (bytes: Buffer) => {
    if (over) return
    const { type, payload } = JSON.parse(String(bytes))
    if (type === 'connection_ack')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: documentOf(wanted, after) }))
    else if (type === 'ping') socket.send(JSON.stringify({ type: 'pong' }))
    else if (type === 'next') hearAnswer(payload, ear)
    else if (type === 'error') hearAnswer({ errors: payload }, ear)
    if (type === 'complete' || type === 'error') {
      end()
      socket.close()
    }
  })
  socket.on('error', end)
  socket.on('close', (code) => {
    if (!over && (code === 4401 || code === 4001)) ear.closed('unauthorized')
    end()
  })
  return {
    get over() {
      return over
    },
    cut() {
      end()
      socket.terminate()
    },
    stall: () => socket.pause(),
    goOn: () => socket.resume(),
    present: () => undefined,
  }
}
