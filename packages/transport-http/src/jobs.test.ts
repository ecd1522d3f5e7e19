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

/** Reports as many tokens as it is told, from a judge as well. */
const spend = jobType({
  name: 'spend',
  payload: z.object({ input: z.int() }),
  handler: async ({ payload }, { usage }) => {
    void usage({ input: payload.input, output: 1 })
    await usage({ model: 'judge', input: 1, output: 0 })
    return null
  },
})

let world: ApiWorld
let projectId: ProjectId
let manager: ReturnType<ApiWorld['withToken']>

beforeAll(async () => {
  world = await openApi({}, { jobTypes: [grumble, spend] })
  const { muster } = world
  const project = await muster.projects.add({ name: 'operated' })
  projectId = project.projectId
  const { userId } = await muster.people.add({ displayName: 'Mara', role: 'manager' })
  await muster.projects.addMember(projectId, userId)
  manager = world.withToken(await token({ sub: userId, role: 'manager' }))
})
afterAll(() => world.close())

describe('the jobs of a manager', () => {
  it('tell what they wait for and what waits for them', async () => {
    const add = async (n: number, jobs: string[] = []): Promise<string> => {
      const after = jobs.length > 0 ? { after: { jobs } } : {}
      const added = await manager('POST', `/projects/${projectId}/queue/add`, {
        type: 'spend',
        payload: { input: n },
        ...after,
      })
      return added.body.itemId
    }
    const [a, b] = [await add(1), await add(2)]
    const middle = await add(3, [a, b])
    const last = await add(4, [middle, a])
    const node = (jobId: string) => ({ jobId, type: 'spend', state: 'pending' })
    const counts = (count: number) => [{ type: 'spend', state: 'pending', count }]
    const { body } = await manager('GET', `/jobs/${middle}/flow`)
    expect(body).toEqual({
      jobId: middle,
      levels: [
        { level: -1, nodes: [node(a), node(b)], counts: counts(2) },
        { level: 0, nodes: [node(middle)], counts: counts(1) },
        { level: 1, nodes: [node(last)], counts: counts(1) },
      ],
      links: [
        { parentId: a, childId: middle },
        { parentId: b, childId: middle },
        { parentId: middle, childId: last },
      ],
      complete: true,
    })
    const query = `{ jobFlow(id: "${last}") { levels { level nodes { jobId } counts { count state } } links { parentId childId } complete } }`
    const told = (await manager('POST', '//graphql', { query })).body.data.jobFlow
    expect(told.levels).toEqual([
      { level: -2, nodes: [{ jobId: b }], counts: [{ count: 1, state: 'PENDING' }] },
      { level: -1, nodes: [{ jobId: a }, { jobId: middle }], counts: [{ count: 2, state: 'PENDING' }] },
      { level: 0, nodes: [{ jobId: last }], counts: [{ count: 1, state: 'PENDING' }] },
    ])
    expect(told.links).toHaveLength(4)
    expect(told.complete).toBe(true)
    expect((await manager('GET', `/jobs/${projectId}/flow`)).status).toBe(404)
    const cleared = await manager('DELETE', `/projects/${projectId}/queue`)
    expect(cleared.status).toBe(200)
  })

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

describe('what jobs used', () => {
  it('is told of a run, a project, all, an item and each result, with its cost', async () => {
    const { muster } = world
    const admin = await world.as('admin')
    const annotator = await world.as('annotator', { member: [projectId] })
    const from = '2026-01-01T00:00:00Z'
    const prices = { items: [{ model: 'm', from, inputMicros: 1_500_000, outputMicros: 0 }] }
    expect((await admin('PUT', '/prices', prices)).body.items).toEqual([
      {
        ...prices.items[0],
        from: '2026-01-01T00:00:00.000Z',
        cachedMicros: 1_500_000,
        cacheWriteMicros: 1_500_000,
      },
    ])
    const { definitionId } = await muster.definitions.add(projectId, {
      name: 'spends',
      jobType: 'spend',
      scenarios: [{ payload: { input: 1 } }, { payload: { input: 10 } }],
    })
    const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
    const worker = await muster.work({ types: ['spend'] })
    await expect.poll(async () => (await muster.runs.get(runId)).status).toBe('completed')
    await worker.close()

    const none = { cached: 0, cacheWrite: 0, reasoning: 0 }
    // 1.5 and 15 millionths, the first rounded up.
    const ofModel = { calls: 2, input: 11, output: 2, costMicros: 17, unpriced: 0, ...none }
    const ofJudge = { calls: 2, input: 2, output: 0, costMicros: 0, unpriced: 2, ...none }
    const total = { calls: 4, input: 13, output: 2, costMicros: 17, unpriced: 2, ...none }
    const usage = { ...total, byModel: { m: ofModel, judge: ofJudge } }
    expect((await manager('GET', `/runs/${runId}`)).body.usage).toEqual(usage)
    expect((await annotator('GET', `/runs/${runId}`)).body.usage).toBeUndefined()
    expect((await manager('GET', `/projects/${projectId}/usage`)).body).toEqual({
      by: 'model',
      total,
      items: [
        { model: 'm', ...ofModel },
        { model: 'judge', ...ofJudge },
      ],
      more: false,
    })
    expect((await admin('GET', '/usage?by=project')).body.items).toEqual([{ projectId, ...total }])
    const day = new Date().toISOString().slice(0, 10)
    expect((await admin('GET', `/usage?by=day&to=${day}`)).body.items).toHaveLength(1)
    expect((await manager('GET', `/projects/${projectId}/usage?from=2026-02-30`)).status).toBe(400)
    const backwards = await manager('GET', `/projects/${projectId}/usage?from=${day}&to=2020-01-01`)
    expect(backwards.body.errors).toMatchObject([{ path: 'from' }])

    const lines = await manager('GET', `/runs/${runId}/results.ndjson?usage=true`)
    expect(
      lines.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).usage),
    ).toEqual([
      { units: 3, costMicros: 2 },
      { units: 12, costMicros: 15 },
    ])
    expect((await manager('GET', `/runs/${runId}/results.ndjson`)).text).not.toContain('usage')
    const both = await manager('GET', `/runs/${runId}/results.ndjson?usage=true&people=true`)
    expect(both.body.errors).toMatchObject([{ path: 'usage' }])
    const [item] = (await manager('GET', `/projects/${projectId}/queue/status?type=spend`)).body.items
    expect(item.usage).toEqual({ units: 12, costMicros: 15 })
    const seen = (await annotator('GET', `/projects/${projectId}/queue/status?type=spend`)).body.items
    expect(seen[0].usage).toBeUndefined()

    const query = `{ run(id: "${runId}") { usage { sum { costMicros } byModel { model sum { calls } } } }
      usage(projectId: "${projectId}", by: RUN) { total { calls } items { runId sum { input } } } }`
    expect((await manager('POST', '//graphql', { query })).body.data).toEqual({
      run: {
        usage: {
          sum: { costMicros: 17 },
          byModel: [
            { model: 'm', sum: { calls: 2 } },
            { model: 'judge', sum: { calls: 2 } },
          ],
        },
      },
      usage: { total: { calls: 4 }, items: [{ runId, sum: { input: 13 } }] },
    })
    const asked = { query: `{ queueItem(id: "${item.itemId}") { usage { units costMicros } } }` }
    const shown = (caller: typeof manager) => caller('POST', '//graphql', asked)
    expect((await shown(manager)).body.data.queueItem.usage).toEqual({ units: 12, costMicros: 15 })
    expect((await shown(annotator)).body.data.queueItem.usage).toBeNull()

    const facts = await manager('GET', `/projects/${projectId}/events?type=price_missing`)
    expect(facts.body.items).toMatchObject([{ type: 'price_missing', data: { model: 'judge' } }])
  })

  it('keeps prices that calls went by, and adds later ones, all or none', async () => {
    const admin = await world.as('admin')
    const price = (change: object) => ({ model: 'm', inputMicros: 7, outputMicros: 0, ...change })
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const used = { items: [price({ from: soon }), price({ from: '2026-01-01T00:00:00Z' })] }
    expect(await admin('PUT', '/prices', used)).toMatchObject({
      status: 409,
      body: { code: 'price_used', model: 'm' },
    })
    const listed = async (query = '') => (await manager('GET', `/prices?model=m${query}`)).body
    expect((await listed()).items).toHaveLength(1)
    const mutation = `mutation ($prices: JSON!) { putPrices(prices: $prices) { from cachedMicros } }`
    const variables = { prices: { items: [price({ from: soon, cachedMicros: 1 })] } }
    expect((await admin('POST', '//graphql', { query: mutation, variables })).body.data).toEqual({
      putPrices: [{ from: soon, cachedMicros: 1 }],
    })
    // What is there already may be said again, used or not.
    const same = { model: 'm', from: '2026-01-01T00:00:00Z', inputMicros: 1_500_000, outputMicros: 0 }
    expect((await admin('PUT', '/prices', { items: [same] })).status).toBe(200)
    const first = await listed('&limit=1')
    expect(first.items).toMatchObject([{ from: soon }])
    const next = await listed(`&limit=1&cursor=${first.nextCursor}`)
    expect(next).toMatchObject({ items: [{ inputMicros: 1_500_000 }], nextCursor: null })
    const bad = await admin('PUT', '/prices', {
      items: [price({ from: soon, inputMicros: -1 }), price({ from: '2026-01-01', outputMicros: 1e9 + 1 })],
    })
    expect(bad.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'items[0].inputMicros',
      'items[1].from',
      'items[1].outputMicros',
    ])
    const twice = await admin('PUT', '/prices', { items: [price({ from: soon }), price({ from: soon })] })
    expect(twice.body.errors).toMatchObject([{ path: 'items[1]' }])
    expect((await manager('PUT', '/prices', { items: [same] })).status).toBe(403)
  })
})
