import { randomUUID } from 'node:crypto'
import type { UserId } from '@muster/core'
import Fastify from 'fastify'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type ApiWorld, openApi, SECRET, token } from '../api-world.test.support.ts'
import { type MusterHttpOptions, musterHttp } from '../plugin.ts'

let world: ApiWorld
beforeAll(async () => {
  world = await openApi()
})
afterAll(() => world.close())

const key = new TextEncoder().encode(SECRET)
const sub = randomUUID()

describe('who is calling', () => {
  it('lets the first admin in on the role of the token alone', async () => {
    const reply = await world.withToken(await token({ sub, role: 'admin' }))('GET', '/users')
    expect(reply.status).toBe(200)
  })

  it('believes the directory rather than the token about a user it knows', async () => {
    const annotator = await world.as('annotator')
    const pretender = world.withToken(await token({ sub: annotator.userId, role: 'admin' }))
    expect((await pretender('GET', '/users')).status).toBe(403)
  })

  it('finds users by their externalId if the subject of a token is no UUID', async () => {
    const admin = await world.as('admin')
    const added = await admin('POST', '/users', { displayName: 'Ann', externalId: 'auth0|7' })
    expect(added).toMatchObject({ status: 201, body: { externalId: 'auth0|7' } })
    const ann = world.withToken(await token({ sub: 'auth0|7', role: 'admin' }))
    expect(await ann('GET', '/me')).toMatchObject({ status: 200, body: { userId: added.body.userId } })
    expect((await ann('GET', '/users')).status).toBe(403)
    await admin('PATCH', `/users/${added.body.userId}`, { status: 'suspended' })
    expect(await ann('GET', '/me')).toMatchObject({ status: 401 })
  })

  it('refuses the token of a suspended user', async () => {
    const user = await world.as('manager')
    const admin = await world.as('admin')
    await admin('PATCH', `/users/${user.userId}`, { status: 'suspended' })
    expect(await user('GET', '/me')).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  })

  it.each([
    ['no token', async () => undefined],
    ['an unreadable token', async () => 'nonsense'],
    [
      'a token of another key',
      () => token({ sub, role: 'admin' }, { secret: 'another secret that is long enough!' }),
    ],
    ['an expired token', () => token({ sub, role: 'admin' }, { expiresIn: '-1 minute' })],
    [
      'a token that is not valid yet',
      () =>
        new SignJWT({ role: 'admin' })
          .setProtectedHeader({ alg: 'HS256' })
          .setSubject(sub)
          .setExpirationTime('1h')
          .setNotBefore('30m')
          .sign(key),
    ],
    [
      'a token without an end',
      () => new SignJWT({ role: 'admin' }).setProtectedHeader({ alg: 'HS256' }).setSubject(sub).sign(key),
    ],
    ['a token of another algorithm', () => token({ sub, role: 'admin' }, { algorithm: 'HS512' })],
    [
      'a token that is not signed',
      async () =>
        `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ sub, role: 'admin', exp: 4102444800 }))}.`.replaceAll(
          '=',
          '',
        ),
    ],
    ['a subject that nobody has as externalId', () => token({ sub: 'somebody', role: 'admin' })],
    ['a subject longer than any externalId', () => token({ sub: 'a'.repeat(201), role: 'admin' })],
    ['a subject that nobody can keep', () => token({ sub: 'a\u0000b', role: 'admin' })],
    ['a role there is not', () => token({ sub, role: 'root' })],
  ])('answers 401 to %s, and repeats nothing of it', async (_what, make) => {
    const bearer = await make()
    const reply = await world.withToken(bearer)('GET', '/users')
    expect(reply).toMatchObject({
      status: 401,
      body: { code: 'unauthorized', status: 401 },
      headers: { 'www-authenticate': 'Bearer' },
    })
    expect(reply.text).not.toContain(bearer ?? SECRET)
  })

  it('asks who is calling before it looks at the body', async () => {
    const reply = await world.withToken(undefined)('POST', '/users', '{ not json', {
      'content-type': 'application/json',
    })
    expect(reply.status).toBe(401)
  })

  it('leaves health and readiness open to all', async () => {
    const anyone = world.withToken(undefined)
    expect(await anyone('GET', '//healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await anyone('GET', '//readyz')).toMatchObject({
      status: 200,
      body: { status: 'ok', checks: { persistence: 'ok' } },
    })
  })
})

describe('how often', () => {
  it('limits requests per principal, and those without a token to a tenth, with Retry-After', async () => {
    const limited = await openApi({ requestsPerMinute: 20 })
    try {
      const stranger = limited.withToken(undefined)
      expect([(await stranger('GET', '/me')).status, (await stranger('GET', '/me')).status]).toEqual([
        401, 401,
      ])
      const refused = await stranger('GET', '/me')
      expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
      expect((await stranger('GET', '/nowhere')).status).toBe(429)
      const known = await limited.as('annotator')
      expect((await known('GET', '/me')).status).toBe(200)
    } finally {
      await limited.close()
    }
  })
})

describe('who is calling, as the host knows', () => {
  const holder = () => ({
    userId: sub as UserId,
    role: 'admin' as const,
    expiresAt: new Date(Date.now() + 60_000),
  })
  const answerTo = async (authenticate: NonNullable<MusterHttpOptions['authenticate']>, headers = {}) => {
    const world = await openApi({ authenticate, corsOrigins: ['https://app.example.org'] })
    onTestFinished(() => world.close())
    return world.withToken(undefined)('POST', '/projects', { name: 'p' }, headers)
  }

  it('needs an authenticator or authenticate, and says so', async () => {
    await expect(openApi({ authenticator: undefined as never })).rejects.toThrow(
      new TypeError('musterHttp needs an authenticator, or authenticate, to know who is calling'),
    )
    const world = await openApi({ authenticator: undefined as never, authenticate: holder })
    onTestFinished(() => world.close())
    expect((await world.withToken(await token({ sub, role: 'admin' }))('GET', '/users')).status).toBe(200)
  })

  it('is named from what plugins of the host left at the call', async () => {
    const app = Fastify()
    app.decorateRequest('badge', '')
    app.addHook('onRequest', async (request) => request.setDecorator('badge', request.headers['x-badge']))
    const world = await openApi()
    onTestFinished(() => world.close())
    await app.register(musterHttp, {
      muster: world.muster,
      authenticate: (_request, call) => (call.getDecorator('badge') === 'gold' ? holder() : undefined),
    })
    const asked = (badge: string) => app.inject({ url: '/api/v1/users', headers: { 'x-badge': badge } })
    expect([(await asked('gold')).statusCode, (await asked('tin')).statusCode]).toEqual([200, 401])
  })

  it.each([
    ['nobody', () => undefined],
    ['null', async () => null],
    ['a session that has ended', () => ({ ...holder(), expiresAt: new Date(0) })],
  ])('answers 401 to %s', async (_what, authenticate) => {
    expect(await answerTo(authenticate)).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
  })

  it.each([
    ['userId', { userId: '42' }],
    ['role', { role: 'root' }],
    ['expiresAt', { expiresAt: 'tomorrow' }],
  ])('takes no wrong %s, which is the host’s mistake and no caller’s', async (_field, wrong) => {
    const answer = await answerTo(() => ({ ...holder(), ...wrong }) as ReturnType<typeof holder>)
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } })
  })

  it('may be named by the externalId of a user, and nobody by that of none', async () => {
    const { role, expiresAt } = holder()
    let externalId: unknown = 'auth0|7'
    const named = await openApi({
      authenticate: () => ({ externalId: externalId as string, role, expiresAt }),
    })
    onTestFinished(() => named.close())
    const anyone = named.withToken(undefined)
    expect(await anyone('GET', '/me')).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    await named.muster.people.upsert({ externalId: 'auth0|7', displayName: 'Ann' })
    expect(await anyone('GET', '/me')).toMatchObject({ status: 200, body: { externalId: 'auth0|7' } })
    for (externalId of [7, null, undefined])
      expect(await anyone('GET', '/me')).toMatchObject({ status: 500, body: { code: 'internal' } })
  })

  it('lets pages of named origins send cookies, and those of others change nothing', async () => {
    const named = await answerTo(holder, {
      origin: 'https://app.example.org',
      'sec-fetch-site': 'cross-site',
    })
    expect(named).toMatchObject({ status: 201, headers: { 'access-control-allow-credentials': 'true' } })
    const other = await answerTo(holder, { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })
    expect(other).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(other.body.detail).toContain('corsOrigins')
  })
})

describe('users and projects by ids of the host', () => {
  it('are added once, found by the id, and given another by a change', async () => {
    const admin = await world.as('admin')
    for (const [path, what, body, id] of [
      ['/users', 'user', { displayName: 'Ben' }, 'userId'],
      ['/projects', 'project', { name: 'Shop' }, 'projectId'],
    ] as const) {
      const own = { ...body, externalId: 'own/7 🦊' }
      const added = await admin('POST', path, own)
      expect(added).toMatchObject({ status: 201, body: own })
      const taken = {
        status: 409,
        body: {
          code: 'conflict',
          errors: [{ path: 'externalId', message: `is taken by another ${what}: own/7 🦊` }],
        },
      }
      expect(await admin('POST', path, own)).toMatchObject(taken)
      const other = await admin('POST', path, body)
      expect(other.body).toMatchObject({ externalId: null })
      const otherPath = `${path}/${other.body[id]}`
      expect(await admin('PATCH', otherPath, { externalId: 'own/7 🦊' })).toMatchObject(taken)
      expect(await admin('PATCH', otherPath, { externalId: 'own/8' })).toMatchObject({ status: 200 })
      expect((await admin('GET', otherPath)).body).toMatchObject({ externalId: 'own/8' })
      const found = async (externalId: string) =>
        (await admin('GET', `${path}?externalId=${encodeURIComponent(externalId)}`)).body
      expect(await found('own/7 🦊')).toEqual({ items: [added.body], nextCursor: null })
      expect(await found('own/9')).toEqual({ items: [], nextCursor: null })
      const long = await admin('GET', `${path}?externalId=${'a'.repeat(201)}`)
      expect(long).toMatchObject({ status: 400, body: { errors: [{ path: 'externalId' }] } })
    }
  })
})
