import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { MusterClient } from '@muster/transport-ws/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { adminToken, SECRET } from './token.test.support.ts'

const main = new URL('express.ts', import.meta.url)
let host: ChildProcessByStdio<null, Readable, null>
let origin: string

beforeAll(async () => {
  host = spawn(process.execPath, ['--conditions=@muster/source', main.pathname], {
    env: { ...process.env, JWT_SECRET: SECRET, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(host.stdout), 'line')) as [string]
  origin = line.replace('listening on ', '')
})
afterAll(() => host.kill('SIGKILL'))

it('is wired up in at most twenty lines', async () => {
  const [, wiring = ''] = (await readFile(main, 'utf8')).split('\n// ').slice(1)
  expect(wiring.split('\n').length).toBeLessThanOrEqual(20)
})

it('serves the routes of the host and those of Muster side by side', async () => {
  expect(await (await fetch(`${origin}/orders`)).json()).toEqual([{ item: 'tea', count: 2 }])
  expect((await fetch(`${origin}/nowhere`)).status).toBe(404)
  expect((await fetch(`${origin}/work/api/v1/projects`)).status).toBe(401)

  const token = await adminToken()
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const added = await fetch(`${origin}/work/api/v1/projects`, {
    method: 'POST',
    headers,
    body: '{"name":"p"}',
  })
  expect([added.status, await added.json()]).toMatchObject([201, { name: 'p' }])
  const unknown = await fetch(`${origin}/work/api/v1/nowhere`, { headers })
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'not_found' }])
})

it('shows what happens live on the same server, over socket.io and plain WebSocket', async () => {
  const client = new MusterClient(`${origin}/work`, { token: adminToken })
  await client.follow('admin', {}).ready
  client.close()
  const url = `${origin.replace('http', 'ws')}/work/api/v1/queue/ws`
  const socket = new WebSocket(url, ['muster.v1', `bearer.${await adminToken()}`])
  const [{ data }] = (await once(socket, 'message')) as [{ data: string }]
  expect(JSON.parse(data)).toMatchObject({ type: 'ready', resumed: false })
  socket.close()
})

it('ends when it is told to', async () => {
  host.kill('SIGTERM')
  expect(await once(host, 'exit')).toEqual([0, null])
})
