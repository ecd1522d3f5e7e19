import type { JobId, Json, ProjectId, UserId } from '@muster/core'
import type { Delivery, Logger } from '@muster/core/ports'
import { openProxy, type RedisServer, startOwnRedis } from '@muster/test-services'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished, vi } from 'vitest'
import { BullJobQueue } from './bull-job-queue.ts'
import { RedisConnections } from './connections.ts'
import { type Meaning, meaningOf } from './errors.ts'
import { RedisBroadcast } from './redis-broadcast.ts'
import { RedisPresence } from './redis-presence.ts'

async function server(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  const started = await startOwnRedis({ settings })
  onTestFinished(() => started.stop())
  return started
}

async function asAdmin<T>(url: string, act: (admin: Redis) => Promise<T>): Promise<T> {
  const admin = new Redis(url)
  try {
    return await act(admin)
  } finally {
    admin.disconnect()
  }
}

function open(url: string) {
  const loud: string[] = []
  const say = (_: object, message: string): void => void loud.push(message)
  const logger: Logger = { debug() {}, info: say, warn: say, error: say }
  const parts = { connections: new RedisConnections({ url }, logger), logger, prefix: 'muster' }
  const queue = new BullJobQueue(parts)
  onTestFinished(() => queue.close())
  return {
    ...parts,
    queue,
    loud,
    broadcast: new RedisBroadcast(parts),
    presence: new RedisPresence(parts),
  }
}

function aDelivery(): Delivery {
  return { jobId: crypto.randomUUID() as JobId, type: 'a', lane: 1 }
}

/** What is done to a server that works, how that is undone, and what Muster says of it. */
const STATES: readonly {
  readonly begin: (admin: Redis) => Promise<unknown>
  readonly end: (admin: Redis) => Promise<unknown>
  readonly means: Meaning
  readonly says: RegExp
}[] = [
  {
    begin: (admin) => admin.config('SET', 'maxmemory', '1'),
    end: (admin) => admin.config('SET', 'maxmemory', '0'),
    means: 'wait',
    says: /^Redis is full \(maxmemory\)/,
  },
  {
    begin: (admin) => admin.replicaof('127.0.0.1', 1),
    end: (admin) => admin.call('REPLICAOF', 'NO', 'ONE'),
    means: 'wait',
    says: /^Redis only reads/,
  },
  {
    begin: (admin) => admin.config('SET', 'min-replicas-to-write', '1'),
    end: (admin) => admin.config('SET', 'min-replicas-to-write', '0'),
    means: 'wait',
    says: /^Redis has too few replicas/,
  },
  {
    // A folder where the file should be: the save in the background fails, and so do writes from then on.
    begin: async (admin) => {
      await admin.config('SET', 'save', '1 1')
      await admin.config('SET', 'dbfilename', '.')
      await admin.bgsave().catch(() => {})
      await vi.waitFor(async () => expect(await admin.info()).toContain('rdb_last_bgsave_status:err'))
    },
    end: (admin) => admin.config('SET', 'stop-writes-on-bgsave-error', 'no'),
    means: 'wait',
    says: /^Redis cannot save/,
  },
  {
    begin: (admin) => admin.call('ACL', 'SETUSER', 'muster', '-@write'),
    end: (admin) => admin.call('ACL', 'SETUSER', 'muster', '+@write'),
    means: 'misconfigured',
    says: /^Redis does not let the user of REDIS_URL/,
  },
]

it('refuses deliveries and its check while Redis takes no writes; fails nothing else, says so once, and is back by itself', async () => {
  await Promise.all(STATES.map(livesThrough))
})

async function livesThrough({ begin, end, means, says }: (typeof STATES)[number]): Promise<void> {
  const { url } = await server({ 'enable-protected-configs': 'yes' })
  const admin = new Redis(url)
  onTestFinished(() => admin.disconnect())
  await admin.call('ACL', 'SETUSER', 'muster', 'on', '>pw', '~*', '&*', '+@all')
  const { host } = new URL(url)
  const { queue, connections, presence, broadcast, loud } = open(`redis://muster:pw@${host}`)
  const seen: JobId[] = []
  const heard: Json[] = []
  await queue.consume('a', 2, async ({ jobId }) => void seen.push(jobId))
  await broadcast.subscribe('news', (message) => void heard.push(message))
  await queue.deliver([aDelivery()])
  await vi.waitFor(() => expect(seen).toHaveLength(1))
  await queue.check()
  await connections.check()

  await begin(admin)
  const refused = await connections.check().catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'unavailable', message: expect.stringMatching(says) })
  expect(meaningOf((refused as Error).cause).means).toBe(means)
  await expect(queue.check()).rejects.toMatchObject({ code: 'queue_error' })
  // Between two connections it is away.
  await vi.waitFor(() =>
    expect(queue.deliver([aDelivery()])).rejects.toMatchObject({
      code: 'queue_error',
      message: expect.stringMatching(new RegExp(says.source.slice(1))),
    }),
  )
  const [projectId, userId] = [crypto.randomUUID() as ProjectId, crypto.randomUUID() as UserId]
  const now = new Date()
  const lapsesAt = new Date(now.getTime() + 60_000)
  await presence.see({ connectionId: 'c', userId, projectId, now, lapsesAt })
  expect(await presence.list(projectId, now)).toEqual([{ userId, lastSeenAt: now }])
  await presence.leave('c', projectId)
  expect(await presence.list(projectId, now)).toEqual([])
  await broadcast.publish('news', 'still')
  await vi.waitFor(() => expect(heard).toContain('still'))

  await end(admin)
  await vi.waitFor(() => queue.check())
  await connections.check()
  await queue.deliver([aDelivery()])
  await vi.waitFor(() => expect(seen).toHaveLength(2))
  await presence.see({ connectionId: 'c', userId, projectId, now, lapsesAt })
  expect(await open(url).presence.list(projectId, now)).toEqual([{ userId, lastSeenAt: now }])
  await vi.waitFor(() => expect(loud.filter((line) => line.includes('works again'))).toHaveLength(1))
  expect(loud).toHaveLength(2)
}

it.each<[string, RegExp, (host: string) => readonly string[]]>([
  [
    'a user or a password that it does not know',
    /refuses the user or the password/,
    (host) => [`redis://muster:no@${host}`, `redis://${host}`, `redis://nobody:pw@${host}`],
  ],
  ['a user without rights', /does not let the user/, (host) => [`redis://weak:pw@${host}`]],
  ['a database that is not there', /no database of the number/, (host) => [`redis://muster:pw@${host}/99`]],
])(
  'says at once, naming REDIS_URL, that no waiting helps where it is given %s',
  {},
  async (_, says, urlsOf) => {
    const { url } = await server()
    await asAdmin(url, async (admin) => {
      await admin.call('ACL', 'SETUSER', 'muster', 'on', '>pw', '~*', '&*', '+@all')
      await admin.call('ACL', 'SETUSER', 'weak', 'on', '>pw', '~other:*', '+@all')
      await admin.call('ACL', 'SETUSER', 'default', '>secret')
    })
    const refused = urlsOf(new URL(url).host).map(async (given) => {
      const { connections, queue, loud } = open(given)
      const refusal = await connections.admitted().catch((error: unknown) => error)
      expect(refusal).toMatchObject({ name: 'MisconfiguredError', message: expect.stringMatching(says) })
      expect((refusal as Error).message).toContain('REDIS_URL')
      await expect(connections.check()).rejects.toMatchObject({ code: 'unavailable' })
      await expect(queue.deliver([aDelivery()])).rejects.toMatchObject({ code: 'queue_error' })
      expect(loud).toEqual([expect.stringMatching(says)])
    })
    await Promise.all(refused)
  },
)

it('lets in who may, and whom it cannot judge since Redis is away', async () => {
  const { url } = await server()
  await expect(open(url).connections.admitted()).resolves.toBeUndefined()
  await expect(open('redis://127.0.0.1:1').connections.admitted()).resolves.toBeUndefined()
})

it('writes nothing into another database than the one it was given', async () => {
  const { url } = await server()
  const { queue, connections } = open(`${url}/99`)
  await queue.consume('a', 1, async () => {})
  await connections.admitted().catch(() => {})
  await expect(queue.deliver([aDelivery()])).rejects.toMatchObject({ code: 'queue_error' })
  expect(await asAdmin(url, (admin) => admin.keys('*'))).toEqual([])
})

it('answers at once, after the first two seconds, while nothing comes back from Redis, and works within two once it does', async () => {
  const { url } = await server()
  const proxy = await openProxy(url)
  onTestFinished(() => proxy.close())
  const { queue, connections } = open(proxy.url)
  const seen: JobId[] = []
  await queue.consume('a', 1, async ({ jobId }) => void seen.push(jobId))
  await queue.deliver([aDelivery()])
  await vi.waitFor(() => expect(seen).toHaveLength(1))
  proxy.set('silent')
  await expect(queue.check()).rejects.toMatchObject({ code: 'queue_error' })
  await vi.waitFor(async () => {
    const turn = Promise.race([
      connections.ready().then(
        () => 'connected',
        () => 'refused',
      ),
      new Promise((resolve) => setImmediate(() => setImmediate(resolve))),
    ])
    expect(await turn).toBe('refused')
  })
  proxy.set('open')
  await vi.waitFor(() => queue.check())
  await queue.deliver([aDelivery()])
  await vi.waitFor(() => expect(seen).toHaveLength(2))
})

it.each([
  ['LOADING Redis is loading the dataset in memory', 'wait'],
  ['CLUSTERDOWN Hash slot not served', 'wait'],
  ['MASTERDOWN Link with MASTER is down', 'wait'],
  ['ERR max number of clients reached', 'wait'],
  ['connect ECONNREFUSED 127.0.0.1:1', 'wait'],
  ['TRYAGAIN Multiple keys request during rehashing of slot', 'again'],
  ['UNBLOCKED force unblock from blocking operation, instance state changed (master -> replica?)', 'again'],
  ['MOVED 3999 127.0.0.1:6381', 'misconfigured'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'misconfigured'],
  ["ERR unknown command 'SPUBLISH'", 'misconfigured'],
  ['DENIED Redis is running in protected mode', 'misconfigured'],
  ['ERR value is not an integer or out of range', 'fault'],
] as const)('takes "%s" for %s', (message, means) => {
  expect(meaningOf(new Error(message)).means).toBe(means)
})
