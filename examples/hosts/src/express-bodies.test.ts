import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { type Json, jobType } from '@muster/core'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { jwtAuthenticator, musterHttp } from '@muster/transport-http'
import express, { type RequestHandler } from 'express'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { adminToken, SECRET } from './token.test.support.ts'

let muster: Muster
let authorization: string

beforeAll(async () => {
  const shout = jobType({
    name: 'shout',
    payload: { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Json }) } },
    handler: ({ payload }) => payload,
  })
  muster = await createMuster({ modules: [coreModule({ jobTypes: [shout] })] })
  authorization = `Bearer ${await adminToken()}`
})
afterAll(() => muster.close())

/** Muster behind middleware of an Express app: the address of its calls. */
async function behind(...before: readonly RequestHandler[]): Promise<string> {
  const work = Fastify()
  await work.register(musterHttp, {
    muster,
    authenticator: jwtAuthenticator({ secret: SECRET }),
    base: '/work',
  })
  await work.ready()
  const app = express()
  for (const middleware of before) app.use(middleware)
  app.use((incoming, response) => work.routing(incoming, response))
  const server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await work.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/work`
}

async function post(url: string, body: string | Buffer, headers: Record<string, string> = {}) {
  const all = { authorization, 'content-type': 'application/json', ...headers }
  const answer = await fetch(url, { method: 'POST', headers: all, body: body as string })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

/** Keeps what it reads to itself. */
const hoard: RequestHandler = (incoming, _response, next) => {
  incoming.once('end', () => next()).resume()
}

describe('Muster behind a body parser of its host', () => {
  it.each<[string, RequestHandler[]]>([
    ['express.json()', [express.json()]],
    ['express.json() and express.urlencoded()', [express.json(), express.urlencoded({ extended: true })]],
    ['express.text() of everything', [express.text({ type: '*/*' })]],
    ['express.raw() of everything', [express.raw({ type: '*/*' })]],
    ['parsers of other types alone', [express.urlencoded(), express.text()]],
  ])('uses the body that %s has read', async (_name, parsers) => {
    const url = await behind(...parsers)
    for (const name of ['Äpfel', 'second on the same connection']) {
      const added = await post(`${url}/api/v1/projects`, JSON.stringify({ name }))
      expect(added).toMatchObject({ status: 201, body: { name } })
    }
    const wrong = await post(`${url}/api/v1/projects`, '{"nam":"x"}')
    expect(wrong).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    const asked = await post(`${url}/graphql`, '{"query":"{ __typename }"}')
    expect(asked).toMatchObject({ status: 200, body: { data: { __typename: 'Query' } } })
  })

  it('reads lines of JSON, packed bodies, none at all, and those announced by Expect', async () => {
    const url = await behind(express.json())
    const { body: project } = await post(`${url}/api/v1/projects`, gzipSync('{"name":"packed"}'), {
      'content-encoding': 'gzip',
    })
    expect(project).toMatchObject({ name: 'packed' })
    const definition = await post(
      `${url}/api/v1/projects/${String(project['projectId'])}/definitions?name=d&jobType=shout`,
      '{"payload":{"text":"a"}}\n{"payload":{"text":"b"}}\n',
      { 'content-type': 'application/x-ndjson' },
    )
    expect(definition).toMatchObject({ status: 201, body: { scenarioCount: 2 } })
    expect(await post(`${url}/api/v1/system/queue/pause`, '')).toMatchObject({ status: 200 })

    const asking = request(`${url}/api/v1/projects`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', expect: '100-continue' },
    })
    asking.flushHeaders()
    await once(asking, 'continue')
    asking.end('{"name":"announced"}')
    const [answer] = (await once(asking, 'response')) as [import('node:http').IncomingMessage]
    expect([answer.statusCode, await text(answer)]).toMatchObject([201, expect.stringContaining('announced')])
  })

  it.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/plain'])(
    'answers that it does not read %s, also if another read it before',
    async (type) => {
      for (const parsers of [[], [express.urlencoded(), express.text()], [hoard]]) {
        const answer = await post(`${await behind(...parsers)}/api/v1/projects`, 'name=x', {
          'content-type': type,
        })
        expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
      }
    },
  )

  it('says so if the host has read the body and kept it', async () => {
    const url = await behind(hoard)
    for (const [path, type] of [
      ['/api/v1/projects', 'application/json'],
      ['/graphql', 'application/json'],
    ] as const) {
      const answer = await post(url + path, '{"name":"x"}', { 'content-type': type })
      expect(answer.status).toBe(500)
      expect(answer.body['detail']).toContain('request.body')
    }
  })
})
