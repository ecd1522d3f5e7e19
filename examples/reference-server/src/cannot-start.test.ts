import { describe, expect, it } from 'vitest'
import { oneLine, startChild } from './server-child.test.support.ts'

const TIMEOUT_MS = 120_000

describe('a server that cannot start', { timeout: TIMEOUT_MS }, () => {
  it('says which variable is wrong', async () => {
    const { code, stderr } = await startChild({ MUSTER_ROLES: 'cook' }).exit
    expect(code).toBe(1)
    expect(oneLine(stderr)).toContain('MUSTER_ROLES must be')
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
