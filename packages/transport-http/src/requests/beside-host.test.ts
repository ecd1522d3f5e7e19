import { deflateSync, gzipSync } from 'node:zlib'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { coreModule, createMuster } from '@muster/host'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { jwtAuthenticator } from '../access/jwt-authenticator.ts'
import { openApi, SECRET, token } from '../api-world.test.support.ts'
import { promMetrics } from '../metrics.ts'
import { type MusterHttpOptions, musterHttp } from '../plugin.ts'

const ADMIN = { sub: '0197cb8a-1f4e-7c3a-9b5d-6f2e8a4c1d00', role: 'admin' }

async function options(more: Partial<MusterHttpOptions> = {}): Promise<MusterHttpOptions> {
  const muster = await createMuster({ modules: [coreModule()] })
  onTestFinished(() => muster.close())
  return { muster, authenticator: jwtAuthenticator({ secret: SECRET }), ...more }
}

async function statuses(app: FastifyInstance, ...urls: readonly string[]): Promise<number[]> {
  const headers = { authorization: `Bearer ${await token(ADMIN)}` }
  const replies = await Promise.all(urls.map((url) => app.inject({ url, headers })))
  return replies.map(({ statusCode }) => statusCode)
}

describe('musterHttp beside what a host has', () => {
  it.each<[object, string]>([
    [{ requestPerMinute: 60 }, 'musterHttp: requestPerMinute is not known: did you mean requestsPerMinute?'],
    [{ corsOrigins: 'https://app.example.org' }, 'musterHttp: corsOrigins must be a list of origins'],
    [{ corsOrigins: ['app.example.org'] }, 'musterHttp: corsOrigins has app.example.org, which is no origin'],
    [{ operations: { heath: false } }, 'musterHttp: operations.heath is not known: did you mean health?'],
    [{ graphql: 'no' }, 'musterHttp: graphql must be true or false, not a text'],
    [{ muster: undefined }, 'musterHttp: muster is missing'],
  ])('refuses %j by name', async (wrong, message) => {
    const app = Fastify()
    onTestFinished(() => app.close())
    const given = await options(wrong)
    await expect(async () => app.register(musterHttp, given)).rejects.toThrow(message)
  })

  it.each(['requestsPerMinute', 'streamsPerPerson'] as const)(
    'refuses a %s that is no number',
    async (name) => {
      for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '60' as unknown as number]) {
        const app = Fastify()
        onTestFinished(() => app.close())
        const given = await options({ [name]: value })
        await expect(async () => app.register(musterHttp, given)).rejects.toThrow(
          new RegExp(`^musterHttp: ${name} must be a whole number from 0 up, not `),
        )
      }
    },
  )

  it('lies below the prefix of an encapsulated scope, beside the host’s own health, docs and plugins', async () => {
    const app = Fastify()
    onTestFinished(() => app.close())
    await app.register(helmet)
    await app.register(cors, { origin: 'https://own.example.org' })
    await app.register(rateLimit, { max: 1_000 })
    await app.register(swagger, { openapi: { info: { title: 'Own', version: '1' } } })
    await app.register(swaggerUi, { routePrefix: '/docs' })
    app.get('/healthz', async () => 'own')
    const muster = await options({ corsOrigins: ['https://app.example.org'] })
    await app.register(
      async (scope) => {
        await scope.register(musterHttp, muster)
      },
      { prefix: '/muster' },
    )
    await app.ready()

    expect(
      await statuses(app, '/muster/api/v1/projects', '/muster/healthz', '/muster/docs/json', '/docs/json'),
    ).toEqual([200, 200, 200, 200])
    expect((await app.inject('/healthz')).body).toBe('own')
    expect(Object.keys((await app.inject('/docs/json')).json().paths)).toEqual(['/healthz'])
    const theirs = (await app.inject('/muster/openapi.json')).json()
    expect(theirs).toMatchObject({ info: { title: 'Muster' }, servers: [{ url: '/muster/api/v1' }] })
    expect(theirs.paths['/projects'].get.operationId).toBe('listProjects')
    expect((await app.inject('/muster/docs/json')).json()).toEqual(theirs)
  })

  it('is registered twice in one app, below different bases, and answers the same below each', async () => {
    const app = Fastify()
    onTestFinished(() => app.close())
    await app.register(musterHttp, await options({ base: '/a' }))
    await app.register(musterHttp, await options({ base: '/b/c/', prefix: '/v1' }))
    await app.ready()
    expect(
      await statuses(app, '/a/api/v1/projects', '/b/c/v1/projects', '/b/c/readyz', '/b/c/docs/'),
    ).toEqual(Array(4).fill(200))
    const headers = { authorization: `Bearer ${await token(ADMIN)}`, 'content-type': 'application/json' }
    const asked = await app.inject({
      method: 'POST',
      url: '/b/c/graphql?operationName=Q',
      headers,
      payload: { query: 'query Q { __typename }' },
    })
    expect(asked.json()).toEqual({ data: { __typename: 'Query' } })
    expect((await app.inject('/b/c/docs')).body).toContain('src="/b/c/docs/static/swagger-ui-bundle.js"')
    expect((await app.inject('/b/c/docs/static/index.html')).headers['location']).toBe('/b/c/docs/')
  })

  it.each<[string, Partial<MusterHttpOptions>, string]>([
    ['a scope with a parameter', { base: '/of/:id' }, '/of/acme/api/v1'],
    ['a parameter that routes have too', { base: '/of/:projectId' }, '/of/acme/api/v1'],
    ['a prefix that ends with a slash', { prefix: '/v1/' }, '/v1'],
    ['a prefix that is a slash alone', { prefix: '/' }, ''],
  ])('reads the parameters of its own routes below %s', async (_, how, prefix) => {
    const app = Fastify()
    onTestFinished(() => app.close())
    const given = await options(how)
    await app.register(musterHttp, given)
    const { projectId } = await given.muster.projects.add({ name: 'p' })
    const unknown = ADMIN.sub
    expect(
      await statuses(
        app,
        `${prefix}/projects`,
        `${prefix}/queue/stats`,
        `${prefix}/projects/${projectId.toUpperCase()}`,
        `${prefix}/projects/${unknown}`,
        `${prefix}/tasks/none`,
      ),
    ).toEqual([200, 200, 200, 404, 404])
  })

  it.each([
    [false, [404, 404, 404, 404, 404, 200]],
    [{ docs: false }, [200, 200, 200, 404, 404, 200]],
    [{ health: false, metrics: false }, [404, 404, 404, 200, 200, 200]],
  ])('leaves out what operations: %j says', async (operations, expected) => {
    const app = Fastify()
    onTestFinished(() => app.close())
    await app.register(musterHttp, await options({ operations, registry: promMetrics().registry }))
    const urls = ['/healthz', '/readyz', '/metrics', '/docs/', '/openapi.json', '/api/v1/projects']
    expect(await statuses(app, ...urls)).toEqual(expected)
  })

  it.each(['muster', '/mus ter', '/a//b', '/a/../b'])('refuses base %j by name', async (base) => {
    const app = Fastify()
    await expect(async () => app.register(musterHttp, await options({ base }))).rejects.toThrow(
      /^base must be/,
    )
  })

  it('is not ready once the process is about to end, and asks clients to go elsewhere', async () => {
    const draining = new AbortController()
    const app = Fastify()
    onTestFinished(() => app.close())
    await app.register(musterHttp, await options({ draining: draining.signal }))
    expect(await statuses(app, '/healthz', '/readyz', '/api/v1/projects')).toEqual([200, 200, 200])
    draining.abort()
    expect(await statuses(app, '/healthz', '/readyz', '/api/v1/projects')).toEqual([200, 503, 200])
    expect((await app.inject('/healthz')).headers['connection']).toBe('close')
  })
})

describe('a compressed body', () => {
  const json = Buffer.from('{"name":"packed"}')
  const post = async (bytes: Buffer, encoding: string) => {
    const world = await openApi()
    onTestFinished(() => world.close())
    const authorization = `Bearer ${await token(ADMIN)}`
    const headers = { authorization, 'content-type': 'application/json', 'content-encoding': encoding }
    return world.app.inject({ method: 'POST', url: '/api/v1/projects', headers, payload: bytes })
  }

  it.each([
    ['gzip', gzipSync(json)],
    ['deflate', deflateSync(json)],
  ])('is unpacked (%s)', async (encoding, bytes) => {
    expect((await post(bytes, encoding)).json()).toMatchObject({ name: 'packed' })
  })

  it('is refused by name if it is not what it says, is packed in an unknown way, or is too large', async () => {
    const broken = await post(json, 'gzip')
    expect([broken.statusCode, broken.json().detail]).toEqual([400, 'The body is not gzip'])
    const unknown = await post(json, 'lzma')
    expect([unknown.statusCode, unknown.headers['accept-encoding']]).toEqual([
      415,
      'gzip, x-gzip, deflate, br, zstd',
    ])
    const bomb = await post(gzipSync(Buffer.alloc(20 * 2 ** 20, ' ')), 'gzip')
    expect(bomb.statusCode).toBe(413)
  })
})
