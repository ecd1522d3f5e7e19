import { MemoryPersistence } from '@muster/adapters-memory'
import { jobType } from '@muster/core'
import type { Logger } from '@muster/core/ports'
import {
  BROADCAST,
  CLOCK,
  createMuster,
  IDS,
  JOB_QUEUE,
  LOGGER,
  PERSISTENCE,
  PRESENCE_STORE,
} from '@muster/host'
import { startOwnRedis } from '@muster/test-services'
import { freshRedis } from '@muster/test-services/vitest'
import { Container, ContainerModule } from 'inversify'
import { Redis } from 'ioredis'
import { expect, it, vi } from 'vitest'
import { BullJobQueue } from './bull-job-queue.ts'
import { RedisBroadcast } from './redis-broadcast.ts'
import { redisModule } from './redis-module.ts'
import { RedisPresence } from './redis-presence.ts'

function heard() {
  const said: string[] = []
  const say = (_: object, message: string): void => void said.push(message)
  const logger: Logger = { debug() {}, info: say, warn: say, error: say }
  return { logger, said }
}

function withLogger(logger: Logger): Container {
  const container = new Container({ defaultScope: 'Singleton' })
  container.bind(LOGGER).toConstantValue(logger)
  return container
}

it('binds the job queue, the broadcast and presence, and leaves a client that was given open', async () => {
  const { url, prefix } = freshRedis()
  const client = new Redis(url)
  const container = withLogger(heard().logger)
  await container.loadAsync(redisModule({ client, prefix }))

  const queue = await container.getAsync(JOB_QUEUE)
  expect(queue).toBeInstanceOf(BullJobQueue)
  expect(await container.getAsync(BROADCAST)).toBeInstanceOf(RedisBroadcast)
  expect(await container.getAsync(PRESENCE_STORE)).toBeInstanceOf(RedisPresence)
  expect(await queue?.counts()).toEqual(new Map())
  await container.unbindAllAsync()
  expect(await client.ping(), 'what was given open is left open').toBe('PONG')
  client.disconnect()
})

it('gives Muster its queue, and closes what it opened with it', async () => {
  const server = await startOwnRedis()
  const watcher = new Redis(server.url)
  const before = await connections(watcher)
  const database = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue((clock, ids) => new MemoryPersistence({ clock, ids }), [CLOCK, IDS])
  })
  const muster = await createMuster({ modules: [database, redisModule({ url: server.url })] })
  await vi.waitFor(async () => expect(await connections(watcher)).toBeGreaterThan(before))
  await muster.close()
  await vi.waitFor(async () => expect(await connections(watcher)).toBe(before))
  watcher.disconnect()
  await server.stop()
})

it('tells what a process works on behind the broker', async () => {
  const { url, prefix } = freshRedis()
  const ended = Promise.withResolvers<void>()
  const slow = jobType({
    name: 'slow',
    payload: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } },
    concurrency: 2,
    handler: () => ended.promise.then(() => null),
  })
  const database = new ContainerModule(({ bind }) => {
    bind(PERSISTENCE).toResolvedValue((clock, ids) => new MemoryPersistence({ clock, ids }), [CLOCK, IDS])
  })
  const muster = await createMuster({ jobTypes: [slow], modules: [database, redisModule({ url, prefix })] })
  const { projectId } = await muster.projects.add({ name: 'brokered' })
  for (let n = 0; n < 3; n++) await muster.queue.add(projectId, { type: 'slow', payload: {} })
  await muster.work()
  // What is new is told within ten seconds.
  await vi.waitFor(async () =>
    expect(await muster.system.processes()).toMatchObject({
      workers: [{ type: 'slow', workers: 1 }],
      processes: [{ slots: 2, active: 2, types: [{ type: 'slow', slots: 2, active: 2 }] }],
    }),
  )
  ended.resolve()
  await muster.close()
})

it('warns when the server may evict what it holds', async () => {
  const server = await startOwnRedis({ settings: { maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' } })
  const { logger, said } = heard()
  const container = withLogger(logger)
  await container.loadAsync(redisModule({ url: server.url }))
  await container.getAsync(JOB_QUEUE)
  await vi.waitFor(() => expect(said).toEqual([expect.stringMatching(/allkeys-lru.*noeviction/)]))
  await container.unbindAllAsync()
  await server.stop()
})

it('makes no process warn of too many listeners, however many types it works on', async () => {
  const { url, prefix } = freshRedis()
  const container = withLogger(heard().logger)
  await container.loadAsync(redisModule({ url, prefix }))
  const queue = await container.getAsync(JOB_QUEUE)
  const warnings: Error[] = []
  const warn = (warning: Error): void => void warnings.push(warning)
  process.on('warning', warn)
  for (let nth = 0; nth < 12; nth++) await queue?.consume(`type ${nth}`, 1, async () => {})
  await queue?.counts()
  await container.unbindAllAsync()
  process.off('warning', warn)
  expect(warnings).toEqual([])
})

async function connections(client: Redis): Promise<number> {
  const told = String(await client.client('LIST'))
  return told.split('\n').filter((line) => line !== '').length
}
