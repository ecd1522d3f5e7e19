import { randomUUID } from 'node:crypto'
import { jobType, type ProjectId } from '@muster/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiWorld, type Caller, openApi, type Reply } from './api-world.test.support.ts'

/** Needs the key that its payload names. */
const keyed = jobType({
  name: 'keyed',
  payload: z.object({ key: z.string() }),
  limits: ({ payload }) => [payload.key],
  handler: () => null,
})
/** Costs more than there is. */
const dear = jobType({
  name: 'dear',
  payload: z.null(),
  estimate: () => ({ costMicros: 5_000 }),
  handler: () => null,
})

let world: ApiWorld
let admin: Caller
let manager: Caller
let annotator: Caller
let projectId: ProjectId

beforeAll(async () => {
  world = await openApi({}, { jobTypes: [keyed, dear] })
  ;({ projectId } = await world.muster.projects.add({ name: 'limited' }))
  admin = await world.as('admin')
  manager = await world.as('manager', { member: [projectId] })
  annotator = await world.as('annotator', { member: [projectId] })
})
afterAll(() => world.close())

const at = (key: string): string => `/limits/${encodeURIComponent(key)}`
const paths = ({ body }: Reply): string[] => body.errors.map(({ path }: { path: string }) => path)

describe('limits over HTTP', () => {
  it('are put, read, replaced as a whole, and removed', async () => {
    const made = await admin('PUT', at('model:y'), { concurrency: 4, perMinute: 600 })
    expect(made).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      body: { key: 'model:y', origin: 'api', concurrency: 4, perMinute: 600, burst: 6, version: 1 },
    })
    expect(made.body).toMatchObject({ inUse: 0, waiting: 0, opensAt: null, coolUntil: null, paused: false })
    const changed = await admin('PUT', at('model:y'), { unitsPerMinute: 1_000, estimate: 10, paused: true })
    expect(changed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { concurrency: null, perMinute: null, burst: null, unitsPerMinute: 1_000, paused: true },
    })
    const read = await admin('GET', at('model:y'))
    expect(read).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: { ...changed.body } })
    for (const _again of [1, 2]) expect((await admin('DELETE', at('model:y'))).status).toBe(204)
    const bare = await admin('GET', at('model:y'))
    expect(bare.body).toMatchObject({ origin: 'code', unitsPerMinute: null, paused: false })
    expect((await admin('GET', at('model:none'))).status).toBe(404)
  })

  it('find their own concurrency if they are adaptive, over REST and GraphQL', async () => {
    const made = await admin('PUT', at('model:own'), { concurrency: 40, adaptive: { min: 2 } })
    expect(made.body).toMatchObject({ concurrency: 40, adaptive: { min: 2, start: 8 }, window: 8 })
    const few = await admin('PUT', at('model:own'), { concurrency: 3, adaptive: { min: 1 } })
    expect(few.body).toMatchObject({ adaptive: { min: 1, start: 3 }, window: 3 })
    const query = `mutation { putLimit(key: "model:own", concurrency: 9, adaptive: { min: 4, start: 5 }) {
      adaptive { min start } window
    } }`
    const { body } = await admin('POST', '//graphql', { query })
    expect(body.data.putLimit).toEqual({ adaptive: { min: 4, start: 5 }, window: 5 })
    await admin('PUT', at('model:own'), { concurrency: 9 })
    expect((await admin('GET', at('model:own'))).body).toMatchObject({ adaptive: null, window: null })
  })

  it('change only at the version that was seen', async () => {
    await admin('PUT', at('model:seen'), { concurrency: 1 })
    const put = (tag: string): Promise<Reply> =>
      admin('PUT', at('model:seen'), { concurrency: 2 }, { 'if-match': tag })
    expect(await put('"7"')).toMatchObject({ status: 412, body: { code: 'version_conflict' } })
    expect(await put('3')).toMatchObject({ status: 400, body: { errors: [{ path: 'If-Match' }] } })
    expect(await put('"1"')).toMatchObject({ status: 200, body: { version: 2, concurrency: 2 } })
    const unmade = await admin('PUT', at('model:unmade'), {}, { 'if-match': '"1"' })
    expect(unmade).toMatchObject({ status: 412 })
    expect((await admin('GET', at('model:unmade'))).status).toBe(404)
  })

  it('cool and are warmed by hand', async () => {
    await admin('PUT', at('provider:z'), {})
    const cooled = await admin('POST', `${at('provider:z')}/cool`, { seconds: 30 })
    expect(cooled.status).toBe(200)
    expect(Date.parse(cooled.body.coolUntil)).toBeGreaterThan(Date.now() + 25_000)
    expect(cooled.body.opensAt).toBe(cooled.body.coolUntil)
    const warmed = await admin('POST', `${at('provider:z')}/warm`, {})
    expect(warmed.body).toMatchObject({ coolUntil: null, opensAt: null })
    for (const seconds of [0, -1, 86_401, '30', null])
      expect(paths(await admin('POST', `${at('provider:z')}/cool`, { seconds }))).toEqual(['seconds'])
    expect((await admin('POST', `${at('provider:none')}/cool`, { seconds: 3 })).status).toBe(404)
  })

  it('are listed by key, a page at a time, by their beginning', async () => {
    for (const key of ['list:c', 'list:a', 'list:b']) await admin('PUT', at(key), {})
    const first = await admin('GET', '/limits?prefix=list:&limit=2')
    expect(first.body.items).toMatchObject([{ key: 'list:a' }, { key: 'list:b' }])
    const rest = await admin('GET', `/limits?prefix=list:&limit=2&cursor=${first.body.nextCursor}`)
    expect(rest.body).toMatchObject({ items: [{ key: 'list:c' }], nextCursor: null })
    const other = await admin('GET', `/limits?prefix=lis&cursor=${first.body.nextCursor}`)
    expect(other).toMatchObject({ status: 400, body: { errors: [{ path: 'cursor' }] } })
  })

  it.each(['a\u0000b', 'x'.repeat(201)])(
    'are refused by a beginning that no key can have',
    async (prefix) => {
      const refused = { code: 'validation_failed', issues: [{ path: 'prefix' }] }
      await expect(world.muster.limits.list({ prefix })).rejects.toMatchObject(refused)
      expect(paths(await admin('GET', `/limits?prefix=${encodeURIComponent(prefix)}`))).toEqual(['prefix'])
      const query = 'query ($prefix: String) { limits(prefix: $prefix) { edges { cursor } } }'
      const { body } = await admin('POST', '//graphql', { query, variables: { prefix } })
      expect(body.errors[0].extensions).toMatchObject({ errors: [{ path: 'prefix' }] })
    },
  )

  it('are for managers those of their projects', async () => {
    await world.muster.queue.add(projectId, { type: 'keyed', payload: { key: 'model:carried' } })
    await admin('PUT', at('model:foreign'), {})
    const own = `project:${projectId}:tenant`
    const foreign = `project:${randomUUID()}:tenant`
    await admin('PUT', at(foreign), {})
    expect((await manager('PUT', at(own), { concurrency: 2 })).status).toBe(201)
    expect((await manager('PUT', at(foreign), {})).status).toBe(404)
    expect((await manager('PUT', at('model:carried'), {})).status).toBe(403)
    expect((await manager('DELETE', at('model:carried'))).status).toBe(403)
    expect((await manager('POST', `${at('model:carried')}/cool`, { seconds: 1 })).status).toBe(403)
    expect((await manager('GET', at('model:carried'))).status).toBe(200)
    expect((await manager('GET', at(own))).status).toBe(200)
    expect((await manager('GET', at('model:foreign'))).status).toBe(404)
    expect((await manager('GET', at(foreign))).status).toBe(404)
    const { body } = await manager('GET', '/limits')
    expect(body.items.map(({ key }: { key: string }) => key)).toEqual(['model:carried', own])
    for (const key of ['model:carried', 'model:none', own, foreign]) {
      expect((await annotator('GET', at(key))).status).toBe(403)
      expect((await annotator('PUT', at(key), {})).status).toBe(403)
    }
    expect((await annotator('GET', '/limits')).status).toBe(403)
  })

  it.each([
    ['no word before the colon', ':y'],
    ['no colon', 'model'],
    ['a space', 'model:a b'],
    ['a control character', 'model:a\u0007'],
    ['another normal form', 'model:e\u0301'],
    ['a reserved word', 'budget:1'],
  ])('refuse a key with %s', async (_what, key) => {
    const asked = [
      admin('PUT', at(key), { concurrency: 1 }),
      admin('GET', at(key)),
      admin('DELETE', at(key)),
      admin('POST', `${at(key)}/cool`, { seconds: 1 }),
    ]
    for (const reply of await Promise.all(asked)) {
      expect(reply).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
      expect(paths(reply)).toEqual(['key'])
    }
  })

  it.each([
    [{ concurrency: -1 }, ['concurrency']],
    [{ concurrency: 1.5 }, ['concurrency']],
    [{ concurrency: 100_001 }, ['concurrency']],
    [{ perMinute: 0 }, ['perMinute']],
    [{ perMinute: '60' }, ['perMinute']],
    [{ burst: 3 }, ['burst']],
    [{ perMinute: 5, burst: 6 }, ['burst']],
    [{ unitsPerMinute: 0.5, estimate: 0 }, ['unitsPerMinute', 'estimate']],
    [{ adaptive: { min: 1 } }, ['adaptive']],
    [{ adaptive: { min: 4 }, concurrency: 4 }, ['adaptive.min']],
    [{ adaptive: { min: 2, start: 9 }, concurrency: 8 }, ['adaptive.start']],
    [{ adaptive: { min: 2, start: 1 }, concurrency: 8 }, ['adaptive.start']],
    [{ adaptive: { min: 0, most: 3 }, concurrency: 8 }, ['adaptive.min', 'adaptive.most']],
    [{ paused: 'yes', concurrency: 1e9 }, ['concurrency', 'paused']],
  ])('refuse %j, naming each member', async (body, expected) => {
    const reply = await admin('PUT', at('model:bad'), body)
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect(paths(reply)).toEqual(expected)
    expect((await admin('GET', at('model:bad'))).status).toBe(404)
  })

  it('refuse settings for a pattern, which would hold for a key of that name alone', async () => {
    const reply = await admin('PUT', at('model:*'), { concurrency: 1 })
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: 'key' }] } })
    expect((await admin('GET', at('model:*'))).status).toBe(404)
  })

  it('refuse a member that there is not', async () => {
    const reply = await admin('PUT', at('model:bad'), { perSecond: 1 })
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect(JSON.stringify(reply.body.errors)).toContain('perSecond')
  })
})

describe('a job that a key holds back', () => {
  const waitsFor = async (itemId: string): Promise<unknown> =>
    (await admin('GET', `/jobs/${itemId}`)).body.waitsFor.filter(({ key }: { key?: string }) => key)

  it('says which, how full it is, and when it opens', async () => {
    const { muster } = world
    const add = async (): Promise<string> =>
      (await muster.queue.add(projectId, { type: 'keyed', payload: { key: 'waits:a' } })).jobId
    await add()
    const itemId = await add()
    expect(await waitsFor(itemId)).toEqual([])
    const told = { key: 'waits:a', by: 'limit', ahead: 1, aheadMore: false }
    await admin('PUT', at('waits:a'), { concurrency: 0 })
    const full = { ...told, kind: 'concurrency', used: 0, of: 0, opensAt: null }
    expect(await waitsFor(itemId)).toEqual([full])
    await admin('PUT', at('waits:a'), { paused: true })
    expect(await waitsFor(itemId)).toEqual([{ ...told, kind: 'paused', used: null, of: null, opensAt: null }])
    await admin('PUT', at('waits:a'), {})
    const { body } = await admin('POST', `${at('waits:a')}/cool`, { seconds: 60 })
    const cooling = { ...told, kind: 'coolDown', used: null, of: null, opensAt: body.coolUntil }
    expect(await waitsFor(itemId)).toEqual([cooling])
    const query = `{ job(id: "${itemId}") { waitsFor { kind key used of opensAt ahead aheadMore } } }`
    const reply = await admin('POST', '//graphql', { query })
    const { by: _by, ...shown } = cooling
    expect(reply.body.data.job.waitsFor).toContainEqual(shown)
  })
})

describe('a run that keys and budgets hold back', () => {
  const started = async (keys: readonly string[]): Promise<string> => {
    const scenarios = keys.map((key) => ({ payload: { key } }))
    const { runId } = await world.muster.runs.start(projectId, {
      jobType: keyed,
      scenarios,
      models: ['ann', 'bob'],
    })
    return runId
  }
  const read = async (who: Caller, runId: string) => (await who('GET', `/runs/${runId}`)).body.waitsFor

  it('says which, as long as none of its jobs may begin', async () => {
    const runId = await started(['run:a', 'run:b'])
    expect(await read(admin, runId)).toEqual([])
    await admin('PUT', at('run:a'), { paused: true })
    expect(await read(admin, runId)).toEqual([])
    const { body } = await admin('POST', `${at('run:b')}/cool`, { seconds: 60 })
    const cools = { kind: 'coolDown', key: 'run:b', used: null, of: null, opensAt: body.coolUntil }
    const paused = { kind: 'paused', key: 'run:a', used: null, of: null, opensAt: null }
    const whole = [paused, cools].map((wait) => ({ ...wait, by: 'limit' }))
    for (const who of [admin, manager]) expect(await read(who, runId)).toEqual(whole)
    const query = `{ run(id: "${runId}") { waitsFor { kind key runId used of opensAt } } }`
    const asked = async (who: Caller) => (await who('POST', '//graphql', { query })).body.data.run.waitsFor
    expect(await asked(manager)).toEqual([paused, cools].map((wait) => ({ ...wait, runId: null })))
    const shown = [paused, cools].map(({ kind, opensAt }) => ({ kind, key: null, opensAt }))
    expect(await read(annotator, runId)).toEqual(shown)
    expect(await asked(annotator)).toEqual(
      shown.map((wait) => ({ ...wait, runId: null, used: null, of: null })),
    )
    await admin('PUT', at('run:a'), { concurrency: 0 })
    expect((await read(admin, runId))[0]).toMatchObject({ kind: 'concurrency', used: 0, of: 0 })
    await manager('POST', `/runs/${runId}/pause`)
    expect(await read(admin, runId)).toEqual([])
    await manager('POST', `/runs/${runId}/resume`)
    await admin('DELETE', at('run:a'))
    expect(await read(admin, runId)).toEqual([])
  })

  it('says which budget has nothing left', async () => {
    const run = { jobType: dear, scenarios: [{ payload: null }], models: ['ann'] }
    const { runId } = await world.muster.runs.start(projectId, run)
    expect(await read(admin, runId)).toEqual([])
    const { body } = await admin('POST', `/projects/${projectId}/budgets`, { capMicros: 1_000, runId })
    const wait = { kind: 'budget', key: `budget:${body.budgetId}`, used: 0, of: 1_000, opensAt: null }
    expect(await read(manager, runId)).toEqual([wait])
    expect(await read(annotator, runId)).toEqual([{ kind: 'budget', key: null, opensAt: null }])
  })
})

describe('limits over GraphQL', () => {
  const ask = (who: Caller, query: string): Promise<Reply> => who('POST', '//graphql', { query })

  it('are put, read, listed, cooled, warmed and deleted', async () => {
    const put = await ask(
      admin,
      'mutation { putLimit(key: "graph:a", concurrency: 2, perMinute: 60.5) { key origin concurrency perMinute burst version } }',
    )
    expect(put.body.data.putLimit).toEqual({
      key: 'graph:a',
      origin: 'API',
      concurrency: 2,
      perMinute: 60.5,
      burst: 1,
      version: 1,
    })
    const stale = await ask(admin, 'mutation { putLimit(key: "graph:a", ifVersion: 9) { version } }')
    expect(stale.body.errors[0].extensions.code).toBe('version_conflict')
    const cooled = await ask(admin, 'mutation { coolLimit(key: "graph:a", seconds: 60) { coolUntil } }')
    expect(Date.parse(cooled.body.data.coolLimit.coolUntil)).toBeGreaterThan(Date.now() + 50_000)
    const warmed = await ask(admin, 'mutation { warmLimit(key: "graph:a") { coolUntil } }')
    expect(warmed.body.data.warmLimit).toEqual({ coolUntil: null })
    const listed = await ask(admin, '{ limits(prefix: "graph:", first: 1) { edges { node { key } } } }')
    expect(listed.body.data.limits.edges).toEqual([{ node: { key: 'graph:a' } }])
    const deleted = await ask(admin, 'mutation { deleteLimit(key: "graph:a") }')
    expect(deleted.body.data).toEqual({ deleteLimit: true })
    const read = await ask(
      admin,
      '{ limit(key: "graph:a") { origin concurrency } none: limit(key: "graph:b") { key } }',
    )
    expect(read.body.data).toEqual({ limit: { origin: 'CODE', concurrency: null }, none: null })
    const bad = await ask(admin, 'mutation { putLimit(key: "graph:a", burst: 2) { key } }')
    expect(bad.body.errors[0].extensions).toMatchObject({ code: 'validation_failed' })
  })
})
