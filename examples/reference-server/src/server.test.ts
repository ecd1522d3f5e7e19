import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator, promMetrics } from '@muster/transport-http'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfiguration } from './configuration.ts'
import { DEVELOPMENT_ADMIN, developmentTokens } from './development-tokens.ts'
import { jobTypes } from './job-types.ts'
import { buildServer } from './server.ts'

const SECRET = 'a secret of more than thirty-two characters'

describe('buildServer', () => {
  it.each(['api', 'worker', 'scheduler'])('says how the process is with the role %s', async (role) => {
    const { app } = await serving(role)
    const answers = await Promise.all(['/healthz', '/readyz', '/metrics'].map((path) => app.inject(path)))
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
  })

  it('serves the API to an admin with a development token', async () => {
    const { app, token } = await serving('api')
    const headers = { authorization: `Bearer ${token}` }
    expect((await app.inject({ url: '/api/v1/projects', headers })).json()).toEqual({
      items: [],
      nextCursor: null,
    })
    expect((await app.inject('/api/v1/projects')).statusCode).toBe(401)
    expect((await app.inject('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' })
  })

  it('gives a browser a page to try GraphQL on in development, which asks no other host for anything', async () => {
    const { app } = await serving('api')
    const page = await app.inject({ url: '/graphql', headers: { accept: 'text/html' } })
    expect(page.statusCode).toBe(200)
    expect(page.body).toContain('GraphiQL')
    const outside = /<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?https?:|@import|import\(["']https?:/i
    expect(outside.test(page.body)).toBe(false)
  })

  it('serves no API without the role', async () => {
    const { app, token } = await serving('worker,scheduler')
    const answer = await app.inject({
      url: '/api/v1/projects',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ code: 'not_found' })
  })

  it('knows the job types of the demo and the stub', async () => {
    expect(jobTypes.map(({ name }) => name)).toEqual([
      'probe:scenario',
      'analyze:basic',
      'analyze:deep',
      'stub:probe',
    ])
  })
})

async function serving(roles: string) {
  const { metrics, registry } = promMetrics()
  const muster = await createMuster({ modules: [coreModule({ jobTypes, metrics })] })
  const app = await buildServer({
    configuration: readConfiguration({ MUSTER_ROLES: roles }),
    muster,
    authenticator: jwtAuthenticator({ secret: SECRET }),
    registry,
    logger: pino({ level: 'silent' }),
  })
  onTestFinished(async () => {
    await app.close()
    await muster.close()
  })
  const [token] = await developmentTokens(
    SECRET,
    [{ label: 'admin', userId: DEVELOPMENT_ADMIN, role: 'admin' }],
    new Date(),
  )
  return { app, token: token?.jwt ?? '' }
}
