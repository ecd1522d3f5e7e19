import { randomUUID } from 'node:crypto'
import type { ProjectId, UserId } from '@muster/core'
import { ScriptedSender } from '@muster/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ApiWorld, type Caller, openApi, token } from './api-world.test.support.ts'

const url = 'https://example.com/hooks'
const sender = new ScriptedSender()

let world: ApiWorld
let manager: Caller
let admin: Caller
let projectId: ProjectId

beforeAll(async () => {
  world = await openApi({}, { webhooks: sender })
  const { muster, withToken } = world
  projectId = (await muster.projects.add({ name: 'Told' })).projectId
  const known = async (role: 'manager' | 'admin'): Promise<Caller> => {
    const userId = randomUUID() as UserId
    await muster.people.add({ userId, displayName: role, role })
    await muster.projects.addMember(projectId, userId)
    return withToken(await token({ sub: userId, role }))
  }
  manager = await known('manager')
  admin = await known('admin')
})
afterAll(() => world.close())

it('tells a webhook of what happens wherever a process schedules, and lists the tries', async () => {
  const made = await manager('POST', `/projects/${projectId}/webhooks`, { url, types: ['queue_item_added'] })
  expect(made).toMatchObject({
    status: 201,
    headers: { etag: '"1"' },
    body: {
      secret: expect.stringMatching(/^whsec_/),
      webhook: { url, projectId, disabled: null, version: 1 },
    },
  })
  const { webhookId } = made.body.webhook
  const { muster } = world
  const scheduler = await muster.schedule()
  const added = await manager('POST', `/projects/${projectId}/queue/add`, {
    type: 'echo',
    payload: { text: 'kept to ourselves' },
  })
  await expect.poll(() => sender.arrivals.length).toBe(1)
  expect(sender.arrivals[0]).toMatchObject({
    url,
    secrets: [made.body.secret],
    message: { type: 'queue_item_added', data: { projectId, itemId: added.body.itemId } },
  })
  expect(JSON.stringify(sender.arrivals)).not.toContain('kept to ourselves')
  const tries = async () => (await manager('GET', `/webhooks/${webhookId}/deliveries?outcome=delivered`)).body
  await expect.poll(async () => (await tries()).items.length).toBe(1)
  expect((await tries()).items[0]).toMatchObject({ webhookId, attempt: 1, status: 204, error: null })
  await scheduler.close()
})

it('changes, pauses, tests, rotates and removes one', async () => {
  const made = await manager('POST', `/projects/${projectId}/webhooks`, { url })
  const path = `/webhooks/${made.body.webhook.webhookId}`
  const changed = await manager('PATCH', path, { description: 'ours' }, { 'if-match': '"1"' })
  expect(changed).toMatchObject({ status: 200, body: { description: 'ours', version: 2 } })
  expect((await manager('PATCH', path, { types: null }, { 'if-match': '"1"' })).status).toBe(412)
  expect((await manager('POST', `${path}/disable`, {})).body).toMatchObject({ disabled: 'byHand' })
  expect((await manager('POST', `${path}/enable`, {})).body).toMatchObject({ disabled: null })
  sender.answer = () => ({ status: 404, body: 'no such page' })
  expect((await manager('POST', `${path}/test`, {})).body).toMatchObject({
    type: 'test',
    outcome: 'failed',
    status: 404,
    response: 'no such page',
  })
  const rotated = await manager('POST', `${path}/rotate`, {})
  expect(rotated.body.secret).not.toBe(made.body.secret)
  expect((await manager('POST', `${path}/replay`, { seq: 0 })).status).toBe(200)
  expect((await manager('DELETE', path)).status).toBe(204)
  expect((await manager('GET', path)).status).toBe(404)
})

it('keeps webhooks of all projects for admins alone', async () => {
  const made = await admin('POST', '/webhooks', { url })
  expect(made).toMatchObject({ status: 201, body: { webhook: { projectId: null } } })
  const path = `/webhooks/${made.body.webhook.webhookId}`
  expect((await manager('GET', path)).status).toBe(404)
  expect((await manager('GET', '/webhooks')).status).toBe(403)
  expect((await admin('GET', '/webhooks')).body.items).toHaveLength(1)
  const numbered = await admin('POST', `${path}/replay`, { seq: 0 })
  expect(numbered).toMatchObject({ status: 400, body: { errors: [{ path: 'seq' }] } })
})

it.each([
  [{ url: 'http://example.com/' }, 'url'],
  [{ url: '' }, 'url'],
  [{ url, types: ['job_exploded'] }, 'types[0]'],
  [{ url, types: [] }, 'types'],
  [{ url, secret: 'mine' }, 'secret'],
  [{}, 'url'],
])('refuses %j by its path', async (body, path) => {
  const refused = await manager('POST', `/projects/${projectId}/webhooks`, body)
  expect(refused).toMatchObject({ status: 400, body: { errors: [{ path }] } })
})
