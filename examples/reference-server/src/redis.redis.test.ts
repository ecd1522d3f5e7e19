import { RedisConnections } from '@muster/adapters-redis'
import { createMuster } from '@muster/core/container'
import { type RedisServer, startOwnRedis } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { jwtAuthenticator, promMetrics } from '@muster/transport-http'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { readConfiguration } from './configuration.ts'
import { DEVELOPMENT_ADMIN, developmentTokens } from './development-tokens.ts'
import { buildServer } from './server.ts'
import { Client, type ServerChild, startChild, until } from './server-child.test.support.ts'

const SECRET = 'a secret of more than thirty-two characters'
const TIMEOUT_MS = 60_000

interface Item {
  readonly itemId: string
  readonly state: string
}

const logger = pino({ level: 'silent' })

async function adminToken(): Promise<string> {
  const holder = { label: 'admin', userId: DEVELOPMENT_ADMIN, role: 'admin' } as const
  const [token] = await developmentTokens(SECRET, [holder], new Date())
  return token?.jwt ?? ''
}

/** Starting a process costs more than all that is asked of it: so the tests share them, in this order. */
describe('processes on one Postgres and one Redis', { timeout: TIMEOUT_MS }, () => {
  let redis: RedisServer
  let origin: string
  let client: Client
  let projectId: string
  // A hook that is registered inside another hook is not called.
  const ends: (() => Promise<void>)[] = []
  const originOf = (child: ServerChild): Promise<string> => child.logged(/listening on (http:\/\/[^"\s]+)/)

  beforeAll(async () => {
    redis = await startOwnRedis()
    const env = {
      DATABASE_URL: await freshDatabase(),
      REDIS_URL: redis.url,
      MUSTER_JWT_SECRET: SECRET,
      MUSTER_DEMO: '0',
    }
    const [server, worker] = ['api', 'worker,scheduler'].map((MUSTER_ROLES) =>
      startChild({ ...env, MUSTER_ROLES }, (end) => void ends.push(end)),
    ) as [ServerChild, ServerChild]
    origin = await originOf(server)
    await originOf(worker)
    client = new Client(origin, await adminToken())
    projectId = (await client.post<{ projectId: string }>('/projects', { name: 'Shared' })).projectId
  }, TIMEOUT_MS)
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()))
    await redis.stop()
  })

  const add = (): Promise<Item> =>
    client.post(`/projects/${projectId}/queue/add`, { type: 'stub:probe', payload: {} })
  const done = ({ itemId }: Item): Promise<Item> =>
    until(async () => {
      const seen = await client.get<Item>(`/projects/${projectId}/queue/${itemId}`)
      return seen.state === 'completed' ? seen : undefined
    })
  const readiness = async (): Promise<unknown> => {
    const response = await fetch(`${origin}/readyz`)
    return { status: response.status, body: await response.json() }
  }

  it('share the work, and are ready', async () => {
    await done(await add())
    expect(await readiness()).toEqual({
      status: 200,
      body: { status: 'ok', checks: { persistence: 'ok', redis: 'ok' } },
    })
  })

  it('go on without Redis, degraded, and do what waited once it is back, empty', async () => {
    const port = Number(new URL(redis.url).port)
    await redis.stop()
    const waiting = await add()
    expect(await readiness()).toEqual({
      status: 200,
      body: { status: 'degraded', checks: { persistence: 'ok', redis: 'unavailable' } },
    })
    redis = await startOwnRedis({ port })
    await done(waiting)
    await done(await add())
    expect(await readiness()).toMatchObject({ body: { status: 'ok' } })
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
