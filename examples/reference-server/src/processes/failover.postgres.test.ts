import { fence, openProxy, startPostgres } from '@muster/test-services'
import { expect, it, onTestFinished } from 'vitest'
import { Client, startChild, until } from './server-child.test.support.ts'

/** Of a request: longer than the 5 s that are promised, since the machine of the tests may be busy. */
const PATIENCE_MS = 10_000
/** How long the address leads to a server that takes no writes, in answers of refused requests. */
const REFUSALS = 20

it('refuses while the address leads to a primary that was replaced, and then goes on with nothing lost', async (context) => {
  const old = await startPostgres({ settings: { fsync: 'off' } })
  onTestFinished(() => old.stop())
  // A server of DATABASE_URL is not ours to replace.
  if (old.follow === undefined) return context.skip('DATABASE_URL names a server that is not ours')
  const standby = await old.follow()
  onTestFinished(() => standby.stop())
  const proxy = await openProxy(old.connectionString)
  onTestFinished(() => proxy.close())
  const server = startChild({
    DATABASE_URL: proxy.url,
    MUSTER_JWT_SECRET: 'a secret of more than thirty-two characters',
    MUSTER_DEMO: '1',
    MUSTER_DEMO_PACE: '1',
  })
  const origin = await server.said(/up at (http:\/\/\S+): documentation/)
  const client = await Client.of(server)
  const { projectId } = await client.post<{ projectId: string }>('/projects', { name: 'Moved' })

  const add = async (): Promise<{
    readonly status: number
    readonly itemId?: string
    readonly code?: string
  }> => {
    const answer = await fetch(`${origin}/api/v1/projects/${projectId}/queue/add`, {
      method: 'POST',
      headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'stub:probe', payload: { simulate: { delayMs: 50 } } }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return { status: answer.status, ...((await answer.json()) as object) }
  }
  const taken: string[] = []
  const refused: (readonly [status: number, code: string | undefined])[] = []
  const load = new AbortController()
  const adder = async (): Promise<void> => {
    while (!load.signal.aborted) {
      const { status, itemId, code } = await add()
      if (itemId !== undefined) taken.push(itemId)
      else refused.push([status, code])
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const adders = Array.from({ length: 4 }, adder)
  const readiness = async (): Promise<number> => (await fetch(`${origin}/readyz`)).status
  await until(async () => taken.length > 20 || undefined)

  await fence(old.connectionString)
  await until(async () => refused.length > REFUSALS || undefined)
  expect(await readiness()).toBe(503)
  await standby.promote()
  expect(await readiness()).toBe(503)
  const before = taken.length
  proxy.lead(standby.connectionString)
  await until(async () => taken.length > before || undefined)
  await until(async () => (await readiness()) === 200 || undefined)
  load.abort()
  await Promise.all(adders)

  for (const refusal of refused) expect(refusal).toEqual([503, 'unavailable'])
  const stateOf = (itemId: string) =>
    client.get<{ state: string; error: unknown }>(`/projects/${projectId}/queue/${itemId}`)
  for (const itemId of taken) {
    await until(async () => !['pending', 'active'].includes((await stateOf(itemId)).state) || undefined)
    expect(await stateOf(itemId)).toMatchObject({ state: 'completed' })
  }
})
