import { request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { ClientsTask, FanoutWire, Heard } from './fanout-wires.ts'

/** How many connections look at the moment inside; all count. */
const LOOKING = 50
const CONNECTING_AT_ONCE = 100
const QUIET_MS = 500

// The first bytes of packets: of engine.io OPEN and PING; of socket.io, inside a message, CONNECT and ACK.
const OPEN = '0'.charCodeAt(0)
const PING = '2'.charCodeAt(0)
const CONNECTED = '0'.charCodeAt(0)
const ANSWER = '3'.charCodeAt(0)
/** Signals are not counted. */
const FACT = Buffer.from('"queue_cleared"')
const READY = Buffer.from('"ready"')

const subscribed: Readonly<Record<FanoutWire, (token: string, nth: number) => Promise<Client>>> = {
  'socket.io': overSocketIo,
  ws: overPlain,
  sse: overEvents,
  'graphql-ws': overGraphqlWs,
}

const task: ClientsTask = JSON.parse(process.argv[2] ?? '')
const latencies: number[] = []
let delivered = 0
let firstAt = 0
let lastAt = 0

/** A connection that can be left unread. */
interface Client {
  pause(): void
}

const sockets: Client[] = []
for (let at = 0; at < task.tokens.length; at += CONNECTING_AT_ONCE) {
  const some = task.tokens.slice(at, at + CONNECTING_AT_ONCE)
  sockets.push(...(await Promise.all(some.map((token, nth) => subscribed[task.wire](token, at + nth)))))
}
for (const socket of sockets.slice(0, task.stalled)) socket.pause()
process.send?.('ready')
process.once('disconnect', () => process.exit())
process.on('message', () => void heard().then((all) => process.send?.(all)))

function projectOf(nth: number): string {
  return task.projectIds[nth % task.projectIds.length] ?? ''
}

/** Of the first that listen, each fact is looked at. */
function hearing(nth: number): (bytes: Buffer) => void {
  const looks = nth >= task.stalled && nth < task.stalled + LOOKING
  return (bytes) => hear(looks ? bytes : undefined)
}

/** Speaks just enough of socket.io (engine.io 4, socket.io 5) to subscribe and to count events. */
function overSocketIo(token: string, nth: number): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>()
  const url = `${task.origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true })
  const heard = hearing(nth)
  const request = JSON.stringify(['subscribe', { channel: `project:${projectOf(nth)}` }])
  socket.on('error', reject)
  socket.on('message', (bytes: Buffer) => {
    if (bytes[0] === OPEN) socket.send(`40${JSON.stringify({ token })}`)
    else if (bytes[0] === PING) socket.send('3')
    else if (bytes[1] === CONNECTED) socket.send(`420${request}`)
    else if (bytes[1] === ANSWER) resolve(socket)
    else if (bytes.includes(FACT)) heard(bytes)
  })
  return promise
}

function overPlain(token: string, nth: number): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>()
  const url = `${task.origin.replace('http', 'ws')}/queue_updates?projectId=${projectOf(nth)}`
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
  const heard = hearing(nth)
  socket.on('error', reject)
  socket.on('message', (bytes: Buffer) => {
    if (bytes.includes(FACT)) heard(bytes)
    else if (bytes.includes(READY)) resolve(socket)
  })
  return promise
}

function documentOf(nth: number): object {
  return {
    query:
      'subscription ($id: ID!) { projectEvents(projectId: $id) { type cursor eventId projectId seq prev occurredAt data } }',
    variables: { id: projectOf(nth) },
  }
}

function overGraphqlWs(token: string, nth: number): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>()
  const socket = new WebSocket(`${task.origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const heard = hearing(nth)
  socket.on('error', reject)
  socket.on('open', () =>
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
  )
  socket.on('message', (bytes: Buffer) => {
    if (bytes.includes(FACT)) heard(bytes)
    else if (bytes.includes('"connection_ack"'))
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: documentOf(nth) }))
    else if (bytes.includes(READY)) resolve(socket)
    else if (bytes.includes('"type":"ping"')) socket.send(JSON.stringify({ type: 'pong' }))
  })
  return promise
}

function overEvents(token: string, nth: number): Promise<Client> {
  const { promise, resolve, reject } = Promise.withResolvers<Client>()
  const heard = hearing(nth)
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'text/event-stream',
    'content-type': 'application/json',
  }
  const asked = request(`${task.origin}/graphql`, { method: 'POST', headers, agent: false }, (reply) => {
    let text = ''
    reply.setEncoding('utf8').on('data', (part: string) => {
      const frames = (text + part).split('\n\n')
      text = frames.pop() ?? ''
      for (const frame of frames) {
        if (frame.includes('"queue_cleared"')) heard(Buffer.from(frame))
        else if (frame.includes('"ready"')) resolve(reply)
      }
    })
  })
  asked.on('error', reject)
  asked.end(JSON.stringify(documentOf(nth)))
  return promise
}

function hear(bytes: Buffer | undefined): void {
  delivered += 1
  lastAt = performance.now()
  firstAt ||= lastAt
  if (bytes === undefined) return
  latencies.push(performance.timeOrigin + lastAt - toldAt(bytes.toString('latin1')))
}

/** When it was to be told; on `/queue_updates`, which does not carry that, when it was written. */
function toldAt(text: string): number {
  const [, micros] = /"cancelled":(\d+)/.exec(text) ?? []
  const [, written = ''] = /"timestamp":"([^"]+)"/.exec(text) ?? []
  return micros === undefined ? Date.parse(written) : Number(micros) / 1_000
}

/** Waits for the last ones. */
async function heard(): Promise<Heard> {
  while (performance.now() - lastAt < QUIET_MS) await delay(QUIET_MS)
  latencies.sort((one, other) => one - other)
  const at = (part: number): number => latencies[Math.floor(latencies.length * part)] ?? Number.NaN
  const all = { delivered, seconds: (lastAt - firstAt) / 1_000, p50Ms: at(0.5), p99Ms: at(0.99) }
  delivered = 0
  firstAt = 0
  latencies.length = 0
  return all
}
