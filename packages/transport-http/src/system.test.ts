import { hostname } from 'node:os'
import { jobType } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiWorld, openApi, token } from './api-world.test.support.ts'

const started = Promise.withResolvers<void>()
const ended = Promise.withResolvers<void>()
const slow = jobType({
  name: 'slow',
  payload: z.object({}),
  concurrency: 3,
  handler: async () => {
    started.resolve()
    await ended.promise
  },
})
const idle = jobType({ name: 'idle', payload: z.object({}), handler: () => null })

let world: ApiWorld
let admin: ReturnType<ApiWorld['withToken']>
let manager: ReturnType<ApiWorld['withToken']>

beforeAll(async () => {
  world = await openApi({ requestsPerMinute: 1_234 }, { jobTypes: [slow, idle] })
  const { muster } = world
  const mara = await muster.people.add({ displayName: 'Mara', role: 'manager' })
  const ada = await muster.people.add({ displayName: 'Ada', role: 'admin' })
  manager = world.withToken(await token({ sub: mara.userId, role: 'manager' }))
  admin = world.withToken(await token({ sub: ada.userId, role: 'admin' }))
})
afterAll(() => world.close())

describe('Those who operate Muster', () => {
  it('see each process with its parts, what it does, and how many workers a type has', async () => {
    const { muster } = world
    const { projectId } = await muster.projects.add({ name: 'operated' })
    await muster.queue.add(projectId, { type: 'slow', payload: {} })
    await muster.queue.add(projectId, { type: 'idle', payload: {} })
    const worker = await muster.work({ types: ['slow'] })
    await started.promise
    await expect
      .poll(async () => (await admin('GET', '/system/processes')).body.processes[0]?.roles)
      .toEqual(['api', 'scheduler', 'worker'])
    const seen = await admin('GET', '/system/processes')
    expect(seen.body).toMatchObject({
      workers: [
        { type: 'idle', workers: 0 },
        { type: 'slow', workers: 1 },
      ],
      processes: [
        {
          host: hostname(),
          pid: process.pid,
          version: expect.stringMatching(/^\d+\.\d+\.\d+/),
          slots: 3,
          types: [{ type: 'slow', slots: 3 }],
          silentSince: null,
        },
      ],
    })
    const managed = await manager('GET', '/system/processes')
    expect(managed.body).toEqual({ workers: seen.body.workers })
    const query =
      '{ processes { workers { type workers } processes { roles host slots } durations { type } } }'
    const asked = await admin('POST', '//graphql', { query })
    expect(asked.body.data.processes).toMatchObject({
      workers: seen.body.workers,
      processes: [{ roles: ['API', 'SCHEDULER', 'WORKER'], slots: 3 }],
    })
    const both = await manager('POST', '//graphql', { query })
    expect(both.body.data.processes).toEqual({
      workers: seen.body.workers,
      processes: null,
      durations: null,
    })
    ended.resolve()
    await worker.close()
    expect((await admin('GET', '/system/processes')).body.workers).toEqual([{ type: 'idle', workers: 0 }])
  })

  it('see what is served here and by which rules', async () => {
    const seen = await admin('GET', '/system')
    expect(seen.body).toMatchObject({
      checks: { persistence: 'ok' },
      database: null,
      keepEventsHours: 72,
      keepDraftsDays: 30,
      requestsPerMinute: 1_234,
      issuers: [],
    })
    const query = `{ system {
      version checks { name isWell } database { server } keepEventsHours keepDraftsDays issuers requestsPerMinute } }`
    expect((await admin('POST', '//graphql', { query })).body.data.system).toEqual({
      version: seen.body.version,
      checks: [{ name: 'persistence', isWell: true }],
      database: null,
      keepEventsHours: 72,
      keepDraftsDays: 30,
      issuers: [],
      requestsPerMinute: 1_234,
    })
    const refused = await manager('POST', '//graphql', { query })
    expect(refused.body).toMatchObject({ data: { system: null }, errors: [{ path: ['system'] }] })
    expect((await manager('GET', '/session')).body.version).toBe(seen.body.version)
    expect((await manager('GET', '/system')).status).toBe(403)
    expect((await admin('GET', '/system/processes?all=true')).status).toBe(400)
  })
})
