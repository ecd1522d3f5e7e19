import { jobType, type ProjectId } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiWorld, openApi, token } from './api-world.test.support.ts'

const grumble = jobType({
  name: 'grumble',
  payload: z.object({ n: z.number() }),
  retry: { maxAttempts: 1 },
  handler: ({ payload }) => {
    if (payload.n % 2 === 1) throw new Error(`No luck with item ${payload.n} of 1000`)
    return payload.n
  },
})

let world: ApiWorld
let projectId: ProjectId
let manager: ReturnType<ApiWorld['withToken']>

beforeAll(async () => {
  world = await openApi({}, { jobTypes: [grumble] })
  const { muster } = world
  const project = await muster.projects.add({ name: 'operated' })
  projectId = project.projectId
  const { userId } = await muster.people.add({ displayName: 'Mara', role: 'manager' })
  await muster.projects.addMember(projectId, userId)
  manager = world.withToken(await token({ sub: userId, role: 'manager' }))
})
afterAll(() => world.close())

describe('the jobs of a manager', () => {
  it('are found by what is in them, told with attempts and causes, and moved in bulk', async () => {
    const { muster } = world
    for (const n of [1, 2, 3, 4]) await muster.queue.add(projectId, { type: 'grumble', payload: { n } })
    const [waiting] = (await manager('GET', '/jobs?state=pending&order=asc&limit=1')).body.items
    const before = await manager('GET', `/jobs/${waiting.jobId}`)
    expect(before.body).toMatchObject({ attempts: [], cause: null, payload: { n: 1 } })
    expect(before.body.waitsFor).toEqual([{ kind: 'worker' }, { kind: 'turn', before: 0, beforeInAll: 0 }])

    const worker = await muster.work()
    await expect
      .poll(async () => (await muster.queue.status(projectId, {})).counts)
      .toMatchObject({ failed: 2, completed: 2 })
    await worker.close()
    const failed = await manager('GET', `/projects/${projectId}/jobs?error=no%20luck&attempts=%3E%3D1`)
    expect(failed.body).toMatchObject({
      complete: true,
      nextCursor: null,
      items: [{ state: 'failed' }, { state: 'failed' }],
    })
    const causes = await manager('GET', '/jobs/causes')
    expect(causes.body.items).toMatchObject([
      { failed: 2, type: 'grumble', pattern: 'No luck with item # of #' },
    ])
    const [{ causeId }] = causes.body.items
    expect((await manager('GET', `/jobs?cause=${causeId}`)).body.items).toHaveLength(2)
    const detail = await manager('GET', `/jobs/${failed.body.items[0].jobId}`)
    expect(detail.body).toMatchObject({
      cause: { causeId },
      attempts: [{ attempt: 1, outcome: 'failed' }],
      waitsFor: [],
    })

    const bulk = { action: 'retry', filter: { projectId, state: ['failed'] } }
    const preview = await manager('POST', '/jobs/bulk?dryRun=true', bulk)
    expect(preview.body).toMatchObject({ count: 2, byState: { failed: 2 }, byType: { grumble: 2 } })
    expect((await manager('POST', '/jobs/bulk', bulk)).body.errors).toMatchObject([{ path: 'expect' }])
    const begun = await manager('POST', '/jobs/bulk', { ...bulk, expect: 2 })
    expect([begun.status, begun.body]).toMatchObject([202, { state: 'running', count: 2, done: 0 }])
    const scheduler = await muster.schedule()
    const operation = () => manager('GET', `/operations/${begun.body.operationId}`)
    await expect
      .poll(async () => (await operation()).body)
      .toMatchObject({ state: 'done', done: 2, skipped: {} })
    await scheduler.close()
    expect((await manager('GET', '/jobs?state=failed')).body.items).toEqual([])
    const facts = await manager('GET', `/projects/${projectId}/events?type=operation_done`)
    expect(facts.body.items).toMatchObject([
      { data: { action: 'retry', state: 'done', done: 2, skipped: {} } },
    ])
  })

  it('are not moved if many more match than were seen', async () => {
    const items = Array.from({ length: 20 }, (_, n) => ({ type: 'grumble', payload: { n } }))
    await world.muster.queue.addMany(projectId, items)
    const bulk = { action: 'cancel', filter: { projectId, state: 'pending' }, expect: 1 }
    const { status, body } = await manager('POST', '/jobs/bulk', bulk)
    expect([status, body]).toMatchObject([409, { code: 'changed', expected: 1, count: expect.any(Number) }])
    expect(body.count).toBeGreaterThanOrEqual(20)
  })

  it('are moved in all projects of the caller, who alone of the managers reads how far that has come', async () => {
    const { muster } = world
    const another = await muster.people.add({ displayName: 'Otto', role: 'manager' })
    await muster.projects.addMember(projectId, another.userId)
    const other = world.withToken(await token({ sub: another.userId, role: 'manager' }))
    const bulk = { action: 'cancel', filter: { state: 'failed', error: 'nothing says this' }, expect: 0 }
    const begun = await manager('POST', '/jobs/bulk', bulk)
    expect([begun.status, begun.body]).toMatchObject([202, { projectId: null }])
    const path = `/operations/${begun.body.operationId}`
    expect(await manager('GET', path)).toMatchObject({ status: 200, body: { projectId: null, count: 0 } })
    expect(await manager('DELETE', path)).toMatchObject({ status: 200 })
    expect(await other('GET', path)).toMatchObject({ status: 404 })
  })

  it('are exported as far as they match or are named, as lines or as a table', async () => {
    const add = (n: number) => world.muster.queue.add(projectId, { type: 'grumble', payload: { n } })
    const [one, two, three] = [await add(1), await add(2), await add(3)]
    const jobIds = [one, three].map(({ jobId }) => jobId)
    const lines = (await manager('POST', '/jobs/export', { filter: { projectId, jobIds } })).text
    const told = lines
      .trim()
      .split('\n')
      .map((line: string) => JSON.parse(line))
    expect(told).toMatchObject([
      { jobId: three.jobId, type: 'grumble', state: 'pending', errorCode: null },
      { jobId: one.jobId },
    ])
    const filter = { jobIds: [two.jobId], state: ['pending'] }
    const table = await manager('POST', '/jobs/export', { filter, format: 'csv' })
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(table.text.split('\r\n')).toEqual([
      expect.stringMatching(/^jobId,projectId,type,state,.*,errorCode,errorMessage$/),
      expect.stringContaining(`${two.jobId},${projectId},grumble,pending,`),
      '',
    ])
    const stranger = await world.as('manager')
    expect(await stranger('POST', '/jobs/export', { filter: { projectId } })).toMatchObject({ status: 404 })
    expect((await stranger('POST', '/jobs/export', { filter: { jobIds } })).text).toBe('')
    const moved = await manager('POST', '/jobs/bulk?dryRun=true', {
      action: 'cancel',
      filter: { projectId, jobIds },
    })
    expect(moved.body).toMatchObject({ count: 2 })
  })

  it.each([
    [{ action: 'retry', filter: {}, expect: 0 }, 'filter'],
    [{ action: 'retry', filter: { jobIds: [] }, expect: 0 }, 'filter.jobIds'],
    [{ action: 'shout', filter: { state: 'failed' }, expect: 0 }, 'action'],
    [{ action: 'priority', filter: { state: 'pending' }, expect: 0 }, 'priority'],
    [{ action: 'retry', filter: { state: 'failed' }, expect: 0, priority: 3 }, 'priority'],
    [{ action: 'retry', filter: { attempts: 'many' }, expect: 0 }, 'filter.attempts'],
    [{ action: 'retry', filter: { cause: 0 }, expect: 0 }, 'filter.cause'],
  ])('name the field of a bulk move that is at fault: %j', async (bulk, path) => {
    const { status, body } = await manager('POST', '/jobs/bulk', bulk)
    expect([status, body.errors.map((issue: { path: string }) => issue.path)]).toEqual([400, [path]])
  })
})
