import type { ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { pgModule } from '@muster/adapters-pg'
import { redisModule } from '@muster/adapters-redis'
import { jobType, type ProjectId, type UserId } from '@muster/core'
import { fact } from '@muster/core/feed'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { Pool } from 'pg'
import { z } from 'zod'
import { type Connection, WIRES, type Wire } from '../crowd/wires.ts'
import type { OwnRedis } from '../own-redis.ts'
import { startProgram } from '../programs.ts'
import { follow as followOver, Story } from './follower.ts'
import type { NodeNews, NodeOrders } from './node.ts'

export interface FeedOrders {
  readonly url: string
  /** Forced reconnects, over all clients. */
  readonly reconnects: number
  /** Facts that are written meanwhile, at least. */
  readonly facts: number
  readonly nodes: number
  /** As many on each wire, and of each project. */
  readonly clients: number
  /** Projects that are written to. */
  readonly busy: number
  /** Wires that are used; default all. */
  readonly wires?: readonly Wire[] | undefined
  /** How long a client is connected at most before it is cut off. */
  readonly connectedMs: number
  readonly writers: number
  /** Where the processes hear of each other, and what is done to it meanwhile; undefined: they do not. */
  readonly redis?: OwnRedis
  /** Numbers come from a sequence, which does not commit in their order. */
  readonly broken?: boolean
}

export interface FeedReport {
  readonly facts: number
  readonly reconnects: number
  readonly nodesKilled: number
  /** How often Redis forgot everything, or was away for a while. */
  readonly redisHarmed: number
  readonly missed: number
  readonly repeated: number
  readonly outOfOrder: number
  readonly wrongPrev: number
  readonly reloads: number
  /** Clients whose last state was not the latest. */
  readonly stale: number
}

const NODE = new URL('./node.ts', import.meta.url)
/** Nobody does these: how many wait is a state that changes. */
const waiting = jobType({ name: 'waiting', payload: z.strictObject({}), handler: () => null })
/** Of what is written, the part that changes a state. */
const STATES = 0.2
const LOOK_MS = 10
/** How far, of all there is to do, cuts may be ahead of facts, or facts of cuts. */
const AHEAD = 0.2
/** Those who are behind are given up when none of them has moved for so long. How long it takes them all says nothing: that is the machine's load. */
const PATIENCE_MS = 20_000
const BROKEN_PATIENCE_MS = 3_000
/** Long enough for a reader to look while a lower number is under way. */
const BROKEN_COMMIT_MS = 300

/**
 * Writers, nodes that serve, and clients on every wire that are cut off at any time and come back to any node; one node is killed on the way, and
 * Redis forgets everything and goes away. At the end each client must have had every fact, once, in order, and the latest of each state.
 */
export async function feedUnderFire(orders: FeedOrders): Promise<FeedReport> {
  const { url: connectionString, redis } = orders
  const modules = [coreModule({ jobTypes: [waiting] }), pgModule({ connectionString })]
  if (redis) modules.push(redisModule({ url: redis.url }))
  const muster = await createMuster({ modules })
  const pool = new Pool({ connectionString: orders.url, max: orders.writers })
  const nodes = await Promise.all(Array.from({ length: orders.nodes }, () => startNode(orders)))
  try {
    const user = await muster.people.add({ displayName: 'Ann', userId: randomUUID() })
    const projectIds: ProjectId[] = []
    while (projectIds.length < orders.busy) {
      const { projectId } = await muster.projects.add({ name: `Under fire ${projectIds.length}` })
      await muster.projects.addMember(projectId, user.userId)
      projectIds.push(projectId)
    }
    return await fire(orders, { muster, pool, nodes, projectIds, userId: user.userId })
  } finally {
    for (const { child } of nodes) child.kill('SIGKILL')
    await pool.end()
    await muster.close()
  }
}

interface Node {
  child: ChildProcess
  origin: string
}

interface Field {
  readonly muster: Muster
  readonly pool: Pool
  readonly nodes: Node[]
  readonly projectIds: readonly ProjectId[]
  readonly userId: UserId
}

function oneOf<Thing>(all: readonly Thing[]): Thing {
  return all[Math.floor(Math.random() * all.length)] as Thing
}

async function fire(orders: FeedOrders, field: Field): Promise<FeedReport> {
  const { muster, nodes, projectIds, userId } = field
  const { wires = WIRES } = orders
  if (orders.broken) await field.pool.query('create sequence broken_feed')
  const state = { reconnects: 0, facts: 0, ended: false, nodesKilled: 0, redisHarmed: 0 }
  const endIfEnough = (): void => {
    state.ended = state.reconnects >= orders.reconnects && state.facts >= orders.facts
  }
  // Neither runs ahead of the other: however slow the machine is, all facts meet connections that are cut.
  const cutsAhead = (): number => state.reconnects / orders.reconnects - state.facts / orders.facts
  const stories = Array.from(
    { length: orders.clients },
    (_, nth) => new Story(projectIds[nth % projectIds.length] ?? ''),
  )
  const wireOf = (nth: number): Wire => wires[nth % wires.length] ?? 'socket.io'
  const connect = (story: Story, nth: number): Connection =>
    followOver(wireOf(nth), oneOf(nodes).origin, userId, story)
  const follow = async (story: Story, nth: number): Promise<void> => {
    while (!state.ended) {
      const connection = connect(story, nth)
      const before = story.seqs.length
      const until = Date.now() + Math.random() * orders.connectedMs
      // Mostly cut off in the midst of facts, sometimes before there was any.
      const few = Math.random() * (orders.connectedMs / 30)
      const isLeft = (): boolean => Date.now() < until && story.seqs.length - before <= few
      while (!connection.over && !state.ended && (isLeft() || cutsAhead() > AHEAD)) await delay(LOOK_MS)
      // To be refused by a node that is being started again is no reconnect.
      if (!connection.over) state.reconnects += 1
      connection.cut()
      endIfEnough()
    }
  }
  const write = async (): Promise<void> => {
    while (!state.ended) {
      while (!state.ended && cutsAhead() < -AHEAD) await delay(LOOK_MS)
      const written = await (orders.broken ? appendBroken(field) : append(field))
      state.facts += written
      endIfEnough()
    }
  }
  const partDone = async (part: number): Promise<void> => {
    while (!state.ended && state.reconnects < orders.reconnects * part) await delay(LOOK_MS)
  }
  const kill = async (): Promise<void> => {
    const [victim] = nodes
    await partDone(1 / 3)
    if (victim === undefined) return
    victim.child.kill('SIGKILL')
    await once(victim.child, 'exit')
    state.nodesKilled += 1
    Object.assign(victim, await startNode(orders))
  }
  const harm = async ({ flush, stop, start }: OwnRedis): Promise<void> => {
    await partDone(1 / 5)
    await flush()
    await partDone(2 / 5)
    await stop()
    await partDone(3 / 5)
    await start()
    await partDone(4 / 5)
    await flush()
    state.redisHarmed = 3
  }
  // Everybody begins at the beginning, before there is anything.
  await Promise.all(stories.map((story, nth) => begun(connect(story, nth), story)))
  const disturbed = [kill(), ...(orders.redis ? [harm(orders.redis)] : [])]
  await Promise.all([...stories.map(follow), ...Array.from({ length: orders.writers }, write), ...disturbed])

  const { events } = muster.persistence.stores
  const ends = new Map<string, End>()
  for (const projectId of projectIds) {
    const { pending } = (await muster.queue.status(projectId, {})).counts
    const all = (await events.read(projectId, 0, 1_000_000)).map(({ seq }) => seq)
    ends.set(projectId, { all, head: all.at(-1) ?? 0, pending })
  }
  const race = { patienceMs: orders.broken ? BROKEN_PATIENCE_MS : PATIENCE_MS, movedAt: Date.now() }
  const endOf = ({ projectId }: Story): End => ends.get(projectId) ?? { all: [], head: 0, pending: 0 }
  await Promise.all(
    stories.map((story, nth) => caughtUp(() => connect(story, nth), story, endOf(story), race)),
  )
  return {
    facts: [...ends.values()].reduce((sum, { head }) => sum + head, 0),
    reconnects: state.reconnects,
    nodesKilled: state.nodesKilled,
    redisHarmed: state.redisHarmed,
    stale: stories.filter((story) => !isLatest(story, endOf(story).pending)).length,
    ...sum(stories.map((story) => judged(story, endOf(story).all))),
  }
}

/** Gives how many were written. */
async function append({ muster, projectIds }: Field): Promise<number> {
  const projectId = oneOf(projectIds)
  if (Math.random() < STATES) {
    await muster.queue.add(projectId, { type: waiting.name, payload: {} }, null)
    return 1
  }
  const facts = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, cancelled) =>
    fact(projectId, 'queue_cleared', { cancelled }),
  )
  await muster.persistence.transaction(({ events }) => events.append(facts))
  await delay(Math.random() * 20)
  return facts.length
}

/** The number first, the commit when it comes. */
async function appendBroken({ pool, projectIds: [projectId] }: Field): Promise<number> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(
      `insert into fact (project_id, seq, event_id, type, audience, occurred_at, data)
       values ($1, nextval('broken_feed'), gen_random_uuid(), 'queue_cleared', 'members', now(), '{"cancelled":1}')`,
      [projectId],
    )
    await delay(Math.random() * BROKEN_COMMIT_MS)
    await client.query(
      `insert into feed_head as h (project_id, seq) select project_id, max(seq) from fact where project_id = $1 group by project_id
       on conflict (project_id) do update set seq = greatest(h.seq, excluded.seq)`,
      [projectId],
    )
    await client.query('commit')
    return 1
  } finally {
    client.release()
  }
}

async function begun(connection: Connection, story: Story): Promise<void> {
  while (story.cursor === undefined && !connection.over) await delay(LOOK_MS)
  connection.cut()
  if (story.cursor === undefined) throw new Error('A client could not begin')
}

/** What the clients of a project catch up with. */
interface End {
  readonly all: readonly number[]
  readonly head: number
  readonly pending: number
}

interface Race {
  readonly patienceMs: number
  /** When one of them last came nearer. */
  movedAt: number
}

async function caughtUp(
  connect: () => Connection,
  story: Story,
  { head, pending }: End,
  race: Race,
): Promise<void> {
  const isDone = (): boolean => story.last >= head && isLatest(story, pending)
  let connection = connect()
  let { last } = story
  while (!isDone() && Date.now() < race.movedAt + race.patienceMs) {
    await delay(LOOK_MS)
    if (connection.over) connection = connect()
    if (story.last === last) continue
    last = story.last
    race.movedAt = Date.now()
  }
  connection.cut()
}

function isLatest(story: Story, pending: number): boolean {
  return story.pending === undefined || story.pending === pending
}

type Judgement = Pick<FeedReport, 'missed' | 'repeated' | 'outOfOrder' | 'wrongPrev' | 'reloads'>

function judged({ seqs, wrongPrev, reloads }: Story, all: readonly number[]): Judgement {
  const had = new Set(seqs)
  return {
    missed: all.filter((seq) => !had.has(seq)).length,
    repeated: seqs.length - had.size,
    outOfOrder: seqs.filter((seq, place) => place > 0 && seq <= (seqs[place - 1] ?? 0)).length,
    wrongPrev,
    reloads,
  }
}

function sum(judgements: readonly Judgement[]): Judgement {
  const total = { missed: 0, repeated: 0, outOfOrder: 0, wrongPrev: 0, reloads: 0 }
  for (const one of judgements) {
    for (const what of Object.keys(total) as (keyof Judgement)[]) total[what] += one[what]
  }
  return total
}

function startNode({ url, redis }: FeedOrders): Promise<Node> {
  const { promise, resolve, reject } = Promise.withResolvers<Node>()
  const child = startProgram<NodeOrders, NodeNews>(NODE, {
    orders: { url, redisUrl: redis?.url },
    hear: ({ port }) => resolve({ child, origin: `http://127.0.0.1:${port}` }),
    ended: (code) => reject(new Error(`A node ended with ${code} before it served`)),
  })
  return promise
}
