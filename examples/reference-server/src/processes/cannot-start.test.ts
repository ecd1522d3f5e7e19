import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfiguration } from '../configuration.ts'
import { openLogger } from '../logger.ts'
import { startServer } from '../start.ts'
import { oneLine, startChild } from './server-child.test.support.ts'

const SECRET = { MUSTER_JWT_SECRET: 'a secret of more than thirty-two characters' }

describe('a server that cannot start', () => {
  it('says which variable is wrong', async () => {
    const { code, stderr } = await startChild({ MUSTER_ROLES: 'cook' }).exit
    expect(code).toBe(1)
    expect(oneLine(stderr)).toContain('MUSTER_ROLES must be')
  })

  it('names a host that nobody knows, and waits for it too', async () => {
    const server = startChild({
      DATABASE_URL: 'postgres://muster:hidden@db.invalid/muster',
      MUSTER_JWT_SECRET: 'a secret of more than thirty-two characters',
    })
    expect(await server.logged(/the host (\S+) of DATABASE_URL is not known/)).toBe('db.invalid')
  })

  it.each<[why: string, env: Record<string, string>, says: RegExp]>([
    [
      'a data folder that is a file',
      { MUSTER_DATA_DIR: '/dev/null' },
      /^\/dev\/null is a file: choose a folder$/,
    ],
    [
      'an sslmode that nobody knows',
      { DATABASE_URL: 'postgres://muster@127.0.0.1:1/muster?sslmode=required', ...SECRET },
      /sslmode=required, which is not known/,
    ],
  ])('refuses %s in one sentence', async (_why, env, says) => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-cannot-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const { code, stderr } = await startChild({ MUSTER_DATA_DIR: directory, LOG_LEVEL: 'silent', ...env })
      .exit
    expect(code).toBe(1)
    expect(oneLine(stderr).trim()).toMatch(says)
  })

  it('leaves one line in its log if it fails for a reason that nobody foresaw', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-cannot-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const lines: string[] = []
    const logger = openLogger('info', { write: (line) => void lines.push(line) })
    const configuration = {
      ...readConfiguration({ MUSTER_DATA_DIR: directory }),
      trust: { kind: 'secret', secret: 'hidden' },
    } as const
    const starting = startServer(configuration, logger, new AbortController().signal)
    await expect(starting).rejects.toThrow('a secret of at least 32 bytes')
    const told = lines.filter((line) => line.includes('did not start'))
    expect(told).toEqual([
      expect.stringMatching(/"level":60.*"part":"tokens".*The server did not start, at tokens: jwtAuth/),
    ])
    expect(told.join()).not.toContain('hidden')
  })

  it('says that the issuer of tokens gives no keys, and serves', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'muster-keyless-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const server = startChild({
      MUSTER_DATA_DIR: directory,
      MUSTER_DEMO: '0',
      MUSTER_JWKS_URL: 'http://127.0.0.1:9/keys',
      MUSTER_JWT_AUDIENCE: 'muster',
      MUSTER_JWT_ISSUER: 'https://login.example.org',
    })
    expect(await server.logged(/(MUSTER_JWKS_URL gives no keys)/)).toBe('MUSTER_JWKS_URL gives no keys')
    await server.logged(/(listening on )/)
  })

  it('says that the database is away, waits for it, and stops when it is told to', async () => {
    const server = startChild({
      DATABASE_URL: 'postgres://muster:hidden@127.0.0.1:1/muster',
      MUSTER_JWT_SECRET: 'a secret of more than thirty-two characters',
    })
    await server.logged(/(The database is away \(told again when it works\))/)
    const origin = await server.logged(/listening on (http:\/\/[^"\s]+)/)
    const statusOf = async (path: string): Promise<number> => (await fetch(origin + path)).status
    expect(await Promise.all(['/healthz', '/readyz', '/metrics'].map(statusOf))).toEqual([200, 503, 503])
    server.kill('SIGTERM')
    const { code, stderr } = await server.exit
    expect(code).toBe(0)
    expect(stderr).not.toContain('hidden')
  })
})
