import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UnauthorizedError, type UserId } from '@muster/core'
import { coreModule, createMuster, type Muster } from '@muster/host'
import {
  type FastifyInstance,
  fastify,
  type InjectOptions,
  type LightMyRequestResponse as Reply,
} from 'fastify'
import { expect, it, onTestFinished } from 'vitest'
import { type ConsoleOptions, consoleCode, consoleHandler, musterConsole } from './index.ts'
import { relativeTo } from './options.ts'

const EXPIRES = new Date('2030-01-01T00:00:00.000Z')
const PAGE = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }

interface Served {
  readonly app: FastifyInstance
  readonly muster: Muster
  readonly clock: { at: Date }
  readonly send: (request: InjectOptions) => Promise<Reply>
}

/** A host with a route of its own, and the console beside it. */
async function served(options: Partial<ConsoleOptions> = {}, below = ''): Promise<Served> {
  const clock = { at: new Date('2029-01-01T00:00:00.000Z') }
  const muster = await createMuster({
    modules: [
      coreModule({ jobTypes: [], clock: { now: () => clock.at, wait: () => new Promise(() => {}) } }),
    ],
  })
  const authenticator = {
    authenticate: async (token: string) => {
      if (!token.startsWith('good')) throw new UnauthorizedError('no')
      return {
        userId: '00000000-0000-4000-8000-000000000001' as UserId,
        role: 'annotator' as const,
        expiresAt: EXPIRES,
      }
    },
  }
  const app = fastify()
  app.get('/own', async () => ({ own: true }))
  await app.register(
    async (scope) => {
      await scope.register(musterConsole, { muster, authenticator, prefix: '/console', ...options })
    },
    { prefix: below },
  )
  onTestFinished(async () => {
    await app.close()
    await muster.close()
  })
  return { app, muster, clock, send: (request) => app.inject(request) }
}

const opening = (body: object = {}, headers: object = {}): InjectOptions => ({
  method: 'POST',
  url: '/console/session',
  headers: { ...PAGE, ...headers },
  payload: body,
})

it('serves the page with the strictest policy, to be asked for anew each time', async () => {
  const { send } = await served()
  const page = await send({ url: '/console/' })
  expect(page.statusCode).toBe(200)
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  })
  expect(page.headers['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  )
  const { etag } = page.headers
  const again = await send({ url: '/console/', headers: { 'if-none-match': String(etag) } })
  expect([again.statusCode, again.body]).toEqual([304, ''])
  const head = await send({ method: 'HEAD', url: '/console/' })
  expect([head.statusCode, head.body, head.headers['content-length']]).toEqual([
    200,
    '',
    page.headers['content-length'],
  ])
})

it('adds what a host allows to one directive each', async () => {
  const { send } = await served({
    mediaOrigins: ['https://media.example.org'],
    frameAncestors: ['https://app.example.org'],
  })
  const policy = String((await send({ url: '/console/' })).headers['content-security-policy'])
  expect(policy).toContain("img-src 'self' data: blob: https://media.example.org;")
  expect(policy).toContain('frame-ancestors https://app.example.org;')
  expect(policy.split('https://')).toHaveLength(4)
})

it('serves the files that the page names for ever, compressed as the browser takes them', async () => {
  const { send } = await served()
  const page = await send({ url: '/console/' })
  const names = [...page.body.matchAll(/(?:src|href)="\.\/(files\/[^"]+)"/g)].map(([, name]) => name ?? '')
  expect(names.length).toBeGreaterThan(2)
  for (const name of names) {
    const file = await send({ url: `/console/${name}`, headers: { 'accept-encoding': 'gzip, br' } })
    expect(file.statusCode).toBe(200)
    expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(file.headers['x-content-type-options']).toBe('nosniff')
    expect(file.headers['content-encoding']).toBe('br')
    const plain = await send({ url: `/console/${name}`, headers: { 'accept-encoding': 'br;q=0' } })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.rawPayload.length).toBeGreaterThan(file.rawPayload.length)
  }
})

it('answers a problem below the prefix, and leaves the host alone', async () => {
  const { send } = await served()
  for (const [method, url] of [
    ['GET', '/console/files/none.js'],
    ['GET', '/console/files/%2e%2e%2findex.html'],
    ['GET', '/console/index.html'],
    ['GET', '/console/session'],
    ['PUT', '/console/'],
  ] as const) {
    const answer = await send({ method, url })
    expect([url, answer.statusCode, answer.json().code]).toEqual([url, 404, 'not_found'])
    expect(answer.headers['content-type']).toContain('application/problem+json')
  }
  const own = await send({ url: '/own' })
  expect(own.json()).toEqual({ own: true })
  expect(Object.keys(own.headers).sort()).toEqual(['connection', 'content-length', 'content-type', 'date'])
  const folder = await send({ url: '/console' })
  expect([folder.statusCode, folder.headers.location]).toEqual([302, 'console/'])
})

it('writes addresses into the page that hold wherever a proxy has moved it', async () => {
  const { send } = await served({ title: '</script><b>x', api: '/api/v1' }, '/muster')
  const { body } = await send({ url: '/muster/console/' })
  const text = /<script type="application\/json" id="settings">(.*?)<\/script>/.exec(body)?.[1]
  expect(JSON.parse(text ?? '')).toEqual({
    api: '../api/v1',
    socketPath: '../socket.io',
    prefix: '/muster/console',
    title: '</script><b>x',
    loginUrl: null,
    isOidc: false,
    mediaOrigins: [],
    renderers: [],
  })
  expect(relativeTo('/work/console', '/work/api/v1')).toBe('../api/v1')
  expect(relativeTo('', '/api/v1')).toBe('api/v1')
  expect(relativeTo('/a/b', '/c')).toBe('../../c')
})

it('opens a session by a code once, and by the cookie as often as the token holds', async () => {
  const { muster, send } = await served({ secret: 'a secret that seals' })
  const code = await consoleCode({ muster }, 'good token')
  expect(code).toMatch(/^[\w-]{22}$/)
  const opened = await send(opening({ code }))
  expect(opened.json()).toEqual({ token: 'good token', expiresAt: EXPIRES.toISOString() })
  expect(opened.headers['cache-control']).toBe('no-store')
  const cookie = String(opened.headers['set-cookie'])
  expect(cookie).toMatch(/^muster_console=[\w-]+; Path=\/console\/session; HttpOnly; SameSite=Strict$/)
  expect(cookie).not.toContain('good')

  const used = await send(opening({ code }))
  expect([used.statusCode, used.json().detail]).toEqual([
    401,
    'The link was used already, or is older than 15 minutes',
  ])
  const sent = { cookie: cookie.split(';')[0] ?? '' }
  expect((await send(opening({}, sent))).json()).toMatchObject({ token: 'good token' })
  const closed = await send({ ...opening({}, sent), method: 'DELETE' })
  expect(closed.headers['set-cookie']).toMatch(/^muster_console=; .*Max-Age=0$/)
  expect((await send(opening())).statusCode).toBe(401)
})

it('lets one of several at once use a code, and none when it is a quarter of an hour old', async () => {
  const { muster, clock, send } = await served()
  const code = await consoleCode({ muster }, 'good token')
  const statuses = (await Promise.all([1, 2, 3, 4].map(() => send(opening({ code }))))).map(
    (each) => each.statusCode,
  )
  expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 401, 401, 401])
  const old = await consoleCode({ muster }, 'good token')
  clock.at = new Date(clock.at.getTime() + 900_000)
  expect((await send(opening({ code: old }))).statusCode).toBe(401)
})

it('marks the cookie for https alone there, and for where the browser sees the page', async () => {
  const { muster, send } = await served()
  const cookieFor = async (headers: object): Promise<string> => {
    const code = await consoleCode({ muster }, 'good token')
    return String((await send(opening({ code }, headers))).headers['set-cookie'])
  }
  expect(await cookieFor({ origin: 'https://app.example.org' })).toContain('; Secure')
  expect(await cookieFor({ 'x-console-path': '/outer/console/' })).toContain('; Path=/outer/console/session;')
  for (const lie of ['/elsewhere/', '/outer/console/; Domain=evil', 'console/', '//evil/console/\u00e9'])
    expect(await cookieFor({ 'x-console-path': encodeURI(lie) })).not.toContain('elsewhere')
  expect(await cookieFor({ 'x-console-path': '/x; Domain=evil/console/' })).toContain(
    '; Path=/console/session;',
  )
})

it('refuses every page but itself, and bodies that it does not know', async () => {
  const { send } = await served()
  const cases: readonly [object, object | string, number][] = [
    [{ 'sec-fetch-site': 'cross-site' }, {}, 403],
    [{ 'sec-fetch-site': 'same-site' }, {}, 403],
    [{ 'sec-fetch-site': 'none' }, {}, 403],
    [{ 'content-type': 'text/plain' }, '{}', 415],
    [{}, { code: 1 }, 400],
    [{}, { other: 'x' }, 400],
    [{}, '[]', 400],
    [{}, '{', 400],
  ]
  for (const [headers, payload, status] of cases) {
    const answer = await send({ ...opening({}, headers), payload })
    expect([headers, payload, answer.statusCode]).toEqual([headers, payload, status])
    expect(answer.headers['content-type']).toContain('application/problem+json')
  }
  const site = { 'content-type': 'application/json', host: 'app.example.org' }
  const at = (origin?: string): InjectOptions => ({
    method: 'POST',
    url: '/console/session',
    headers: { ...site, ...(origin && { origin }) },
    payload: {},
  })
  expect((await send(at('http://app.example.org'))).statusCode).toBe(401)
  expect((await send(at('http://evil.example.org'))).statusCode).toBe(403)
  expect((await send(at())).statusCode).toBe(403)
})

it('counts refused codes by address, ten in a minute', async () => {
  const { muster, clock, send } = await served()
  const guess = async (): Promise<number> => (await send(opening({ code: 'guessed' }))).statusCode
  for (let n = 0; n < 10; n++) expect(await guess()).toBe(401)
  const code = await consoleCode({ muster }, 'good token')
  const limited = await send(opening({ code }))
  expect([limited.statusCode, limited.headers['retry-after']]).toEqual([429, '60'])
  clock.at = new Date(clock.at.getTime() + 60_000)
  expect((await send(opening({ code }))).statusCode).toBe(200)
})

it('answers a code to whoever has a token, and to nobody else', async () => {
  const { send } = await served()
  const ask = (authorization: string): Promise<Reply> =>
    send({ method: 'POST', url: '/console/link', headers: { authorization } })
  const { code } = (await ask('Bearer good-token')).json<{ code: string }>()
  expect((await send(opening({ code }))).json()).toMatchObject({ token: 'good-token' })
  expect((await ask('Bearer bad')).statusCode).toBe(401)
  expect((await ask('')).statusCode).toBe(401)
})

it('opens by a host’s own session, without codes and cookies', async () => {
  const { send } = await served({
    signIn: {
      token: async ({ headers }) => (headers.cookie === 'own=1' ? 'good host token' : null),
      loginUrl: '/login',
    },
  })
  const opened = await send(opening({}, { cookie: 'own=1' }))
  expect(opened.json()).toMatchObject({ token: 'good host token' })
  expect(opened.headers['set-cookie']).toBeUndefined()
  expect((await send(opening())).statusCode).toBe(401)
  expect((await send({ method: 'POST', url: '/console/link' })).statusCode).toBe(404)
  expect((await send({ url: '/console/' })).body).toContain('"loginUrl":"/login"')
})

it('names an option that is wrong', async () => {
  await expect(served({ mediaOrigins: ['*'] })).rejects.toThrow(/mediaOrigins has \*/)
  await expect(served({ titel: 'x' } as object)).rejects.toThrow(/titel is not known/)
})

it('serves any host of Node, which keeps what is not below the prefix', async () => {
  const { muster } = await served()
  const authenticator = {
    authenticate: async () => ({ userId: 'u' as UserId, role: 'admin' as const, expiresAt: EXPIRES }),
  }
  const page = consoleHandler({ muster, authenticator, prefix: '/work/console', api: '/work/api/v1' })
  const server = createServer((request, response) =>
    page(request, response, () => response.end('the host’s own')),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  expect(await (await fetch(`${origin}/other`)).text()).toBe('the host’s own')
  const html = await (await fetch(`${origin}/work/console`)).text()
  expect(html).toContain('"api":"../api/v1"')
  const code = await consoleCode({ muster }, 'a token')
  const opened = await fetch(`${origin}/work/console/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ code }),
  })
  expect(await opened.json()).toMatchObject({ token: 'a token' })
  const long = await fetch(`${origin}/work/console/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ code: 'x'.repeat(20_000) }),
  })
  expect(long.status).toBe(413)
})

it('serves the renderers of a host in a policy that lets nothing out', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-renderers-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'own', 'parts'), { recursive: true })
  await writeFile(join(folder, 'own', 'index.html'), '<p>Own</p>')
  await writeFile(join(folder, 'own', 'parts', 'draw it.js'), 'draw()')
  await writeFile(join(folder, 'own', 'notes.md'), 'secret')
  await writeFile(join(folder, 'secret.js'), 'secret')
  await symlink(join(folder, 'secret.js'), join(folder, 'own', 'linked.js'))
  const renderers = { 'my form': join(folder, 'own') }
  const { send } = await served({ renderers, frameAncestors: ['https://app.example.org'] })
  const page = await send({ url: '/console/renderers/my%20form/' })
  expect([page.statusCode, page.body]).toEqual([200, '<p>Own</p>'])
  expect(page.headers['content-security-policy']).toBe(
    "sandbox allow-scripts; default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'none'; form-action 'none'; frame-ancestors 'self' https://app.example.org",
  )
  const etag = String(page.headers.etag)
  expect(
    (await send({ url: '/console/renderers/my%20form/', headers: { 'if-none-match': etag } })).statusCode,
  ).toBe(304)
  const script = await send({ url: '/console/renderers/my%20form/parts/draw%20it.js' })
  expect([script.body, script.headers['content-type']]).toEqual(['draw()', 'text/javascript; charset=utf-8'])
  await writeFile(join(folder, 'own', 'index.html'), '<p>Changed</p>')
  expect((await send({ url: '/console/renderers/my%20form/index.html' })).body).toBe('<p>Changed</p>')
  for (const path of [
    'other/',
    'my%20form',
    'my%20form/notes.md',
    'my%20form/linked.js',
    'my%20form/../secret.js',
    'my%20form/%2e%2e/secret.js',
    'my%20form/..%2fsecret.js',
  ])
    expect([path, (await send({ url: `/console/renderers/${path}` })).statusCode]).toEqual([path, 404])
  expect((await send({ url: '/console/' })).body).toContain('"renderers":["my form"]')

  await expect(served({ renderers: { none: folder } })).rejects.toThrow(
    'renderers.none must be a folder with an index.html',
  )
  await expect(served({ renderers: { none: 1 } as never })).rejects.toThrow(
    /renderers must be an object of folders/,
  )
})
