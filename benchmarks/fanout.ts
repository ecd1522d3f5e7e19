import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { pgModule } from '@muster/adapters-pg'
import type { UserId } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { openServer, query } from './databases.ts'
import type { FanoutNews, FanoutOrder, FanoutTask } from './fanout-server.ts'
import { type ClientsTask, FANOUT_WIRES, type Heard } from './fanout-wires.ts'
import { keep, machine, printSeries, roundsWished, seriesOf } from './rounds.ts'

const SOCKETS = Number(process.env['SOCKETS'] ?? 1_000)
const PER_SECOND = Number(process.env['FACTS'] ?? 100)
const MS = Number(process.env['MS'] ?? 5_000)

/** What a reader costs who takes nothing is seen where there is more for them than the machine's own buffers hold. */
const STALLED = 10
const FLOOD = { batches: 60, each: 500 } satisfies FanoutOrder

/** What `--busy` and `--wire` say. */
export interface FanoutOptions {
  readonly busy: number
  readonly wire: string
}

/** Projects of one page. */
const MOST_BUSY = 50

/**
 * S11: facts a second that reach the sockets of a project, and how late, ours ÷ socket.io's own emit to a room. Ours are written in a transaction each,
 * and read back for everybody; socket.io's are kept nowhere. And what readers cost who take nothing: of the others' time, and of memory.
 */
export async function fanout({ busy, wire: asked }: FanoutOptions): Promise<void> {
  const wire = FANOUT_WIRES.find((known) => known === asked)
  if (wire === undefined) throw new TypeError(`There is no wire "${asked}": ${FANOUT_WIRES.join(', ')}`)
  if (!Number.isInteger(busy) || busy < 1 || busy > MOST_BUSY)
    throw new TypeError(`--busy must be a number of projects from 1 to ${MOST_BUSY}`)
  const postgres = await openServer()
  try {
    const connectionString = await postgres.database()
    const tokens = await people(connectionString, SOCKETS, busy)
    const ours = await start({ kind: 'muster', connectionString, busy })
    const bare = await start({ kind: 'socket.io', connectionString, busy })
    const order = { perSecond: PER_SECOND, ms: MS }
    const sides = [
      { name: 'muster', run: () => round(ours, { tokens, stalled: 0, wire }, order) },
      {
        name: 'socket.io, emit to a room',
        run: () => round(bare, { tokens, stalled: 0, wire: 'socket.io' }, order),
      },
      { name: 'muster, one reader stalled', run: () => round(ours, { tokens, stalled: 1, wire }, order) },
    ]
    const rounds = sides.map((): Heard[] => [])
    for (let nth = 0; nth < roundsWished(); nth++) {
      for (const [index, { run }] of sides.entries()) rounds[index]?.push((await run()).heard)
    }
    const series = (measured: (heard: Heard) => number) =>
      sides.map(({ name }, index) => seriesOf(name, (rounds[index] ?? []).map(measured)))
    const perSecond = series(({ delivered, seconds }) => delivered / seconds)
    const p50 = series(({ p50Ms }) => p50Ms)
    const p99 = series(({ p99Ms }) => p99Ms)
    const offered = (PER_SECOND * SOCKETS) / busy
    printSeries(
      `${SOCKETS} readers over ${wire}, ${busy} busy projects, ${PER_SECOND} facts/s, ${offered} deliveries/s offered`,
      'delivered/s',
      perSecond,
    )
    printSeries('From telling to hearing, p50', 'ms', p50)
    printSeries('From telling to hearing, p99', 'ms', p99)

    const few = tokens.slice(0, 2 * STALLED)
    const without = await round(ours, { tokens: few, stalled: 0, wire }, FLOOD)
    const withStalled = await round(ours, { tokens: few, stalled: STALLED, wire }, FLOOD)
    const bytesPerStalled = (withStalled.bytes - without.bytes) / STALLED
    console.log(
      `\nA reader who takes nothing costs ${(bytesPerStalled / 2 ** 20).toFixed(2)} MiB, with ${FLOOD.batches * FLOOD.each} facts behind`,
    )

    await ours.stop()
    await bare.stop()
    keep('fanout', {
      busy,
      wire,
      machine: machine(postgres.version),
      sockets: SOCKETS,
      factsPerSecond: PER_SECOND,
      ms: MS,
      perSecond,
      p50,
      p99,
      bytesPerStalled,
    })
  } finally {
    await postgres.stop()
  }
}

/** Projects and their members, whose ids are their tokens. */
async function people(connectionString: string, count: number, busy: number): Promise<string[]> {
  const muster = await createMuster({ modules: [coreModule(), pgModule({ connectionString })] })
  for (let nth = 0; nth < busy; nth++) await muster.projects.add({ name: `Live ${nth}` })
  // As the server lists them, whose clients follow them in turn.
  const all = await muster.projects.list({ userId: '' as UserId, role: 'admin', memberships: new Set() }, {})
  const tokens: string[] = []
  for (let nth = 0; nth < count; nth++) {
    const { userId } = await muster.people.add({
      userId: randomUUID() as UserId,
      displayName: `Person ${nth}`,
    })
    const project = all.items[nth % busy]
    if (project) await muster.projects.addMember(project.projectId, userId)
    tokens.push(userId)
  }
  await muster.close()
  await query(connectionString, 'vacuum analyze')
  return tokens
}

interface Running {
  readonly origin: string
  readonly projectIds: readonly string[]
  /** Gives how many bytes it holds afterwards. */
  order(order: FanoutOrder): Promise<number>
  stop(): Promise<void>
}

async function start(task: FanoutTask): Promise<Running> {
  const child = fork(new URL('./fanout-server.ts', import.meta.url), [JSON.stringify(task)], {
    execArgv: ['--conditions=@muster/source', '--expose-gc'],
  })
  const news = (): Promise<FanoutNews> => said<FanoutNews>(child)
  const at = await news()
  if ('bytes' in at) throw new TypeError('The server did not say where it is')
  return {
    ...at,
    async order(order) {
      child.send(order)
      const done = await news()
      return 'bytes' in done ? done.bytes : Number.NaN
    },
    async stop() {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
    },
  }
}

/** Connects everybody, from a process of their own, lets the server tell, and asks what was heard. */
async function round(
  server: Running,
  { tokens, stalled, wire }: Pick<ClientsTask, 'tokens' | 'stalled' | 'wire'>,
  order: FanoutOrder,
): Promise<{ heard: Heard; bytes: number }> {
  const { origin, projectIds } = server
  const task: ClientsTask = { origin, projectIds, wire, tokens, stalled }
  const clients = fork(new URL('./fanout-clients.ts', import.meta.url), [JSON.stringify(task)])
  await said(clients)
  const bytes = await server.order(order)
  clients.send('heard?')
  const heard = await said<Heard>(clients)
  const exit = once(clients, 'exit')
  clients.disconnect()
  await exit
  return { heard, bytes }
}

/** What the process says next. @throws where it ends before */
async function said<News>(child: ChildProcess): Promise<News> {
  const ended = new AbortController()
  const next = once(child, 'message', { signal: ended.signal }) as Promise<[News]>
  const end = (code: number | null): void =>
    ended.abort(new Error(`A process of the benchmark ended with ${code}`))
  child.once('exit', end)
  const [news] = await next.finally(() => child.removeListener('exit', end))
  return news
}
