import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { authenticatorContract } from '@muster/core/testing'
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRET } from './api-world.test.support.ts'
import { jwtAuthenticator } from './jwt-authenticator.ts'

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
    expect(() => jwtAuthenticator({})).toThrow(/either a secret or a jwksUrl/)
    expect(() => jwtAuthenticator({ secret: SECRET, jwksUrl: 'https://login.example.org/jwks' })).toThrow(
      /either a secret or a jwksUrl/,
    )
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
    ['a role that is no text', { ...held, role: ['admin'] }],
  ])('does not let in a token with %s', async (_what, more) => {
    const token = await sign(claims(more), bytes(SECRET), 'HS256')
    await expect(strict.authenticate(token)).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

describe('the keys of an issuer', () => {
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
    const authenticator = jwtAuthenticator({ jwksUrl })
    for (const [key, alg, kid] of [
      [rsa.privateKey, 'RS256', 'rsa'],
      [ec.privateKey, 'ES256', 'ec'],
    ] as const) {
      expect(await authenticator.authenticate(await sign(claims(), key, alg, kid))).toMatchObject({
        role: 'manager',
      })
    }
  })

  it('let in nothing else', async () => {
    const authenticator = jwtAuthenticator({ jwksUrl })
    const stranger = await generateKeyPair('RS256')
    const published = bytes(await exportSPKI(rsa.publicKey))
    const tokens = {
      'of another key': await sign(claims(), stranger.privateKey, 'RS256', 'rsa'),
      'of a key that is not published': await sign(claims(), stranger.privateKey, 'RS256', 'other'),
      'that takes the public key for a shared one': await sign(claims(), published, 'HS256', 'rsa'),
      'that is expired': await sign(claims({ exp: 1 }), rsa.privateKey, 'RS256', 'rsa'),
    }
    for (const token of Object.values(tokens))
      await expect(authenticator.authenticate(token)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it.each([
    ['answers 500', 500, ''],
    ['answers no JSON', 200, '<html>'],
    ['answers no keys', 200, '{}'],
  ])('are unavailable, and the token not at fault, while the issuer %s', async (_what, status, body) => {
    const before = served
    served = { status, body }
    try {
      const token = await sign(claims(), rsa.privateKey, 'RS256', 'rsa')
      await expect(jwtAuthenticator({ jwksUrl }).authenticate(token)).rejects.toMatchObject({
        code: 'unavailable',
      })
    } finally {
      served = before
    }
  })

  it('are unavailable while nobody answers', async () => {
    const token = await sign(claims(), rsa.privateKey, 'RS256', 'rsa')
    const nobody = jwtAuthenticator({ jwksUrl: 'http://127.0.0.1:9/jwks' })
    await expect(nobody.authenticate(token)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
