import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authenticatorContract } from '@muster/testing/suites'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRET } from '../api-world.test.support.ts'
import { type JwtOptions, jwtAuthenticator } from './jwt-authenticator.ts'

const HOUR = 3_600
const now = () => Math.floor(Date.now() / 1000)
const claims = (more: JWTPayload = {}): JWTPayload => ({
  sub: randomUUID(),
  role: 'manager',
  exp: now() + HOUR,
  ...more,
})
const bytes = (text: string) => new TextEncoder().encode(text)

const sign = (payload: JWTPayload, key: CryptoKey | Uint8Array, alg: string, kid?: string) =>
  new SignJWT(payload).setProtectedHeader(kid === undefined ? { alg } : { alg, kid }).sign(key)

authenticatorContract('A JWT authenticator with a shared key', async () => ({
  authenticator: jwtAuthenticator({ secret: SECRET }),
  issue: ({ userId, role, expiresAt }) =>
    sign({ sub: userId, role, exp: expiresAt.getTime() / 1_000 }, bytes(SECRET), 'HS256'),
}))

describe('a shared key', () => {
  it('must be as long as the hash, and the only one', () => {
    expect(() => jwtAuthenticator({ secret: 'x'.repeat(31) })).toThrow(/at least 32 bytes/)
    expect(() => jwtAuthenticator({} as JwtOptions)).toThrow(/either a secret or a jwksUrl/)
    const both = { secret: SECRET, jwksUrl: 'https://login.example.org/jwks', audience: 'a', issuer: 'i' }
    expect(() => jwtAuthenticator(both as unknown as JwtOptions)).toThrow(/either a secret or a jwksUrl/)
  })

  const strict = jwtAuthenticator({ secret: SECRET, audience: 'muster', issuer: 'https://login.example.org' })
  const held = { aud: 'muster', iss: 'https://login.example.org' }

  it('lets in who was meant, until the token ends', async () => {
    const payload = claims(held)
    expect(await strict.authenticate(await sign(payload, bytes(SECRET), 'HS256'))).toEqual({
      userId: payload.sub,
      role: 'manager',
      expiresAt: new Date((payload.exp ?? 0) * 1000),
    })
  })

  it.each<[string, JWTPayload]>([
    ['another audience', { ...held, aud: 'other' }],
    ['no audience', { iss: held.iss }],
    ['another issuer', { ...held, iss: 'https://evil.example.org' }],
    ['no issuer', { aud: held.aud }],
    ['an end in the past', { ...held, exp: 1 }],
    ['a begin in the future', { ...held, nbf: 4_102_444_800 }],
    ['an end that is no number', { ...held, exp: 'never' as never }],
    ['an empty subject', { ...held, sub: '' }],
    ['a role that is no text', { ...held, role: { admin: true } }],
    ['no role that is known in a list', { ...held, role: ['cook', 7] }],
    ['an empty list of roles', { ...held, role: [] }],
    ['a subject that is a number', { ...held, sub: 7 as never }],
    ['an end that is 6 s past', { ...held, exp: now() - 6 }],
    ['a begin that is 60 s ahead', { ...held, nbf: now() + 60 }],
  ])('does not let in a token with %s', async (_what, more) => {
    const token = await sign(claims(more), bytes(SECRET), 'HS256')
    await expect(strict.authenticate(token)).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

describe('the claims of a token', () => {
  const authenticate = async (options: Partial<JwtOptions>, payload: JWTPayload) => {
    const authenticator = jwtAuthenticator({ secret: SECRET, ...options } as JwtOptions)
    return authenticator.authenticate(await sign(claims(payload), bytes(SECRET), 'HS256'))
  }
  const person = randomUUID()

  it.each<[string, Partial<JwtOptions>, JWTPayload, string]>([
    ['a list', {}, { role: ['annotator', 'cook', 'manager'] }, 'manager'],
    ['words', { roleClaim: 'scope' }, { scope: 'openid manager annotator' }, 'manager'],
    ['a path', { roleClaim: 'realm_access.roles' }, { realm_access: { roles: ['admin'] } }, 'admin'],
    [
      'a path over names with dots',
      { roleClaim: 'resource_access.my.app.roles' },
      { resource_access: { 'my.app': { roles: ['admin'] } } },
      'admin',
    ],
    [
      'a name that is a URL',
      { roleClaim: 'https://example.com/roles' },
      { 'https://example.com/roles': ['manager'] },
      'manager',
    ],
    ['a map', { roles: { 'Muster Admins': 'admin' } }, { role: ['x', 'Muster Admins'] }, 'admin'],
    ['no claim at all', { roleClaim: 'groups' }, { role: 'admin' }, 'annotator'],
    ['no member of its own', { roleClaim: 'constructor.name' }, {}, 'annotator'],
  ])('give the role by %s', async (_what, options, payload, role) => {
    expect(await authenticate(options, payload)).toMatchObject({ role })
  })

  it('give no role by a name that a map leaves out', async () => {
    const refused = authenticate({ roles: { boss: 'admin' } }, { role: 'admin' })
    await expect(refused).rejects.toThrow("The token's claim role must name one of boss")
  })

  it.each<[string, Partial<JwtOptions>, JWTPayload]>([
    ['another claim', { userClaim: 'oid' }, { sub: 'auth0|7', oid: person }],
    ['a path', { userClaim: 'app.user' }, { sub: 'auth0|7', app: { user: person } }],
    [
      'a function',
      { userIdOf: async ({ sub }) => (sub === 'auth0|7' ? person : undefined) },
      { sub: 'auth0|7' },
    ],
  ])('give the person by %s', async (_what, options, payload) => {
    expect(await authenticate(options, payload)).toMatchObject({ userId: person })
  })

  it.each<[string, Partial<JwtOptions>, JWTPayload]>([
    ['a sub', {}, { sub: 'auth0|7' }],
    ['another claim', { userClaim: 'oid' }, { oid: 'auth0|7' }],
    ['a function', { userIdOf: ({ sub }) => `auth0|${sub}` }, { sub: '7' }],
  ])('give the externalId by %s that is no UUID', async (_what, options, payload) => {
    const caller = await authenticate(options, payload)
    expect(caller).toMatchObject({ externalId: 'auth0|7' })
    expect(caller).not.toHaveProperty('userId')
  })

  it.each<[string, Partial<JwtOptions>, JWTPayload, RegExp]>([
    ['an empty sub', {}, { sub: '' }, /its claim sub must be a user id or an externalId/],
    ['a sub that is no text', {}, { sub: 7 as unknown as string }, /names no user|sub/],
    ['a claim that is missing', { userClaim: 'oid' }, {}, /its claim oid must be a user id/],
    ['a function that finds nobody', { userIdOf: () => undefined }, {}, /names no user/],
  ])('give nobody by %s', async (_what, options, payload, reason) => {
    const refused = authenticate(options, payload)
    await expect(refused).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringMatching(reason),
    })
  })

  it('may be off by the 5 s that clocks are apart', async () => {
    const payload = { nbf: now() + 3, iat: now() + 3, exp: now() - 2 }
    expect(await authenticate({}, payload)).toMatchObject({ role: 'manager' })
  })

  it.each<[string, Partial<JwtOptions>]>([
    ['an audience', { audience: '' }],
    ['audiences', { audience: [] }],
    ['issuers', { issuer: ['a', ' '] }],
    ['a claim of the role', { roleClaim: '' }],
    ['a claim of the user', { userClaim: '' }],
    ['a role', { roles: { boss: 'chief' as never } }],
  ])('are not held to an empty or unknown setting: %s', (_what, options) => {
    expect(() => jwtAuthenticator({ secret: SECRET, ...options } as JwtOptions)).toThrow(TypeError)
  })
})

describe('the keys of an issuer', () => {
  const ISSUER = 'https://login.example.org'
  const held = { aud: 'muster', iss: ISSUER }
  let issuer: Server
  let jwksUrl: string
  let served: { status: number; body: string }
  let rsa: Awaited<ReturnType<typeof generateKeyPair>>
  let ec: Awaited<ReturnType<typeof generateKeyPair>>

  beforeAll(async () => {
    rsa = await generateKeyPair('RS256', { extractable: true })
    ec = await generateKeyPair('ES256')
    issuer = createServer((_request, response) => {
      response.writeHead(served.status, { 'content-type': 'application/json' }).end(served.body)
    }).listen(0, '127.0.0.1')
    await once(issuer, 'listening')
    jwksUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/jwks`
    const keys = [
      { ...(await exportJWK(rsa.publicKey)), alg: 'RS256', kid: 'rsa' },
      { ...(await exportJWK(ec.publicKey)), alg: 'ES256', kid: 'ec' },
    ]
    served = { status: 200, body: JSON.stringify({ keys }) }
  })
  afterAll(() => {
    issuer.closeAllConnections()
    issuer.close()
  })

  it('let in what they signed', async () => {
    const authenticator = jwtAuthenticator({ jwksUrl, audience: 'muster', issuer: ISSUER })
    for (const [key, alg, kid] of [
      [rsa.privateKey, 'RS256', 'rsa'],
      [ec.privateKey, 'ES256', 'ec'],
    ] as const) {
      expect(await authenticator.authenticate(await sign(claims(held), key, alg, kid))).toMatchObject({
        role: 'manager',
      })
    }
  })

  it('let in a token that does not say which of them signed it, and refuse one that none signed', async () => {
    const before = served
    const [old, now, stranger] = await Promise.all([1, 2, 3].map(() => generateKeyPair('RS256')))
    const keys = await Promise.all([old, now].map((pair) => exportJWK(pair?.publicKey as CryptoKey)))
    served = { status: 200, body: JSON.stringify({ keys: keys.map((key) => ({ ...key, alg: 'RS256' })) }) }
    try {
      const authenticator = jwtAuthenticator({ jwksUrl, audience: 'muster', issuer: ISSUER })
      const signed = (pair: typeof old, more = {}) =>
        new SignJWT(claims({ ...held, ...more }))
          .setProtectedHeader({ alg: 'RS256' })
          .sign(pair?.privateKey as CryptoKey)
      for (const pair of [old, now])
        expect(await authenticator.authenticate(await signed(pair))).toMatchObject({ role: 'manager' })
      for (const token of [await signed(stranger), await signed(now, { aud: 'chat' })])
        await expect(authenticator.authenticate(token)).rejects.toMatchObject({ code: 'unauthorized' })
    } finally {
      served = before
    }
  })

  it('are not taken from an address with a password, which no fetch sends', () => {
    const url = jwksUrl.replace('//', '//user:password@')
    expect(() => jwtAuthenticator({ jwksUrl: url, audience: 'muster', issuer: ISSUER })).toThrow(
      /user or password in jwksUrl/,
    )
  })

  it('let in nothing else', async () => {
    const authenticator = jwtAuthenticator({ jwksUrl, audience: 'muster', issuer: ISSUER })
    const stranger = await generateKeyPair('RS256')
    const published = bytes(await exportSPKI(rsa.publicKey))
    const tokens = {
      'of another key': await sign(claims(held), stranger.privateKey, 'RS256', 'rsa'),
      'of a key that is not published': await sign(claims(held), stranger.privateKey, 'RS256', 'other'),
      'that takes the public key for a shared one': await sign(claims(held), published, 'HS256', 'rsa'),
      'for another program': await sign(claims({ ...held, aud: 'chat' }), rsa.privateKey, 'RS256', 'rsa'),
      'of another issuer': await sign(claims({ ...held, iss: 'https://x' }), rsa.privateKey, 'RS256', 'rsa'),
      'for nobody': await sign(claims({ iss: ISSUER }), rsa.privateKey, 'RS256', 'rsa'),
      'that is expired': await sign(claims({ ...held, exp: 1 }), rsa.privateKey, 'RS256', 'rsa'),
    }
    for (const token of Object.values(tokens))
      await expect(authenticator.authenticate(token)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('are not taken without an audience and an issuer, unless told so', async () => {
    for (const options of [{}, { audience: 'a' }, { issuer: 'i' }, { audience: '', issuer: 'i' }]) {
      expect(() => jwtAuthenticator({ jwksUrl, ...options } as JwtOptions)).toThrow(TypeError)
    }
    const careless = jwtAuthenticator({ jwksUrl, audience: false, issuer: false })
    const token = await sign(claims({ aud: 'chat', iss: 'https://x' }), rsa.privateKey, 'RS256', 'rsa')
    expect(await careless.authenticate(token)).toMatchObject({ role: 'manager' })
    const several = jwtAuthenticator({ jwksUrl, audience: ['muster', 'chat'], issuer: ['https://x', ISSUER] })
    expect(await several.authenticate(token)).toMatchObject({ role: 'manager' })
  })

  it.each([
    ['answers 500', 500, ''],
    ['answers no JSON', 200, '<html>'],
    ['answers no keys', 200, '{}'],
  ])('are unavailable, and the token not at fault, while the issuer %s', async (_what, status, body) => {
    const before = served
    served = { status, body }
    try {
      const token = await sign(claims(held), rsa.privateKey, 'RS256', 'rsa')
      await expect(
        jwtAuthenticator({ jwksUrl, audience: 'muster', issuer: ISSUER }).authenticate(token),
      ).rejects.toMatchObject({
        code: 'unavailable',
      })
    } finally {
      served = before
    }
  })

  it.each([
    ['answers 404', 404, '', /: .*200/],
    ['answers no JSON', 200, '<html>', /: .*JSON/],
    ['has no keys', 200, '{"keys":[]}', /: there are none$/],
  ])('are told to be missing before any token comes, if the issuer %s', async (_what, status, body, why) => {
    const before = served
    const asked = jwtAuthenticator({ jwksUrl, audience: 'muster', issuer: ISSUER })
    await expect(asked.checkKeys()).resolves.toBeUndefined()
    served = { status, body }
    try {
      await expect(asked.checkKeys()).rejects.toThrow(why)
    } finally {
      served = before
    }
    await expect(jwtAuthenticator({ secret: 's'.repeat(32) }).checkKeys()).resolves.toBeUndefined()
  })

  it('are unavailable while nobody answers', async () => {
    const token = await sign(claims(held), rsa.privateKey, 'RS256', 'rsa')
    const nobody = jwtAuthenticator({
      jwksUrl: 'http://127.0.0.1:9/jwks',
      audience: 'muster',
      issuer: ISSUER,
    })
    await expect(nobody.authenticate(token)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
