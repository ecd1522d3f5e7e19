import { pgModule } from '@muster/adapters-pg'
import { jobType } from '@muster/core'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { freshDatabase } from '@muster/test-services/vitest'
import { jwtAuthenticator, promMetrics } from '@muster/transport-http'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfiguration } from './configuration.ts'
import { DEVELOPMENT_ADMIN, developmentTokens } from './development-tokens.ts'
import { buildServer } from './server.ts'
import { stubProbe } from './stub-probe.ts'

/**
 * On a pool that its host uses too, each statement is a transaction with settings of its own. Meanwhile the process reports itself, whatever is asked.
 */
const AROUND = /^(begin|commit|select set_config)|process_seen/

const SECRET = 'a secret of more than thirty-two characters'

let pool: pg.Pool
let muster: Muster
let app: FastifyInstance
let authorization: string
let statements = 0

beforeAll(async () => {
  const connectionString = await freshDatabase()
  pool = new pg.Pool({ connectionString })
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((...args: unknown[]) => {
      const [asked] = args as [string | { readonly text: string }]
      if (!AROUND.test(typeof asked === 'string' ? asked : asked.text)) statements += 1
      return query(...args)
    }) as typeof client.query
  })
  muster = await createMuster({
    modules: [coreModule({ jobTypes: [jobType(stubProbe)] }), pgModule({ pool })],
  })
  const configuration = readConfiguration({ DATABASE_URL: connectionString, MUSTER_JWT_SECRET: SECRET })
  app = await buildServer({
    configuration,
    muster,
    authenticator: jwtAuthenticator({ secret: SECRET }),
    registry: promMetrics().registry,
    logger: pino({ level: 'silent' }),
  })
  const holder = { label: 'admin', userId: DEVELOPMENT_ADMIN, role: 'admin' } as const
  const [token] = await developmentTokens(SECRET, [holder], new Date())
  authorization = `Bearer ${token?.jwt}`
})
afterAll(async () => {
  await app.close()
  await muster.close()
  await pool.end()
})

it('reads any number of runs, with progress and what settled last, in the same number of statements', async () => {
  const { projectId } = await muster.projects.add({ name: 'Many runs' })
  const scenarios = [{ payload: {} }]
  const { definitionId } = await muster.definitions.add(projectId, {
    name: 'd',
    jobType: stubProbe.name,
    scenarios,
  })
  for (let run = 0; run < 100; run++) await muster.runs.start(projectId, { definitionId, models: ['m'] })
  const worker = await muster.work()
  while ((await muster.queue.status(projectId, {})).counts.completed < 100) await muster.clock.wait(20)
  await worker.close()

  const { items } = await muster.runs.list(projectId, { limit: 100 })
  const each = items.map(
    ({ runId }, n) => `r${n}: run(id: "${runId}") { progress { completed } recentJobs(limit: 3) { result } }`,
  )
  const list = `runs(projectId: "${projectId}", first: COUNT) { edges { node {
    progress { completed byModel { model completed } etaSeconds } recentJobs(limit: 3) { result } } } }`
  const counted = async (query: string): Promise<number> => {
    const before = statements
    const reply = await app.inject({
      method: 'POST',
      url: '/graphql',
      headers: { authorization },
      payload: { query },
    })
    expect(reply.json().errors).toBeUndefined()
    expect(reply.body.split('"completed":1').length - 1).toBeGreaterThan(0)
    return statements - before
  }
  const ofOne = await counted(`{ ${list.replace('COUNT', '1')} }`)
  expect(await counted(`{ ${list.replace('COUNT', '100')} }`)).toBe(ofOne)
  expect(await counted(`{ ${each.join(' ')} }`)).toBe(await counted(`{ ${each[0]} }`))
  expect(ofOne).toBeLessThan(8)
})
