import { RedisConnections } from '@muster/adapters-redis'
import { createMuster } from '@muster/host'
import { type RedisServer, startOwnRedis } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { jwtAuthenticator, promMetrics } from '@muster/transport-http'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import {
  Api,
  adminToken,
  ENDLESS,
  faultsOfHandOver,
  type Item,
  originOf,
  SECRET,
  SHUTDOWN_SECONDS,
} from '../any-input/queue-api.test.support.ts'
import { readConfiguration } from '../configuration.ts'
import { buildServer } from '../server.ts'
import { type ServerChild, startChild, until } from './server-child.test.support.ts'

const logger = pino({ level: 'silent' })

/** Starting a process costs more than all that is asked of it: so the tests share them, in this order. */
describe('processes on one Postgres and one Redis', () => {
  let redis: RedisServer
  let env: Readonly<Record<string, string>>
  let origin: string
  let worker: ServerChild
  let api: Api
  // A hook that is registered inside another hook is not called.
  const ends: (() => Promise<void>)[] = []
  const start = (roles: string): ServerChild =>
    startChild({ ...env, MUSTER_ROLES: roles }, (end) => void ends.push(end))

  beforeAll(async () => {
    redis = await startOwnRedis()
    env = {
      DATABASE_URL: await freshDatabase(),
      REDIS_URL: redis.url,
      MUSTER_JWT_SECRET: SECRET,
      MUSTER_DEMO: '0',
      MUSTER_SHUTDOWN_SECONDS: String(SHUTDOWN_SECONDS),
    }
    const server = start('api')
    worker = start('worker,scheduler')
    origin = await originOf(server)
    await originOf(worker)
    api = await Api.of(origin)
  })
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()))
    await redis.stop()
  })

  const done = (item: Item): Promise<Item> => api.reaches(item, 'completed')
  const attemptsOf = async (runId: string): Promise<Record<number, number>> => {
    const counted: Record<number, number> = {}
    for (const { attempt } of await api.allJobsOf(runId)) counted[attempt] = (counted[attempt] ?? 0) + 1
    return counted
  }
  /** How many events BullMQ has kept: each message makes some. */
  const delivered = async (admin: Redis): Promise<number> => {
    const keys = await admin.keys('*stub*events')
    const lengths = await Promise.all(keys.map((key) => admin.xlen(key)))
    return lengths.reduce((sum, length) => sum + length, 0)
  }
  const readiness = async (): Promise<unknown> => {
    const response = await fetch(`${origin}/readyz`)
    return { status: response.status, body: await response.json() }
  }

  it('share the work, and are ready', async () => {
    await done(await api.add({}))
    expect(await readiness()).toEqual({
      status: 200,
      body: { status: 'ok', checks: { persistence: 'ok', redis: 'ok' } },
    })
  })

  it('go on from the store while Redis is away, degraded, each job once, and through Redis when it is back, empty', async () => {
    const scenarios = Array.from({ length: 600 }, () => ({ payload: { simulate: { delayMs: 200 } } }))
    const runId = await api.startRun(scenarios)
    await until(async () => (await api.progressOf(runId)).completed > 50 || undefined)
    const port = Number(new URL(redis.url).port)
    await redis.stop()
    const waiting = await api.add({})
    await done(waiting)
    await until(async () => (await api.progressOf(runId)).status === 'completed' || undefined)
    expect(await api.progressOf(runId)).toMatchObject({ total: 600, completed: 600 })
    expect(await attemptsOf(runId)).toEqual({ 1: 600 })
    expect(await readiness()).toEqual({
      status: 200,
      body: { status: 'degraded', checks: { persistence: 'ok', redis: 'unavailable' } },
    })
    redis = await startOwnRedis({ port })
    await expect.poll(readiness).toMatchObject({ body: { status: 'ok' } })
    await done(await api.add({}))
  })

  it('go on from the store while Redis is full, degraded, and answer every request', async () => {
    const admin = new Redis(redis.url)
    onTestFinished(() => admin.disconnect())
    await admin.config('SET', 'maxmemory', '1')
    await done(await api.add({}))
    expect(await readiness()).toEqual({
      status: 200,
      body: { status: 'degraded', checks: { persistence: 'ok', redis: 'unavailable' } },
    })
    expect(await api.presence()).toEqual([])
    await admin.config('SET', 'maxmemory', '0')
    await expect.poll(readiness).toMatchObject({ body: { status: 'ok' } })
    await done(await api.add({}))
    const before = await delivered(admin)
    const more = async (): Promise<number> => {
      await done(await api.add({}))
      return (await delivered(admin)) - before
    }
    await expect.poll(more).toBeGreaterThan(0)
  })

  it.each([
    ['user', 'nobody:hidden@', ''],
    ['database', '', '/99'],
  ])('do not start with a %s that Redis does not know, and name the setting', async (_, user, database) => {
    const { host } = new URL(redis.url)
    const wrong = { ...env, REDIS_URL: `redis://${user}${host}${database}` }
    const { code, stderr } = await startChild(wrong).exit
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^Redis .*REDIS_URL/)
    expect(stderr).not.toContain('hidden')
  })

  it('end when told to stop under load, and hand back what is unfinished, which others do', async () => {
    const unfinished = await Promise.all(Array.from({ length: 20 }, () => api.add(ENDLESS)))
    for (const item of unfinished) await api.reaches(item, 'active')
    await originOf(start('worker,scheduler'))
    expect(await faultsOfHandOver(api, { leaving: worker, unfinished })).toEqual([])
  })
})

it('counts the requests of a caller for all processes together, and of nobody while Redis is away', async () => {
  const redis = await startOwnRedis()
  const configuration = readConfiguration({ MUSTER_JWT_SECRET: SECRET, MUSTER_RATE_LIMIT: '3' })
  const authorization = `Bearer ${await adminToken()}`
  const apps = await Promise.all(
    [1, 2].map(async () => {
      const connections = new RedisConnections({ url: redis.url }, logger)
      const { registry } = promMetrics()
      const authenticator = jwtAuthenticator({ secret: SECRET })
      const muster = await createMuster()
      const app = await buildServer({
        configuration,
        muster,
        authenticator,
        registry,
        logger,
        redis: connections,
      })
      onTestFinished(async () => {
        await app.close()
        connections.close()
      })
      await connections.ready()
      return app
    }),
  )
  const statuses = async (): Promise<number[]> => {
    const answers: number[] = []
    for (const app of [...apps, ...apps]) {
      answers.push((await app.inject({ url: '/api/v1/projects', headers: { authorization } })).statusCode)
    }
    return answers
  }
  expect(await statuses()).toEqual([200, 200, 200, 429])
  await redis.stop()
  await expect.poll(statuses).toEqual([200, 200, 200, 200])
})
