import { setTimeout as delay } from 'node:timers/promises'
import { WebSocket } from 'ws'

/** What the clients of the benchmark `fanout` are told. */
export interface ClientsTask {
  readonly origin: string
  readonly channel: string
  /** One for each connection. */
  readonly tokens: readonly string[]
  /** How many of them take nothing once they are subscribed. */
  readonly stalled: number
}

/** What they answer when they are told that facts have been told of: what was heard since the beginning, by those who listen. */
export interface Heard {
  /** Facts in the hand of a client, and until when, from the first one on. */
  readonly delivered: number
  readonly seconds: number
  /** From telling to hearing. */
  readonly p50Ms: number
  readonly p99Ms: number
}

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

const task: ClientsTask = JSON.parse(process.argv[2] ?? '')
const latencies: number[] = []
let delivered = 0
let firstAt = 0
let lastAt = 0

const sockets: WebSocket[] = []
for (let at = 0; at < task.tokens.length; at += CONNECTING_AT_ONCE) {
  const some = task.tokens.slice(at, at + CONNECTING_AT_ONCE)
  sockets.push(...(await Promise.all(some.map((token, nth) => subscribed(token, at + nth)))))
}
for (const socket of sockets.slice(0, task.stalled)) socket.pause()
process.send?.('ready')
process.once('disconnect', () => process.exit())
process.on('message', () => void heard().then((all) => process.send?.(all)))

/** Speaks just enough of socket.io (engine.io 4, socket.io 5) to subscribe and to count events. */
function subscribed(token: string, nth: number): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>()
  const url = `${task.origin.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`
  const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true })
  const looks = nth >= task.stalled && nth < task.stalled + LOOKING
  socket.on('error', reject)
  socket.on('message', (bytes: Buffer) => {
    if (bytes[0] === OPEN) socket.send(`40${JSON.stringify({ token })}`)
    else if (bytes[0] === PING) socket.send('3')
    else if (bytes[1] === CONNECTED)
      socket.send(`420${JSON.stringify(['subscribe', { channel: task.channel }])}`)
    else if (bytes[1] === ANSWER) resolve(socket)
    else if (bytes.includes(FACT)) hear(looks ? bytes : undefined)
  })
  return promise
}

function hear(bytes: Buffer | undefined): void {
  delivered += 1
  lastAt = performance.now()
  firstAt ||= lastAt
  if (bytes === undefined) return
  const [, micros] = /"cancelled":(\d+)/.exec(bytes.toString('latin1')) ?? []
  latencies.push(performance.timeOrigin + lastAt - Number(micros) / 1_000)
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
