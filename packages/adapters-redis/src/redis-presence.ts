import { MemoryPresenceStore } from '@muster/adapters-memory'
import type { ProjectId, UserId } from '@muster/core'
import type { PresenceStore } from '@muster/core/ports'
import { PRESENCE_KEPT_MS, PRESENCE_MOST_SEEN } from '@muster/core/rules'
import type { RedisConnections } from './connections.ts'

/**
 * KEYS[1] a project's connections. ARGV: connection, its entry, ms until it lapses. The key lives as long as its longest entry, so that nothing is
 * left of a project that nobody has open.
 */
const SEE = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end`

/** KEYS[1] when each person of a project was seen last. ARGV: now, person. Those seen last are kept. */
const NOTE = `
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, ${-1 - PRESENCE_MOST_SEEN})
redis.call('PEXPIRE', KEYS[1], ${PRESENCE_KEPT_MS})`

/** KEYS[1] as of {@link NOTE}. ARGV: since. The last first, each with its moment. */
const SEEN = `return redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', ARGV[1], 'WITHSCORES')`

/** KEYS[1] a project's connections. ARGV: now. Forgets what has lapsed and gives the rest: looked at and removed in one, or a heartbeat could be lost between. */
const LIST = `
local entries = redis.call('HGETALL', KEYS[1])
local present = {}
for at = 1, #entries, 2 do
  if tonumber(string.match(entries[at + 1], '[^ ]+$')) > tonumber(ARGV[1]) then
    present[#present + 1] = entries[at + 1]
  else
    redis.call('HDEL', KEYS[1], entries[at])
  end
end
return present`

/**
 * Presence, known to all processes: a hash for each project, with an entry for each connection. While Redis is away or takes no writes, each process knows
 * its own connections alone, and nothing fails; once Redis works again, every connection is known to all with its next heartbeat.
 */
export class RedisPresence implements PresenceStore {
  /** The connections of this process. */
  readonly #here = new MemoryPresenceStore()
  readonly #connections: RedisConnections
  readonly #prefix: string

  constructor({ connections, prefix }: { readonly connections: RedisConnections; readonly prefix: string }) {
    this.#connections = connections
    this.#prefix = `${prefix}:presence:`
  }

  async see(seen: Parameters<PresenceStore['see']>[0]): Promise<void> {
    const { connectionId, userId, projectId, now, lapsesAt } = seen
    await this.#here.see(seen)
    const entry = `${userId} ${now.getTime()} ${lapsesAt.getTime()}`
    const lapsesInMs = Math.max(1, lapsesAt.getTime() - now.getTime())
    await Promise.all([
      this.#ask(SEE, projectId, connectionId, entry, String(lapsesInMs)),
      this.#ask(NOTE, `${projectId}:seen`, String(now.getTime()), userId),
    ])
  }

  async leave(connectionId: string, projectId: ProjectId): Promise<void> {
    await this.#here.leave(connectionId, projectId)
    await this.#ask(`redis.call('HDEL', KEYS[1], ARGV[1])`, projectId, connectionId)
  }

  async list(projectId: ProjectId, now: Date): Promise<{ userId: UserId; lastSeenAt: Date }[]> {
    const here = await this.#here.list(projectId, now)
    const entries = ((await this.#ask(LIST, projectId, String(now.getTime()))) ?? []) as string[]
    const seen = new Map(here.map(({ userId, lastSeenAt }) => [userId, lastSeenAt.getTime()]))
    for (const entry of entries) {
      const [userId, seenAt] = entry.split(' ') as [UserId, string]
      seen.set(userId, Math.max(Number(seenAt), seen.get(userId) ?? 0))
    }
    return [...seen]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([userId, seenAt]) => ({ userId, lastSeenAt: new Date(seenAt) }))
  }

  async listSeen(projectId: ProjectId, since: Date): Promise<{ userId: UserId; lastSeenAt: Date }[]> {
    const seen = new Map<UserId, number>()
    for (const { userId, lastSeenAt } of await this.#here.listSeen(projectId, since))
      seen.set(userId, lastSeenAt.getTime())
    const answer = ((await this.#ask(SEEN, `${projectId}:seen`, String(since.getTime()))) ?? []) as string[]
    for (let at = 0; at < answer.length; at += 2) {
      const userId = answer[at] as UserId
      seen.set(userId, Math.max(Number(answer[at + 1]), seen.get(userId) ?? 0))
    }
    return [...seen]
      .sort(([, a], [, b]) => b - a)
      .slice(0, PRESENCE_MOST_SEEN)
      .map(([userId, seenAt]) => ({ userId, lastSeenAt: new Date(seenAt) }))
  }

  /** The answer of Redis; `undefined` if there is none. */
  async #ask(script: string, key: string, ...args: readonly string[]): Promise<unknown> {
    try {
      const client = await this.#connections.ready()
      const answer: unknown = await client.eval(script, 1, this.#prefix + key, ...args)
      return answer
    } catch (error) {
      this.#connections.failed(error)
      return undefined
    }
  }
}
