import { inspect } from 'node:util'
import type { JobId, ProjectId, UserId } from '@muster/core'
import type { Delivery, Logger } from '@muster/core/ports'
import { startOwnRedis } from '@muster/test-services'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished, vi } from 'vitest'
import { BullJobQueue } from './bull-job-queue.ts'
import { RedisConnections, type RedisTarget } from './connections.ts'
import { RedisBroadcast } from './redis-broadcast.ts'
import { RedisPresence } from './redis-presence.ts'

const RIGHT = 'right-9c41e07ab2'
const WRONG = 'wrong-5d20f6c813'
const PAYLOAD = 'carried-77ab01c4'

it('tells nobody the passwords of a Redis that refuses them, nor what was sent to it, and says once that it refuses', async () => {
  const server = await startOwnRedis()
  onTestFinished(() => server.stop())
  const admin = new Redis(server.url)
  onTestFinished(() => admin.disconnect())
  await admin.call('ACL', 'SETUSER', 'muster', 'on', `>${RIGHT}`, '~none', '&none', '+info', '+ping')
  await admin.config('SET', 'requirepass', RIGHT)
  const { host } = new URL(server.url)
  const client = new Redis(`redis://:${WRONG}@${host}`, { lazyConnect: true })
  const targets: Readonly<Record<string, RedisTarget>> = {
    'another password': { url: `redis://:${WRONG}@${host}` },
    'an unknown user': { url: `redis://nobody:${WRONG}@${host}` },
    'no password': { url: `redis://${host}` },
    'a user without rights': { url: `redis://muster:${RIGHT}@${host}` },
    'a client of the host': { client },
    'a server that speaks no TLS': { url: `rediss://:${WRONG}@${host}` },
    'nobody there': { url: `redis://:${WRONG}@127.0.0.1:1` },
  }
  const failing = Object.entries(targets).map(async ([what, target]) => ({ what, ...(await fail(target)) }))
  for (const { what, all, loud } of await Promise.all(failing)) {
    const told = [RIGHT, WRONG, PAYLOAD].filter((secret) => all.includes(secret))
    expect({ what, told, loud }).toEqual({
      what,
      told: [],
      loud: [expect.stringMatching(/^warn: Redis (refuses the user|does not let|is away)/)],
    })
  }
})

/** Uses everything that stands on Redis, in vain, and gives all that a logger would write, or a caller could, and the lines above debug. */
async function fail(
  target: RedisTarget,
): Promise<{ readonly all: string; readonly loud: readonly string[] }> {
  const told: unknown[] = []
  const loud: string[] = []
  let failures = 0
  const say = (level: string) => (fields: object, message: string) => {
    told.push(fields, message)
    if (level !== 'debug') loud.push(`${level}: ${message}`)
    else failures++
  }
  const logger: Logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  const connections = new RedisConnections(target, logger)
  const parts = { connections, logger, prefix: PAYLOAD }
  const queue = new BullJobQueue(parts)
  const broadcast = new RedisBroadcast(parts)
  const presence = new RedisPresence(parts)
  const projectId = PAYLOAD as ProjectId
  const person = {
    connectionId: PAYLOAD,
    userId: PAYLOAD as UserId,
    projectId,
    now: new Date(),
    lapsesAt: new Date(),
  }
  const delivery: Delivery = { jobId: PAYLOAD as JobId, type: 'a', lane: 1 }
  await queue.consume('a', 1, async () => {})
  const calls = [
    () => queue.deliver([delivery]),
    () => queue.counts(),
    () => queue.pause(),
    () => queue.remove([delivery.jobId]),
    () => broadcast.publish(PAYLOAD, PAYLOAD),
    () => broadcast.subscribe(PAYLOAD, () => {}),
    () => presence.list(projectId, new Date()),
    () => presence.see(person),
    () => presence.leave(PAYLOAD, projectId),
  ]
  const refused = await Promise.allSettled(calls.map((call) => call()))
  for (const outcome of refused) if (outcome.status === 'rejected') told.push(outcome.reason)
  // Reconnecting, reading and looking for what stalls fail again and again meanwhile.
  await vi.waitFor(() => expect(failures).toBeGreaterThan(5))
  await queue.close()
  return {
    all: told
      .map((each) => `${inspect(each, { depth: 20, showHidden: true })} ${JSON.stringify(each)}`)
      .join('\n'),
    loud,
  }
}
