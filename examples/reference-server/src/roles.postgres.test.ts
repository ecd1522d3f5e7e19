import { freshDatabase } from '@muster/test-services/vitest'
import { describe, expect, it } from 'vitest'
import { DEVELOPMENT_ADMIN, developmentTokens } from './development-tokens.ts'
import { Client, startChild, until } from './server-child.test.support.ts'

const SECRET = 'a secret of more than thirty-two characters'
const TIMEOUT_MS = 60_000

describe('processes with roles on one Postgres', { timeout: TIMEOUT_MS }, () => {
  it('share the work: one is asked, the other does it', async () => {
    const env = { DATABASE_URL: await freshDatabase(), MUSTER_JWT_SECRET: SECRET, MUSTER_DEMO: '0' }
    const api = startChild({ ...env, MUSTER_ROLES: 'api' })
    startChild({ ...env, MUSTER_ROLES: 'worker,scheduler' })
    const origin = await api.said(/up at (http:\S+): documentation/)
    const holder = { label: 'admin', userId: DEVELOPMENT_ADMIN, role: 'admin' } as const
    const [token] = await developmentTokens(SECRET, [holder], new Date())
    const client = new Client(origin, token?.jwt ?? '')

    const { projectId } = await client.post<{ projectId: string }>('/projects', { name: 'Shared' })
    const item = { type: 'stub:probe', payload: { text: 'hello' } }
    const { itemId } = await client.post<{ itemId: string }>(`/projects/${projectId}/queue/add`, item)
    const done = await until(async () => {
      const path = `/projects/${projectId}/queue/${itemId}`
      const seen = await client.get<{ state: string; result: unknown }>(path)
      return seen.state === 'completed' ? seen : undefined
    })
    expect(done.result).toMatchObject({ transcript: [{ role: 'user' }, { role: 'assistant' }] })
  })

  it('print no token where a secret was given and no demo was asked for', async () => {
    const env = { DATABASE_URL: await freshDatabase(), MUSTER_JWT_SECRET: SECRET, MUSTER_DEMO: '0' }
    const server = startChild(env)
    await server.said(/(up at)/)
    server.kill('SIGTERM')
    const { code, stdout } = await server.exit
    expect(code).toBe(0)
    expect(stdout).not.toContain('token')
  })
})
