import { once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { pgModule } from '@muster/adapters-pg'
import type { ProjectId, UserId } from '@muster/core'
import { fact } from '@muster/core/feed'
import type { Authenticator } from '@muster/core/ports'
import { coreModule, createMuster } from '@muster/host'
import { graphqlOverWs, musterHttp } from '@muster/transport-http'
import { attachMusterWs } from '@muster/transport-ws'
import { fastify } from 'fastify'
import { Server } from 'socket.io'

/** What a server of the benchmark `fanout` is told at its start. */
export interface FanoutTask {
  readonly kind: 'muster' | 'socket.io'
  readonly connectionString: string
  /** Projects that are told of in turn. */
  readonly busy: number
}

/** What it is told later: facts a second, one at a time, for so long; or as many as that in batches, as fast as they go. */
export type FanoutOrder =
  | { readonly perSecond: number; readonly ms: number }
  | { readonly batches: number; readonly each: number }

/** What it answers: where it is, and then after each order how much memory it holds once garbage is gone. */
export type FanoutNews =
  | { readonly origin: string; readonly projectIds: readonly string[] }
  | { readonly bytes: number }

/** Long enough that nobody who takes nothing is closed while it is measured. */
const SLOW_AFTER_MS = 120_000

const task: FanoutTask = JSON.parse(process.argv[2] ?? '')
const server = createServer()
const { projectIds, tell } = task.kind === 'muster' ? await ours(server) : bare(server)
server.listen(0, '127.0.0.1', 4_096)
await once(server, 'listening')
say({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, projectIds })
process.once('disconnect', () => process.exit())
process.on('message', (order: FanoutOrder) => {
  void carryOut(order).then((bytes) => say({ bytes }))
})

async function carryOut(order: FanoutOrder): Promise<number> {
  if ('batches' in order) {
    for (let batch = 0; batch < order.batches; batch++) await tell(order.each, performance.now())
  } else await tellAtRate(order.perSecond, order.ms)
  return held()
}

async function tellAtRate(perSecond: number, ms: number): Promise<void> {
  const begin = performance.now()
  const telling: Promise<void>[] = []
  for (let told = 0; told < (perSecond * ms) / 1_000; told++) {
    const due = begin + (told * 1_000) / perSecond
    if (due > performance.now()) await delay(due - performance.now())
    telling.push(tell(1, due))
  }
  await Promise.all(telling)
}

function held(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function say(news: FanoutNews): void {
  process.send?.(news)
}

interface Told {
  readonly projectIds: readonly string[]
  /** Tells everybody of so many facts that were due at this moment, however late it has become. */
  readonly tell: (count: number, due: number) => Promise<void>
}

/** Facts of a project, each written in a transaction; tokens are user ids. */
async function ours(on: HttpServer): Promise<Told> {
  const { connectionString } = task
  const muster = await createMuster({ modules: [coreModule(), pgModule({ connectionString })] })
  const projects = await muster.projects.list(
    { userId: '' as UserId, role: 'admin', memberships: new Set() },
    {},
  )
  const projectIds = projects.items.map(({ projectId }) => projectId)
  const authenticator: Authenticator = {
    authenticate: async (token) => ({
      userId: token as UserId,
      role: 'annotator',
      expiresAt: new Date(Date.now() + 3_600_000),
    }),
  }
  const app = fastify({
    serverFactory: (handler) => {
      on.on('request', handler)
      return on
    },
  })
  await app.register(musterHttp, { muster, authenticator, requestsPerMinute: 0 })
  attachMusterWs(on, {
    muster,
    slowAfterMs: SLOW_AFTER_MS,
    authenticator,
    endpoints: [graphqlOverWs({ muster })],
  })
  await app.ready()
  let turn = 0
  return {
    projectIds,
    tell: async (count, due) => {
      const projectId = projectIds[turn++ % projectIds.length] as ProjectId
      const facts = Array.from({ length: count }, () =>
        fact(projectId, 'queue_cleared', { cancelled: micros(due) }),
      )
      await muster.persistence.transaction(({ events }) => events.append(facts))
    },
  }
}

/** The same bytes to a room, kept nowhere. */
function bare(on: HttpServer): Told {
  const io = new Server(on, {
    serveClient: false,
    transports: ['websocket'],
    perMessageDeflate: false,
  })
  const projectIds = Array.from(
    { length: task.busy },
    (_, nth) => `0198a5a0-0000-7000-8000-${String(nth).padStart(12, '0')}`,
  )
  io.on('connection', (socket) => {
    socket.on(
      'subscribe',
      async ({ channel }: { readonly channel: string }, answer: (answer: object) => void) => {
        await socket.join(channel)
        answer({ ok: true, resumed: false, cursor: '', snapshot: {} })
      },
    )
  })
  let seq = 0
  return {
    projectIds,
    tell: async (count, due) => {
      const projectId = projectIds[seq % projectIds.length]
      const channel = `project:${projectId}`
      for (let nth = 0; nth < count; nth++) {
        seq += 1
        io.to(channel).emit('event', {
          eventId: '0198a5a0-0000-7000-8000-000000000002',
          type: 'queue_cleared',
          projectId,
          seq,
          prev: seq - 1,
          cursor: 'A'.repeat(60),
          affectedUserIds: null,
          occurredAt: new Date().toISOString(),
          data: { cancelled: micros(due) },
          channel,
        })
      }
    },
  }
}

/** A moment of this process, for whoever hears of it on the same machine. */
function micros(at: number): number {
  return Math.round((performance.timeOrigin + at) * 1_000)
}
