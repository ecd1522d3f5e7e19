import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { MusterClient } from '@muster/transport-ws/client'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { dataDirectory, type ServerChild, startChild, until } from './processes/server-child.test.support.ts'

const env = { MUSTER_DATA_DIR: await dataDirectory(), MUSTER_BASE: '/muster', MUSTER_SHUTDOWN_SECONDS: '1' }

/** A proxy that hands all below /muster on to `origin`, with or without that path. */
async function proxy(origin: string, handsOn: (url: string) => string): Promise<string> {
  const { hostname, port } = new URL(origin)
  const server: Server = createServer((incoming, outgoing) => {
    const { method, headers } = incoming
    const asking = request(
      { hostname, port, method, headers, path: handsOn(incoming.url ?? '/') },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    incoming.pipe(asking)
  })
  server.on('upgrade', (incoming: IncomingMessage, client: Socket, head: Buffer) => {
    const upstream = connect(Number(port), hostname)
    const lines = incoming.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`))
    upstream.write(`GET ${handsOn(incoming.url ?? '/')} HTTP/1.1\r\n${lines.join('')}\r\n`)
    upstream.write(head)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on('error', () => to.destroy())
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('a server below a path', () => {
  const ends: (() => Promise<void>)[] = []
  const start = (more: Record<string, string> = {}): ServerChild =>
    startChild({ ...env, ...more }, (end) => ends.push(end))
  afterAll(() => Promise.all(ends.map((end) => end())))

  let server: ServerChild
  let origin: string
  let token: string
  beforeAll(async () => {
    server = start({ MUSTER_DRAIN_SECONDS: '3' })
    origin = (await server.said(/up at (http:\/\/\S+)\/muster: documentation/)) ?? ''
    token = await server.said(/token \(admin\): (\S+)\n/)
  })

  it.each([
    ['keeps', (url: string) => url],
    ['strips', (url: string) => url.replace(/^\/muster/, '')],
  ])('serves all of it behind a proxy that %s the path', async (_how, handsOn) => {
    const outside = `${await proxy(origin, handsOn)}/muster`
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const text = async (path: string, init: RequestInit = {}): Promise<string> => {
      const answer = await fetch(outside + path, { headers, ...init })
      expect([path, answer.status]).toEqual([path, 200])
      return answer.text()
    }
    await text('/api/v1/projects')
    await text('/graphql', { method: 'POST', body: '{"query":"{ __typename }"}' })
    const page = await text('/docs')
    const [, script = ''] = /src="([^"]+swagger-ui-bundle\.js)"/.exec(page) ?? []
    expect((await fetch(new URL(script, `${outside}/docs`))).status).toBe(200)
    const document = JSON.parse(await text('/openapi.json'))
    expect(document.servers[0].url).toBe('/muster/api/v1')
    const [path] = Object.keys(document.paths).filter((each) => each.endsWith('/projects'))
    expect((await fetch(new URL(document.servers[0].url + path, outside), { headers })).status).toBe(200)

    const client = new MusterClient(outside, { token })
    onTestFinished(() => client.close())
    await client.follow('admin', {}).ready
    const inbox = new WebSocket(`${outside.replace('http', 'ws')}/api/v1/queue/ws`, [
      'muster.v1',
      `bearer.${token}`,
    ])
    await once(inbox, 'message')
    inbox.close()
  })

  it('serves on, not ready, after SIGTERM, then sends sockets elsewhere and exits with 0', async () => {
    const client = new MusterClient(`${origin}/muster`, { token })
    onTestFinished(() => client.close())
    await client.follow('admin', {}).ready
    const disconnected = new Promise<string>((resolve) => void client.socket.once('disconnect', resolve))
    const inbox = new WebSocket(`${origin.replace('http', 'ws')}/muster/queue_updates`, [
      'muster.v1',
      `bearer.${token}`,
    ])
    await once(inbox, 'message')
    const closed = once(inbox, 'close') as Promise<[CloseEvent]>
    server.kill('SIGTERM')
    // Probes know nothing of the path.
    await until(async () => ((await fetch(`${origin}/readyz`)).status === 503 ? true : undefined))
    const headers = { authorization: `Bearer ${token}` }
    for (const path of ['/healthz', '/metrics', '/muster/api/v1/projects']) {
      const answer = await fetch(origin + path, { headers })
      expect([path, answer.status, answer.headers.get('connection')]).toEqual([path, 200, 'close'])
    }
    expect((await closed)[0].code).toBe(1001)
    expect(await disconnected).toBe('transport close')
    expect((await server.exit).code).toBe(0)
  })

  it('stops at once on a second signal', async () => {
    const again = start({ MUSTER_DRAIN_SECONDS: '600' })
    const at = await again.said(/up at (http:\/\/\S+)\/muster: documentation/)
    again.kill('SIGTERM')
    await until(async () => ((await fetch(`${at}/readyz`)).status === 503 ? true : undefined))
    again.kill('SIGTERM')
    expect((await again.exit).code).toBe(1)
  })
})
