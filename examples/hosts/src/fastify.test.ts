import { MusterClient } from '@muster/transport-ws/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { serveFastify } from './fastify.ts'
import type { Running } from './running.ts'
import { adminToken, SECRET } from './token.test.support.ts'

let host: Running
beforeAll(async () => {
  host = await serveFastify(SECRET)
})
afterAll(() => host.close())

it('keeps its health, its docs and its answers to errors beside those of Muster', async () => {
  const answer = async (path: string) => (await fetch(host.origin + path)).text()
  expect(await answer('/healthz')).toBe('the shop is open')
  expect(JSON.parse(await answer('/broken'))).toEqual({ oops: 'Error: out of tea' })
  expect(Object.keys(JSON.parse(await answer('/docs/json')).paths)).toEqual(['/healthz', '/broken'])
  expect(JSON.parse(await answer('/work/openapi.json'))).toMatchObject({
    servers: [{ url: '/work/api/v1' }],
  })
  expect((await fetch(`${host.origin}/work/healthz`)).status).toBe(404)
})

it('serves Muster under the prefix of its scope, live too', async () => {
  const { projectId } = await host.muster.projects.add({ name: 'Tea' })
  const authorization = `Bearer ${await adminToken()}`
  const listed = await fetch(`${host.origin}/work/api/v1/projects`, { headers: { authorization } })
  expect(await listed.json()).toMatchObject({ items: [{ projectId }] })
  const client = new MusterClient(`${host.origin}/work`, { token: adminToken })
  await client.follow(`project:${projectId}`, {}).ready
  client.close()
})
