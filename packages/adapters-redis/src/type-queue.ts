import { randomUUID } from 'node:crypto'
import type { JobId } from '@muster/core'
import type { Delivery } from '@muster/core/ports'
import { Job, Queue } from 'bullmq'
import { CHECK_KEPT_MS, type RedisConnections } from './connections.ts'

/** The load of one message of BullMQ: jobs of one type, as id and lane, and how often they were rejected. */
export interface Slice {
  readonly jobs: readonly (readonly [jobId: JobId, lane: number])[]
  readonly rejected: number
}

/** How a message goes in: before all others or after them, at once or later. */
interface Entry {
  readonly first?: boolean
  readonly delayMs?: number
  readonly rejected?: number
}

/** A message costs the same however much it carries, so a delivery of many is cut into few; a few go alone, so that idle workers share them. */
const SLICES = 4
const LARGEST_SLICE = 100

/** Every message has a priority: BullMQ keeps those without one in a list of their own, before all others. */
const FIRST = 1
const IN_TURN = 2

/** For who watches; nothing of ours reads BullMQ's events, which are dropped under load. */
const EVENTS_KEPT = 100

const MESSAGE = 'deliver'

/** Ids travel as one text and are taken apart here: an argument for each would cost more than all else of a delivery. `call` gets a thousand at most. */
const IDS = `
local function each(said, call)
  local ids = {}
  for id in string.gmatch(said, '[^ ]+') do
    ids[#ids + 1] = id
    if #ids == 1000 then call(ids) ids = {} end
  end
  if #ids > 0 then call(ids) end
end
`

/** Gives which of the jobs wait, as places from 1. */
const WAITING = `${IDS}
local found, before = {}, 0
each(ARGV[1], function(ids)
  for place, waits in ipairs(redis.call('SMISMEMBER', KEYS[1], unpack(ids))) do
    if waits == 1 then found[#found + 1] = before + place end
  end
  before = before + #ids
end)
return found`

/** The jobs wait from now, and are removed no more. */
const WAIT = `${IDS}
local removed = redis.call('EXISTS', KEYS[2]) == 1
each(ARGV[1], function(ids)
  redis.call('SADD', KEYS[1], unpack(ids))
  if removed then redis.call('SREM', KEYS[2], unpack(ids)) end
end)`

/** The jobs wait no more. Gives those that were removed while they did. */
const TAKE = `${IDS}
local removed, gone = redis.call('EXISTS', KEYS[2]) == 1, {}
each(ARGV[1], function(ids)
  redis.call('SREM', KEYS[1], unpack(ids))
  if not removed then return end
  for _, id in ipairs(ids) do
    if redis.call('SREM', KEYS[2], id) == 1 then gone[#gone + 1] = id end
  end
end)
return gone`

/** How many jobs the messages carry that wait, and how many those carry that somebody has: a message's id begins with how many it carries. */
const COUNT = `
local function sum(ids)
  local total = 0
  for _, id in ipairs(ids) do total = total + (tonumber(string.match(id, '^%d+')) or 0) end
  return total
end
local waiting = sum(redis.call('ZRANGE', KEYS[1], 0, -1)) + sum(redis.call('ZRANGE', KEYS[2], 0, -1))
  + sum(redis.call('LRANGE', KEYS[3], 0, -1)) + sum(redis.call('LRANGE', KEYS[4], 0, -1))
return { waiting - redis.call('SCARD', KEYS[6]), sum(redis.call('LRANGE', KEYS[5], 0, -1)) }`

/**
 * Where the deliveries of one type are found in Redis, for BullMQ's own tools. The braces are a hash tag: all keys of a type
 * lie on one node of a cluster, and types spread over its nodes.
 */
export function bullQueueOf(
  type: string,
  prefix: string,
): { readonly name: string; readonly prefix: string } {
  // BullMQ takes no colon, and bull-board decodes a name once more than it encodes it: a percent sign would be read as the beginning of a character.
  const name = encodeURIComponent(type).replaceAll('%', '=')
  return { name, prefix: `{${prefix}:${name}}` }
}

/**
 * The deliveries of one type: messages in a queue of BullMQ; beside them the set of the jobs that wait, which keeps a job from waiting twice, since one
 * message carries many; and the set of those that were removed meanwhile. The count is written in one transaction with the messages.
 */
export class TypeQueue {
  readonly type: string
  readonly name: string
  readonly prefix: string
  readonly #connections: RedisConnections
  readonly #queue: Queue<Slice>
  readonly #waiting: string
  readonly #removed: string
  #paused = false

  constructor(type: string, connections: RedisConnections, prefix: string, failed: (error: Error) => void) {
    const { name, prefix: tagged } = bullQueueOf(type, prefix)
    this.type = type
    this.name = name
    this.prefix = tagged
    this.#connections = connections
    this.#queue = new Queue(name, {
      connection: connections.commands,
      prefix: tagged,
      skipVersionCheck: true,
      streams: { events: { maxLen: EVENTS_KEPT } },
    })
    this.#queue.on('error', failed)
    this.#waiting = `${tagged}:ids:waiting`
    this.#removed = `${tagged}:ids:removed`
  }

  /** Puts those that do not wait yet at the end of the line, and says how many. */
  async deliver(deliveries: readonly Delivery[]): Promise<number> {
    const byId = new Map(deliveries.map((delivery) => [delivery.jobId, delivery]))
    const client = await this.#connections.ready()
    const waiting = (await client.eval(WAITING, 1, this.#waiting, [...byId.keys()].join(' '))) as number[]
    const known = new Set(waiting)
    const fresh =
      known.size === 0 ? [...byId.values()] : [...byId.values()].filter((_, index) => !known.has(index + 1))
    if (fresh.length > 0) await this.#add(fresh)
    return fresh.length
  }

  /** Puts back, before all others, what was taken and never begun. */
  async putBack(deliveries: readonly Delivery[]): Promise<void> {
    await this.#connections.ready()
    await this.#add(deliveries, { first: true })
  }

  /** Puts back, in `delayMs`, what was begun and rejected. */
  async again(delivery: Delivery, rejected: number, delayMs: number): Promise<void> {
    await this.#connections.ready()
    await this.#add([delivery], { delayMs, rejected })
  }

  /** Says that these wait no more, since their message was taken, and gives those that were removed while they did. */
  async taken({ jobs }: Slice): Promise<ReadonlySet<JobId>> {
    const client = await this.#connections.ready()
    const said = jobs.map(([jobId]) => jobId).join(' ')
    return new Set((await client.eval(TAKE, 2, this.#waiting, this.#removed, said)) as JobId[])
  }

  /** A waiting job is forgotten when its message is taken. */
  async remove(jobIds: readonly JobId[]): Promise<void> {
    const client = await this.#connections.ready()
    const waits = await client.smismember(this.#waiting, ...jobIds)
    const found = jobIds.filter((_, index) => waits[index] === 1)
    if (found.length === 0) return
    checked(
      await client
        .multi()
        .srem(this.#waiting, ...found)
        .sadd(this.#removed, ...found)
        .exec(),
    )
  }

  /** A taken job counts as worked on until all that its message carries is done. */
  async counts(): Promise<{ readonly waiting: number; readonly active: number }> {
    const client = await this.#connections.ready()
    const keys = ['prioritized', 'delayed', 'wait', 'paused', 'active'].map((kind) => this.#queue.toKey(kind))
    const [waiting = 0, active = 0] = (await client.eval(COUNT, 6, ...keys, this.#removed)) as number[]
    return { waiting: Math.max(0, waiting), active }
  }

  /** Writes a little, as a delivery does: a Redis that is full, or only reads, answers but takes nothing. */
  async check(): Promise<void> {
    const client = await this.#connections.ready()
    await client.set(`${this.prefix}:check`, '1', 'PX', CHECK_KEPT_MS)
  }

  /** Whether this process paused it. */
  get paused(): boolean {
    return this.#paused
  }

  async pause(): Promise<void> {
    await this.#connections.ready()
    await this.#queue.pause()
    this.#paused = true
  }

  async resume(): Promise<void> {
    await this.#connections.ready()
    await this.#queue.resume()
    this.#paused = false
  }

  async close(): Promise<void> {
    await this.#queue.close()
  }

  async #add(
    deliveries: readonly Delivery[],
    { first = false, delayMs = 0, rejected = 0 }: Entry = {},
  ): Promise<void> {
    const backend = this.#queue.getBackend()
    const transaction = (await backend.client).multi()
    const said = deliveries.map(({ jobId }) => jobId).join(' ')
    transaction.runCommand('eval', [WAIT, 2, this.#waiting, this.#removed, said])
    const options = {
      priority: first ? FIRST : IN_TURN,
      delay: delayMs,
      removeOnComplete: true,
      removeOnFail: true,
    }
    for (const jobs of slices(deliveries)) {
      const job = new Job<Slice>(this.#queue, MESSAGE, { jobs, rejected }, options)
      void backend.addJobToTransaction(transaction, job.asJSON(), `${jobs.length}-${randomUUID()}`)
    }
    try {
      checked(await transaction.exec())
    } catch (error) {
      // Redis may have run out of memory in the middle of it: ids that wait without a message would never be delivered again.
      const ids = deliveries.map(({ jobId }) => jobId)
      await this.#connections.commands.srem(this.#waiting, ...ids).catch(() => {})
      throw error
    }
  }
}

function slices(deliveries: readonly Delivery[]): Slice['jobs'][] {
  const size = Math.min(LARGEST_SLICE, Math.ceil(deliveries.length / SLICES))
  const jobs = deliveries.map(({ jobId, lane }) => [jobId, lane] as const)
  return Array.from({ length: Math.ceil(jobs.length / size) }, (_, index) =>
    jobs.slice(index * size, (index + 1) * size),
  )
}

/** @throws the first error among the answers of a transaction, or Error where it was not carried out */
function checked(answers: readonly (readonly [Error | null, unknown])[] | null): void {
  if (answers === null) throw new Error('Redis did not carry out the transaction')
  for (const [error] of answers) if (error) throw error
}
