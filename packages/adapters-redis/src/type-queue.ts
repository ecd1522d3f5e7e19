import type { Delivery, JobId } from '@muster/core'
import { Job, Queue } from 'bullmq'
import type { RedisConnections } from './connections.ts'

/** What one message of BullMQ carries: jobs of one type, as id and lane, and how often they were rejected. */
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
const LARGEST_SLICE = 50

/** Every message has a priority: BullMQ keeps those without one in a list of their own, before all others. */
const FIRST = 1
const IN_TURN = 2

/** For who watches; nothing of ours reads BullMQ's events, which are dropped under load. */
const EVENTS_KEPT = 100

const MESSAGE = 'deliver'

/** Of the jobs (ARGV) gives those that were removed while they waited; the others are being worked on from now. */
const BEGIN = `
local removed = {}
for _, id in ipairs(ARGV) do
  if redis.call('SMOVE', KEYS[1], KEYS[2], id) == 0 and redis.call('SREM', KEYS[3], id) == 1 then
    removed[#removed + 1] = id
  end
end
return removed`

/**
 * Where the deliveries of one type are found in Redis, for whoever looks at them with BullMQ's own tools. The braces are a hash tag: all keys of a type
 * lie on one node of a cluster, and types spread over its nodes.
 */
export function bullQueueOf(
  type: string,
  prefix: string,
): { readonly name: string; readonly prefix: string } {
  const name = encodeURIComponent(type)
  return { name, prefix: `{${prefix}:${name}}` }
}

/**
 * The deliveries of one type: messages in a queue of BullMQ, and beside them two sets of job ids, which wait and which are worked on. The sets
 * are what counts and what keeps a job from waiting twice, since one message carries many. Both are written in one transaction with the messages.
 */
export class TypeQueue {
  readonly type: string
  readonly name: string
  readonly prefix: string
  readonly #connections: RedisConnections
  readonly #queue: Queue<Slice>
  readonly #waiting: string
  readonly #active: string
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
    this.#active = `${tagged}:ids:active`
    this.#removed = `${tagged}:ids:removed`
  }

  /** Puts those that do not wait yet at the end of the line. */
  async deliver(deliveries: readonly Delivery[]): Promise<void> {
    const byId = new Map(deliveries.map((delivery) => [delivery.jobId, delivery]))
    const client = await this.#connections.ready()
    const waits = await client.smismember(this.#waiting, ...byId.keys())
    const fresh = [...byId.values()].filter((_, index) => waits[index] === 0)
    if (fresh.length > 0) await this.#add(fresh, {}, (ids) => [['sadd', this.#waiting, ...ids]])
  }

  /** Puts back, before all others, what was taken and never begun: it still counts as waiting. */
  async putBack(deliveries: readonly Delivery[]): Promise<void> {
    await this.#connections.ready()
    await this.#add(deliveries, { first: true }, () => [])
  }

  /** Puts back, in `delayMs`, what was begun and rejected. */
  async again(delivery: Delivery, rejected: number, delayMs: number): Promise<void> {
    await this.#connections.ready()
    await this.#add([delivery], { delayMs, rejected }, ([id = '']) => [
      ['smove', this.#active, this.#waiting, id],
    ])
  }

  /** Says that these are being worked on from now, and gives those that were removed before. */
  async begin(jobIds: readonly JobId[]): Promise<ReadonlySet<JobId>> {
    const client = await this.#connections.ready()
    const removed = await client.eval(BEGIN, 3, this.#waiting, this.#active, this.#removed, ...jobIds)
    return new Set(removed as JobId[])
  }

  /** Says that these are worked on no more; waits while Redis is away. */
  async end(jobIds: readonly JobId[]): Promise<void> {
    await this.#connections.patient.srem(this.#active, ...jobIds)
  }

  /** What waits is forgotten when its message is taken. */
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

  async counts(): Promise<{ readonly waiting: number; readonly active: number }> {
    const client = await this.#connections.ready()
    const [waiting, active] = await Promise.all([client.scard(this.#waiting), client.scard(this.#active)])
    return { waiting, active }
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
    { first = false, delayMs = 0, rejected = 0 }: Entry,
    marks: (ids: readonly JobId[]) => readonly string[][],
  ): Promise<void> {
    const backend = this.#queue.getBackend()
    const transaction = (await backend.client).multi()
    const ids = deliveries.map(({ jobId }) => jobId)
    for (const [command = '', ...args] of [...marks(ids), ['srem', this.#removed, ...ids]]) {
      transaction.runCommand(command, args)
    }
    const options = {
      priority: first ? FIRST : IN_TURN,
      delay: delayMs,
      removeOnComplete: true,
      removeOnFail: true,
    }
    for (const jobs of slices(deliveries)) {
      const job = new Job<Slice>(this.#queue, MESSAGE, { jobs, rejected }, options)
      void backend.addJobToTransaction(transaction, job.asJSON(), '')
    }
    try {
      checked(await transaction.exec())
    } catch (error) {
      // Redis may have run out of memory in the middle of it: ids that wait without a message would never be delivered again.
      if (!first) await this.#connections.commands.srem(this.#waiting, ...ids).catch(() => {})
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
