import { randomUUID } from 'node:crypto'
import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator, promMetrics } from '@muster/transport-http'
import { SignJWT } from 'jose'
import { expect, it, onTestFinished } from 'vitest'
import { readConfiguration } from './configuration.ts'
import { jobTypes } from './job-types.ts'
import { openLogger } from './logger.ts'
import { buildServer } from './server.ts'

const SECRET = 'hush-hush-hush-hush-hush-hush-hush-hush'

it('keeps keys and tokens out of every log line and answer, whatever goes wrong', async () => {
  const lines: string[] = []
  const logger = openLogger('trace', { write: (line) => void lines.push(line) })
  const { metrics, registry } = promMetrics()
  const muster = await createMuster({ modules: [coreModule({ jobTypes, logger, metrics })] })
  const app = await buildServer({
    configuration: readConfiguration({ MUSTER_JWT_SECRET: SECRET }),
    muster,
    authenticator: jwtAuthenticator({ secret: SECRET }),
    registry,
    logger,
  })
  onTestFinished(async () => {
    await app.close()
    await muster.close()
  })
  const good = await tokenOf(SECRET, '1h')
  const tokens = [good, await tokenOf(`${SECRET}!`, '1h'), await tokenOf(SECRET, '-1h'), `${good}x`, 'x.y.z']
  Object.assign(muster.workflows, {
    // As libraries throw: with what they were called with.
    list: () =>
      Promise.reject(Object.assign(new Error('no'), { config: { secret: SECRET, password: SECRET } })),
  })

  const answers: string[] = []
  for (const token of tokens) {
    const authorization = `Bearer ${token}`
    for (const url of ['/api/v1/workflows', '/api/v1/projects/7', '/nowhere', '/%zz']) {
      answers.push((await app.inject({ url, headers: { authorization } })).payload)
    }
    // No token is taken from an address, nor repeated from there.
    for (const url of ['/api/v1/projects', '/api/v1/nowhere', '/nowhere', '/readyz', '/docs']) {
      const query = `?access_token=${token}&token=${token}`
      answers.push((await app.inject({ url: `${url}${query}` })).payload)
      answers.push((await app.inject({ url: `${url}${query}`, headers: { authorization } })).payload)
    }
    const payload = `{"token":"${token}"`
    const headers = { authorization, 'content-type': 'application/json', 'idempotency-key': 'k' }
    answers.push((await app.inject({ method: 'POST', url: '/api/v1/projects', headers, payload })).payload)
  }
  logger.error({ err: new Error('x'), headers: { authorization: good }, token: good }, 'carelessly')

  const said = [...lines, ...answers].join('\n')
  expect(lines.some((line) => line.includes('a request failed'))).toBe(true)
  expect(lines.find((line) => line.includes('carelessly'))).toContain('[Redacted]')
  for (const hidden of [SECRET, ...tokens.slice(0, 4).map((token) => token.split('.')[2] ?? token)])
    expect(said).not.toContain(hidden)
})

function tokenOf(secret: string, expiresIn: string): Promise<string> {
  return new SignJWT({ role: 'admin' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(randomUUID())
    .setExpirationTime(expiresIn)
    .sign(new TextEncoder().encode(secret))
}
