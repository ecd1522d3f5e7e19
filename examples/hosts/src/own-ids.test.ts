import { once } from 'node:events'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { bringStaff, type Clerk, serveStaff } from './own-ids.ts'
import type { Running } from './running.ts'
import { SECRET, tokenFor } from './token.test.support.ts'

const ANN: Clerk = { id: 'staff/17', name: 'Ann', department: 'tea', languages: { nl: 4 } }
const BEN: Clerk = { id: 'staff/18', name: 'Ben', department: 'tea', languages: {} }
let host: Running

beforeAll(async () => {
  host = await serveStaff(SECRET, [ANN, BEN])
})
afterAll(() => host.close())

async function ask(id: string, path: string): Promise<Response> {
  const headers = { authorization: `Bearer ${await tokenFor(id, 'annotator')}` }
  return fetch(`${host.origin}/work/api/v1${path}`, { headers })
}

it('knows staff by the ids in their tokens, and their departments as projects', async () => {
  const me = { externalId: 'staff/17', displayName: 'Ann', skills: { nl: 4 } }
  expect(await (await ask('staff/17', '/me')).json()).toMatchObject(me)
  const projects = await (await ask('staff/18', '/projects?externalId=tea')).json()
  expect(projects).toMatchObject({ items: [{ name: 'tea', externalId: 'tea' }] })
  expect((await ask('staff/99', '/me')).status).toBe(401)
})

it('shows staff their own news by their tokens', async () => {
  const connect = async (id: string): Promise<WebSocket> =>
    new WebSocket(`${host.origin.replace('http', 'ws')}/work/api/v1/queue/ws`, {
      headers: { authorization: `Bearer ${await tokenFor(id, 'annotator')}` },
    })
  const inbox = await connect('staff/17')
  const [said] = (await once(inbox, 'message')) as [Buffer]
  expect(JSON.parse(String(said))).toMatchObject({ type: 'ready' })
  inbox.close()
  const nobody = await connect('staff/99')
  nobody.on('error', () => undefined)
  const [, answer] = (await once(nobody, 'unexpected-response')) as [unknown, { statusCode: number }]
  expect(answer.statusCode).toBe(401)
})

it('brings staff again and again, also at the same time, and takes over what has changed', async () => {
  const annie = { ...ANN, name: 'Annie' }
  await Promise.all([1, 2, 3].map(() => bringStaff(host.muster, [annie, BEN])))
  const { items } = await host.muster.people.list({})
  expect(items).toHaveLength(2)
  expect(items.find(({ externalId }) => externalId === 'staff/17')).toMatchObject({
    displayName: 'Annie',
    version: 2,
  })
})
