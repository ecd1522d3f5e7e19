import { RedisConnections } from '@muster/adapters-redis'
import { createMuster } from '@muster/core/container'
import { type RedisServer, startOwnRedis } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { jwtAuthenticator, promMetrics } from '@muster/transport-http'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readConfiguration } from './configuration.ts'
import {
  Api,
  adminToken,
  ENDLESS,
  faultsOfHandOver,
  type Item,
  originOf,
  SECRET,
  SHUTDOWN_SECONDS,
} from './queue-api.test.support.ts'
import { buildServer } from './server.ts'
import { type ServerChild, startChild } from './server-child.test.support.ts'

const TIMEOUT_MS = 60_000

const logger = pino({ level: 'silent' })

/** Starting a process costs more than all that is asked of it: so the tests share them, in this order. */
describe('processes on one Postgres and one Redis', { timeout: TIMEOUT_MS }, () => {
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
  }, TIMEOUT_MS)
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()))
    await redis.stop()
  })

  const done = (item: Item): Promise<Item> => api.reaches(item, 'completed')
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

  it('go on without Redis, degraded, and do what waited once it is back, empty', async () => {
    const port = Number(new URL(redis.url).port)
    await redis.stop()
    const waiting = await api.add({})
    expect(await readiness()).toEqual({
      status: 200,
      body: { status: 'degraded', checks: { persistence: 'ok', redis: 'unavailable' } },
    })
    redis = await startOwnRedis({ port })
    await done(waiting)
    await done(await api.add({}))
    expect(await readiness()).toMatchObject({ body: { status: 'ok' } })
  })

  it('end in time when told to stop under load, and hand back what is unfinished, which others do soon', async () => {
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
