import { once } from 'node:events'
import { MusterClient } from '@muster/transport-ws/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { serveNest } from './nest.ts'
import type { Running } from './running.ts'
import { adminToken, SECRET } from './token.test.support.ts'

let host: Running
beforeAll(async () => {
  host = await serveNest(SECRET)
})
afterAll(() => host.close())

it('serves its controllers, with Muster injected, beside Muster’s routes', async () => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${await adminToken()}` }
  const add = (path: string) => fetch(host.origin + path, { method: 'POST', headers, body: '{"name":"Tea"}' })
  const projectId = await (await add('/projects')).text()
  const added = await add('/work/api/v1/projects')
  expect(added.status).toBe(201)
  const listed = await fetch(`${host.origin}/work/api/v1/projects`, { headers })
  expect(await listed.json()).toMatchObject({ items: [await added.json(), { projectId }] })
  expect((await fetch(`${host.origin}/work/nowhere`)).status).toBe(404)
})

it('keeps its gateway beside Muster’s sockets', async () => {
  const chat = new WebSocket(`${host.origin.replace('http', 'ws')}/chat`)
  await once(chat, 'open')
  chat.send(JSON.stringify({ event: 'say', data: 'tea' }))
  const [said] = (await once(chat, 'message')) as [Buffer]
  expect(JSON.parse(String(said))).toEqual({ event: 'heard', data: 'tea' })
  chat.close()
  const client = new MusterClient(`${host.origin}/work`, { token: adminToken })
  await client.follow('admin', {}).ready
  client.close()
})
