import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwtAuthenticator } from '@muster/transport-http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEVELOPMENT_ADMIN, developmentSecret, developmentTokens, workerToken } from './development-tokens.ts'

const SECRET = 'a secret of more than thirty-two characters'
const admin = { label: 'admin', userId: DEVELOPMENT_ADMIN, role: 'admin' } as const

describe('developmentSecret', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'muster-secret-'))
  })
  afterEach(() => rm(directory, { recursive: true }))

  it('is made once, long enough, and kept', async () => {
    const secret = await developmentSecret(directory)
    expect(secret.length).toBeGreaterThanOrEqual(32)
    expect(await developmentSecret(directory)).toBe(secret)
  })

  it('is another one in another directory', async () => {
    const other = await mkdtemp(join(tmpdir(), 'muster-secret-'))
    expect(await developmentSecret(other)).not.toBe(await developmentSecret(directory))
    await rm(other, { recursive: true })
  })

  it('can be read by its owner alone', async () => {
    const secret = await developmentSecret(directory)
    const path = join(directory, 'jwt-secret')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await readFile(path, 'utf8')).trim()).toBe(secret)
  })
})

describe('developmentTokens', () => {
  it('are what the server takes for a while', async () => {
    const [token] = await developmentTokens(SECRET, [admin], new Date())
    const caller = await jwtAuthenticator({ secret: SECRET }).authenticate(token?.jwt ?? '')
    expect(token?.label).toBe('admin')
    expect(caller).toMatchObject({ userId: DEVELOPMENT_ADMIN, role: 'admin' })
    expect(caller.expiresAt.getTime()).toBeGreaterThan(Date.now())
  })

  it('end', async () => {
    const [token] = await developmentTokens(SECRET, [admin], new Date('2020-01-01'))
    const refused = jwtAuthenticator({ secret: SECRET }).authenticate(token?.jwt ?? '')
    await expect(refused).rejects.toThrow('expired')
  })

  it('hold for their own secret only', async () => {
    const [token] = await developmentTokens(SECRET, [admin], new Date())
    const refused = jwtAuthenticator({ secret: `${SECRET}!` }).authenticate(token?.jwt ?? '')
    await expect(refused).rejects.toThrow('does not hold')
  })
})

it('signs tokens of workers, which name their jobs and open nothing of people', async () => {
  const projects = ['0190cbb0-0000-7000-8000-00000000abcd']
  const jwt = await workerToken(SECRET, { types: ['score'], projects }, new Date())
  const authenticator = jwtAuthenticator({ secret: SECRET })
  expect(await authenticator.authenticateWorker(jwt)).toMatchObject({ types: ['score'], projects })
  await expect(authenticator.authenticate(jwt)).rejects.toMatchObject({ code: 'forbidden' })
})
