import { openProxy } from '@muster/test-services'
import { freshDatabase } from '@muster/test-services/vitest'
import { expect, it, onTestFinished } from 'vitest'
import { Client, startChild, until } from './server-child.test.support.ts'

/** Of a request: longer than the 5 s that are promised, since the machine of the tests may be busy. */
const PATIENCE_MS = 10_000

it('says so and waits if the database is away at start, or goes away, and goes on when it is there', async () => {
  const proxy = await openProxy(await freshDatabase())
  onTestFinished(() => proxy.close())
  proxy.set('shut')
  const server = startChild({
    DATABASE_URL: proxy.url,
    MUSTER_JWT_SECRET: 'a secret of more than thirty-two characters',
    MUSTER_DEMO: '1',
    // The story is of no interest here, and this keeps it from starting a thousand jobs a second.
    MUSTER_DEMO_PACE: '1',
  })
  const waiting = await server.logged(/listening on (http:\/\/[^"\s]+)/)
  const refused = await fetch(`${waiting}/api/v1/projects`)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
  expect(await refused.json()).toMatchObject({ code: 'unavailable' })
  expect((await fetch(`${waiting}/readyz`)).status).toBe(503)
  proxy.set('open')
  const origin = await server.said(/up at (http:\/\/\S+): documentation/)
  expect(origin, 'the address stays').toBe(waiting)
  const client = await Client.of(server)
  const { projectId } = await client.post<{ projectId: string }>('/projects', { name: 'Words' })
  const add = (payload: object): Promise<{ itemId: string }> =>
    client.post(`/projects/${projectId}/queue/add`, { type: 'stub:probe', payload })
  const stateOf = async ({ itemId }: { readonly itemId: string }): Promise<string> =>
    (await client.get<{ state: string }>(`/projects/${projectId}/queue/${itemId}`)).state
  const ask = (path: string): Promise<Response> =>
    fetch(origin + path, {
      headers: { authorization: `Bearer ${client.token}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })

  const lines = (words: RegExp): { readonly msg: string }[] =>
    server
      .stderr()
      .split('\n')
      .filter((line) => words.test(line))
      .map((line) => JSON.parse(line))
  let outages = 1
  // An outage that follows within seconds would be told as the same one.
  const ended = (): Promise<true> => until(async () => lines(/works again/).length === outages || undefined)
  await ended()
  for (const way of ['shut', 'silent'] as const) {
    const item = await add({ simulate: { delayMs: 300 } })
    await until(async () => (await stateOf(item)) !== 'pending' || undefined)
    proxy.set(way)
    const answers = await Promise.all(['/api/v1/projects', '/api/v1/me', '/api/v1/queue'].map(ask))
    for (const answer of answers) {
      expect(answer.status).toBe(503)
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(await answer.json()).toMatchObject({ code: 'unavailable' })
    }
    expect((await ask('/readyz')).status).toBe(503)
    expect((await ask('/healthz')).status).toBe(200)
    proxy.set('open')
    await until(async () => (await ask('/readyz')).ok || undefined)
    await until(async () => (await stateOf(item)) === 'completed' || undefined)
    outages++
    await ended()
  }
  // Of each outage, the first of which was the start: loops, requests and probes met it, and told it together. A machine that stands still is told, too.
  expect(lines(/"level":[45]0(?!.*"stoodStillMs")/).map(({ msg }) => msg)).toEqual(
    Array.from({ length: outages }, () => expect.stringContaining('told again when it works')),
  )
})
