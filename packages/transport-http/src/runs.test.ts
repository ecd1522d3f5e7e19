import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type ApiWorld,
  addEchoes,
  type Caller,
  openApi,
  type Reply,
  until,
} from './api-world.test.support.ts'
import * as schemas from './schemas.ts'

let world: ApiWorld
let manager: Caller
let projectId: string
let definitionId: string

beforeEach(async () => {
  world = await openApi()
  const admin = await world.as('admin')
  projectId = (await admin('POST', '/projects', { name: 'evaluations' })).body.projectId
  manager = await world.as('manager', { member: [projectId] })
  const definition = await addEchoes(manager, projectId, 10)
  expect(definition.status).toBe(201)
  schemas.definition.parse(definition.body)
  definitionId = definition.body.definitionId
})
afterEach(() => world.close())

const start = (extra: object = {}): Promise<Reply> =>
  manager('POST', `/projects/${projectId}/runs`, { definitionId, models: ['a', 'b'], ...extra })

describe('runs', () => {
  it('are found over all of the caller’s projects, by what is said of them', async () => {
    const admin = await world.as('admin')
    const elsewhere = (await admin('POST', '/projects', { name: 'elsewhere' })).body.projectId
    const there = await addEchoes(admin, elsewhere, 1)
    const first = await start()
    const foreign = await admin('POST', `/projects/${elsewhere}/runs`, {
      definitionId: there.body.definitionId,
      models: ['a'],
    })
    const last = await start({ models: ['c'], priority: 'high' })
    const ids = async (who: Caller, query = ''): Promise<string[]> => {
      const { status, body } = await who('GET', `/runs${query}`)
      expect(status).toBe(200)
      return schemas
        .listOf(schemas.run)
        .parse(body)
        .items.map(({ runId }) => runId)
    }
    const [one, two, three] = [first, foreign, last].map(({ body }) => body.runId)
    expect(await ids(admin)).toEqual([three, two, one])
    expect(await ids(manager)).toEqual([three, one])
    expect(await ids(await world.as('annotator'))).toEqual([])
    expect(await ids(admin, '?model=a')).toEqual([two, one])
    expect(await ids(manager, `?definitionId=${definitionId}&status=pending,paused&model=c`)).toEqual([three])
    expect(await ids(manager, `?from=${last.body.createdAt}`)).toContain(three)
    expect(await ids(manager, `?to=${first.body.createdAt}`)).toEqual([])
    expect((await manager('GET', `/projects/${projectId}/runs?model=c`)).body.items).toMatchObject([
      { runId: three, startedBy: last.body.startedBy },
    ])
    expect(last.body.startedBy).toMatch(/^[0-9a-f-]{36}$/)
    expect((await manager('GET', '/runs?from=yesterday')).body.errors).toEqual([
      { path: 'from', message: 'must be an instant, as 2026-03-02T12:00:00Z' },
    ])
  })

  it('do each scenario so often as they are asked to, and say which job is which', async () => {
    const preview = await manager('POST', `/projects/${projectId}/runs?dryRun=true`, {
      definitionId,
      models: ['a'],
      repeats: 3,
    })
    expect(preview.body).toEqual({ scenarios: 10, jobs: 30 })
    expect((await start({ repeats: 0 })).body.errors).toMatchObject([{ path: 'repeats' }])
    const { body } = await start({ models: ['a'], repeats: 2, samplePercentage: 10 })
    expect(body).toMatchObject({ config: { repeats: 2 }, progress: { total: 2 } })
    await world.muster.work()
    await until(manager, `/runs/${body.runId}`, (told) => told.body.status === 'completed')
    const lines = (await manager('GET', `/runs/${body.runId}/results.ndjson`)).text.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).repeat)).toEqual([1, 2])
    const jobs = schemas.listOf(schemas.job).parse((await manager('GET', `/runs/${body.runId}/jobs`)).body)
    expect(jobs.items.map(({ repeat }) => repeat)).toEqual([2, 1])
    const matrix = schemas.matrix.parse((await manager('GET', `/runs/${body.runId}/matrix`)).body)
    expect(matrix).toMatchObject({ repeats: 2, total: 1 })
    expect(matrix.rows[0]?.cells['a']?.repeats).toHaveLength(1)
  })

  it('start after others, of what those gave', async () => {
    const first = (await start({ models: ['a'] })).body
    const after = {
      runId: first.runId,
      when: 'completed',
      from: { per: 'result', payload: { text: { $: '/scenario/payload/text' } } },
    }
    const post = (body: object, query = ''): Promise<Reply> =>
      manager('POST', `/projects/${projectId}/runs${query}`, body)
    const wrong = { ...after, from: { per: 'result', payload: { $: 'result' }, where: { model: [] } } }
    expect((await post({ models: ['b'], after: wrong })).body.errors).toMatchObject([
      { path: 'after.from.where.model' },
      { path: 'after.from.payload.$' },
    ])
    expect((await post({ models: ['b'] })).body.errors).toMatchObject([{ path: 'definitionId' }])
    expect((await post({ models: ['b'], definitionId, after })).body.errors).toMatchObject([
      { path: 'definitionId' },
    ])
    expect((await post({ models: ['b'], after }, '?dryRun=true')).body.errors).toMatchObject([
      { path: 'after' },
    ])
    expect((await post({ models: ['b'], after: { ...after, runId: projectId } })).status).toBe(404)
    const begun = schemas.run.parse((await post({ models: ['b', 'c'], after })).body)
    expect(begun).toMatchObject({
      status: 'pending',
      progress: { total: 0, percentComplete: 0 },
      link: { parentId: first.runId, state: 'waiting' },
      waitsFor: [{ kind: 'run', key: null, runId: first.runId }],
    })
    const query = `mutation { startRunAfter(input: { runId: "${begun.runId}", when: PEOPLE_DONE, models: ["d"] }) { runId link { when state } refusals { count } } }`
    const last = (await manager('POST', '//graphql', { query })).body.data.startRunAfter
    expect(last).toMatchObject({ link: { when: 'PEOPLE_DONE', state: 'WAITING' }, refusals: [] })
    await world.muster.work({ schedule: true })
    await until(manager, `/runs/${last.runId}`, (told) => told.body.status === 'completed')
    const told = schemas.runWithUsage.parse((await manager('GET', `/runs/${begun.runId}`)).body)
    expect(told).toMatchObject({
      progress: { total: 20, completed: 20, percentComplete: 100 },
      link: { state: 'made', made: 10, refused: 0, refusals: [], stale: false },
      waitsFor: [],
    })
    const annotator = await world.as('annotator', { member: [projectId] })
    const flow = schemas.runFlow.parse((await annotator('GET', `/runs/${first.runId}/flow`)).body)
    expect(flow.runs.map(({ runId, progress }) => [runId, progress.completed])).toEqual([
      [first.runId, 10],
      [begun.runId, 20],
      [last.runId, 10],
    ])
    expect(flow.links).toHaveLength(2)
    const fresh = await manager('POST', `/runs/${begun.runId}/refresh`)
    expect(schemas.run.parse(fresh.body)).toMatchObject({ link: { parentId: first.runId, state: 'waiting' } })
    expect((await manager('POST', `/runs/${first.runId}/refresh`)).body.code).toBe('run_state')
  })

  it('change their pace and priority while they go on', async () => {
    const path = `/runs/${(await start()).body.runId}`
    const changed = await manager('PATCH', path, { maxJobsPerSecond: 5, priority: 'low' })
    expect(changed).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { priority: 'low', config: { maxJobsPerSecond: 5 } },
    })
    expect((await manager('PATCH', path, { maxJobsPerSecond: 0 })).body.errors).toMatchObject([
      { path: 'maxJobsPerSecond' },
    ])
  })
})

describe('a run', () => {
  it('is previewed, started, worked off and read', async () => {
    expect(
      (
        await manager('POST', `/projects/${projectId}/runs?dryRun=true`, {
          definitionId,
          models: ['a', 'b'],
          samplePercentage: 50,
        })
      ).body,
    ).toEqual({ scenarios: 5, jobs: 10 })
    const started = await start()
    expect(started).toMatchObject({
      status: 201,
      headers: { etag: '"1"' },
      body: { status: 'pending', priority: 'normal', progress: { total: 20, percentComplete: 0 } },
    })
    schemas.run.parse(started.body)
    const path = `/runs/${started.body.runId}`

    await world.muster.work()
    const done = await until(manager, path, ({ body }) => body.status === 'completed')
    schemas.runWithUsage.parse(done.body)
    const progress = await manager('GET', `${path}/progress`)
    schemas.runProgress.parse(progress.body)
    expect(progress.body).toMatchObject({
      total: 20,
      completed: 20,
      failed: 0,
      percentComplete: 100,
      byModel: { a: { completed: 10 }, b: { completed: 10 } },
    })
    const found = await manager('GET', `${path}/matrix?labelAt=/said&places=2,10`)
    expect(schemas.matrix.parse(found.body)).toMatchObject({
      labelAt: '/said',
      scoreAt: '/score',
      models: ['a', 'b'],
      total: 10,
      rows: [
        {
          place: 2,
          scenarioId: 's1',
          preview: 'text 1',
          cells: { b: { state: 'completed', label: 'text 1' } },
        },
        { place: 10, taskId: null },
      ],
    })
    const where = encodeURIComponent('a="text 3" b="text 3"')
    const places = await manager('GET', `${path}/matrix/places?labelAt=/said&where=${where}`)
    expect(schemas.matrixPlaces.parse(places.body)).toEqual({ count: 1, total: 10, bitmap: 'CAA=' })
    expect((await manager('GET', `${path}/matrix/places?where=c=d`)).body.errors).toEqual([
      { path: 'where', message: 'names no model of the run: c' },
    ])
    const rates = await manager('GET', `/projects/${projectId}/rates?step=60`)
    expect(schemas.rates.parse(rates.body).jobs.reduce((sum, { settled }) => sum + settled, 0)).toBe(20)
    expect((await manager('GET', `/projects/${projectId}/rates?step=15`)).body.errors).toMatchObject([
      { path: 'step' },
    ])
    const ofRun = schemas.runRates.parse((await manager('GET', `${path}/rates?step=60`)).body)
    expect(ofRun.jobs.reduce((sum, { settled }) => sum + settled, 0)).toBe(20)
    const query = `{ run(id: "${started.body.runId}") { rates(step: 60) { step jobs { at settled failed } } } }`
    const asked = (await manager('POST', '//graphql', { query })).body.data.run.rates
    expect(asked).toEqual({ step: 60, jobs: ofRun.jobs })
    const jobs = await manager('GET', `${path}/jobs?state=completed&model=a&limit=4`)
    expect(schemas.listOf(schemas.job).parse(jobs.body).items).toHaveLength(4)
    const lines = (await manager('GET', `${path}/results.ndjson`)).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ scenarioId, model }) => `${scenarioId} ${model}`)).toEqual(
      Array.from({ length: 20 }, (_, i) => `s${Math.floor(i / 2)} ${'ab'[i % 2]}`),
    )
    expect(progress.body.durations).toMatchObject([
      { model: 'a', jobs: 10 },
      { model: 'b', jobs: 10 },
    ])
    expect(lines[3]).toEqual({
      scenarioId: 's1',
      model: 'b',
      state: 'completed',
      result: { said: 'text 1', model: 'b' },
      error: null,
    })
  })

  it('is paused, resumed and cancelled as often as one likes, and refuses what is impossible', async () => {
    const { body } = await start()
    const path = `/runs/${body.runId}`
    for (const _ of [1, 2])
      expect(await manager('POST', `${path}/pause`)).toMatchObject({
        status: 200,
        body: { status: 'paused' },
      })
    for (const _ of [1, 2])
      expect(await manager('POST', `${path}/resume`)).toMatchObject({
        status: 200,
        body: { status: 'pending' },
      })
    for (const _ of [1, 2])
      expect(await manager('POST', `${path}/cancel`)).toMatchObject({
        status: 200,
        body: { status: 'cancelled', progress: { cancelled: 20 } },
      })
    expect(await manager('POST', `${path}/resume`)).toMatchObject({
      status: 409,
      body: { code: 'run_state' },
    })
  })

  it('tries its failed jobs again', async () => {
    const scenarios = [{ payload: { text: 'x', fail: true } }]
    const failing = await manager('POST', `/projects/${projectId}/definitions`, {
      name: 'fails',
      jobType: 'echo',
      scenarios,
    })
    const { body } = await start({ definitionId: failing.body.definitionId })
    const path = `/runs/${body.runId}`
    await world.muster.work()
    await until(manager, path, (reply) => reply.body.status === 'completed')
    const failed = await manager('GET', `${path}/jobs?state=failed`)
    expect(failed.body.items[0]).toMatchObject({
      scenarioId: '1',
      attempt: 1,
      error: { message: 'told to fail', retryable: false },
    })
    expect((await manager('POST', `${path}/retry-failed`)).body).toMatchObject({
      status: 'running',
      progress: { failed: 0 },
    })
    await until(
      manager,
      path,
      (reply) => reply.body.status === 'completed' && reply.body.progress.failed === 2,
    )
  })

  it('is started once however often the call is repeated', async () => {
    const headers = { 'idempotency-key': 'once' }
    const body = { definitionId, models: ['a'] }
    const [first, again] = await Promise.all(
      [1, 2].map(() => manager('POST', `/projects/${projectId}/runs`, body, headers)),
    )
    expect(again?.body.runId).toBe(first?.body.runId)
    expect((await manager('GET', `/projects/${projectId}/runs`)).body.items).toHaveLength(1)
  })

  it.each<[string, object, string]>([
    ['no models', { models: [] }, 'models'],
    ['a repeated model', { models: ['a', 'a'] }, 'models[1]'],
    ['nothing of the sample', { samplePercentage: 0 }, 'samplePercentage'],
    ['more than all', { samplePercentage: 101 }, 'samplePercentage'],
    ['a definition there is not', { definitionId: '00000000-0000-7000-8000-000000000000' }, 'definitionId'],
  ])('is refused with %s', async (_what, fault, path) => {
    expect(await start(fault)).toMatchObject({ status: 400, body: { errors: [{ path }] } })
  })
})

describe('a definition', () => {
  it('may be streamed line by line, and becomes the next version of its name', async () => {
    const lines = Array.from({ length: 2500 }, (_, i) =>
      JSON.stringify({ payload: { text: `line ${i}` } }),
    ).join('\n')
    const path = `/projects/${projectId}/definitions?name=echo&jobType=echo`
    const streamed = await manager('POST', path, lines, { 'content-type': 'application/x-ndjson' })
    expect(streamed).toMatchObject({ status: 201, body: { name: 'echo', version: 2, scenarioCount: 2500 } })
    const page = await manager('GET', `/definitions/${streamed.body.definitionId}/scenarios?limit=2`)
    expect(page.body.items).toEqual([
      { scenarioId: '1', payload: { text: 'line 0' } },
      { scenarioId: '2', payload: { text: 'line 1' } },
    ])
    const bad = await manager('POST', path, `${lines}\n{ no`, { 'content-type': 'application/x-ndjson' })
    expect(bad).toMatchObject({ status: 400, body: { errors: [{ path: 'scenarios[2500]' }] } })
    expect((await manager('GET', `/projects/${projectId}/definitions`)).body.items).toHaveLength(2)
  })
})

describe('the queue of a project', () => {
  it('takes, shows, moves, retries, cancels and clears items', async () => {
    const path = `/projects/${projectId}/queue`
    const add = (payload: object, extra: object = {}): Promise<Reply> =>
      manager('POST', `${path}/add`, { type: 'echo', payload, ...extra })
    const first = await add({ text: 'first' })
    expect(schemas.queueItem.parse(first.body)).toMatchObject({
      state: 'pending',
      priority: 5,
      position: 1,
      globalPosition: 1,
      attempt: 0,
    })
    const second = await add({ text: 'second' })
    const moved = await manager('PUT', `${path}/${second.body.itemId}/priority`, { priority: 9 })
    expect(moved.body).toMatchObject({ priority: 9, position: 1 })
    const later = await add({ text: 'later' }, { delaySeconds: 3600 })
    expect(later.body).toMatchObject({ state: 'pending', position: null })

    const status = await manager('GET', `${path}/status`)
    expect(schemas.queueStatus.parse(status.body)).toMatchObject({
      paused: false,
      counts: { pending: 3 },
      byType: { echo: { pending: 3 } },
    })
    expect(status.body.items.map(({ itemId }: { itemId: string }) => itemId)).toEqual([
      second.body.itemId,
      first.body.itemId,
      later.body.itemId,
    ])
    expect((await manager('DELETE', `${path}/${first.body.itemId}`)).body.state).toBe('cancelled')
    expect(await manager('DELETE', `${path}/${first.body.itemId}`)).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition' },
    })

    expect((await manager('POST', `${path}/pause`)).body.paused).toBe(true)
    expect((await manager('POST', `${path}/resume`)).body.paused).toBe(false)
    expect((await manager('DELETE', path)).body).toEqual({ cancelled: 2 })

    const failing = await add({ text: 'x', fail: true })
    await world.muster.work()
    const item = `${path}/${failing.body.itemId}`
    await until(manager, item, ({ body }) => body.state === 'failed')
    expect((await manager('GET', item)).body).toMatchObject({
      payload: { text: 'x', fail: true },
      error: { message: 'told to fail' },
    })
    expect((await manager('POST', `${item}/retry`)).status).toBe(200)
    await until(manager, item, ({ body }) => body.state === 'failed')
  })

  it('takes many items, each by itself or all of them or none', async () => {
    const path = `/projects/${projectId}/queue/add-many`
    const items = [
      { type: 'echo', payload: { text: 'a' } },
      { type: 'echo', payload: { text: 1 } },
      { kind: 'echo' },
      // Deeper than any JSON may be.
      { type: 'echo', payload: JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`) },
    ]
    const each = await manager('POST', path, { items })
    expect(each.status).toBe(200)
    expect(schemas.addedItems.parse(each.body)).toMatchObject({
      added: 1,
      existing: 0,
      refused: 3,
      items: [
        { status: 'added' },
        { status: 'refused', errors: [{ path: 'items[1].payload.text' }] },
        { status: 'refused', code: 'validation_failed' },
        { status: 'refused', code: 'validation_failed' },
      ],
    })
    const whole = await manager('POST', path, { mode: 'atomic', items: items.slice(0, 2) })
    expect(whole).toMatchObject({ status: 400, body: { errors: [{ path: 'items[1].payload.text' }] } })
    for (const wrong of [{}, { items: [] }, { items: 7 }, { items, mode: 'some' }, { items, extra: 1 }])
      expect((await manager('POST', path, wrong)).status).toBe(400)
    const { jobId } = each.body.items[0]
    expect((await manager('GET', `/projects/${projectId}/queue/${jobId}`)).body.itemId).toBe(jobId)
  })

  it('adds once for a key, over both doors', async () => {
    const path = `/projects/${projectId}/queue/add`
    const item = {
      type: 'echo',
      payload: { text: 'once' },
      unique: { key: 'k-1', states: ['pending', 'completed', 'active'] },
    }
    const first = await manager('POST', path, { ...item, runAt: '2040-01-01T00:00:00Z' })
    expect(first).toMatchObject({ status: 400, body: { code: 'too_far' } })
    const added = await manager('POST', path, item)
    expect(added.status).toBe(201)
    const again = await manager('POST', path, { ...item, payload: { text: 'twice' } })
    expect(again).toMatchObject({
      status: 200,
      body: { itemId: added.body.itemId, existing: true, differs: true },
    })
    const query = `mutation ($p: ID!, $unique: UniqueInput, $items: [JSON!]!) {
      one: addToQueue(projectId: $p, type: "echo", payload: { text: "once" }, unique: $unique) { itemId existing differs }
      two: addToQueue(projectId: $p, type: "echo", payload: { text: "x" }, delaySeconds: 3600) { existing position }
      many: addManyToQueue(projectId: $p, items: $items) { added existing refused items { status jobId code errors } }
    }`
    const variables = { p: projectId, unique: { key: 'k-1' }, items: [item, { type: 'echo', payload: {} }] }
    const { body } = await manager('POST', '//graphql', { query, variables })
    const { itemId } = added.body
    expect(body.data).toMatchObject({
      one: { itemId, existing: true, differs: false },
      two: { existing: false, position: null },
      many: {
        added: 0,
        existing: 1,
        refused: 1,
        items: [
          { status: 'existing', jobId: itemId, code: null },
          { status: 'refused', jobId: null, errors: [expect.stringContaining('items[1].payload.text')] },
        ],
      },
    })
  })

  it('adds items that wait for a run, of their project alone, over both doors', async () => {
    const after = { runId: (await start({ models: ['a'] })).body.runId, when: 'peopleDone' }
    const item = { type: 'echo', payload: { text: 'x' }, after }
    const added = await manager('POST', `/projects/${projectId}/queue/add`, item)
    expect(added).toMatchObject({ status: 201, body: { state: 'pending', position: null } })
    const detail = await manager('GET', `/jobs/${added.body.itemId}`)
    expect(schemas.jobDetail.parse(detail.body).waitsFor).toContainEqual({ kind: 'run', ...after })
    const query = `mutation ($p: ID!, $after: AfterInput) {
      addToQueue(projectId: $p, type: "echo", payload: { text: "x" }, after: $after) { itemId }
    }`
    const { data } = (await manager('POST', '//graphql', { query, variables: { p: projectId, after } })).body
    const read = `{ job(id: "${data.addToQueue.itemId}") { waitsFor { kind runId when } } }`
    const { job } = (await manager('POST', '//graphql', { query: read })).body.data
    expect(job.waitsFor).toContainEqual({ kind: 'run', ...after })
    const elsewhere = await world.muster.projects.add({ name: 'elsewhere' })
    const other = await world.as('manager', { member: [elsewhere.projectId] })
    expect(await other('POST', `/projects/${elsewhere.projectId}/queue/add`, item)).toMatchObject({
      status: 400,
      body: { code: 'parent_unknown', errors: [{ path: 'after.runId' }] },
    })
  })

  it('adds items that wait for others, cancels a flow, and forces one, over both doors', async () => {
    const path = `/projects/${projectId}/queue`
    const add = (body: object) =>
      manager('POST', `${path}/add`, { type: 'echo', payload: { text: 'x' }, ...body })
    const { itemId } = (await add({ delaySeconds: 3_600 })).body
    const child = await add({ after: { jobs: [itemId] } })
    expect(child).toMatchObject({ status: 201, body: { state: 'pending', position: null } })
    expect((await manager('GET', `/jobs/${child.body.itemId}`)).body.waitsFor).toContainEqual({
      kind: 'parents',
      used: 1,
      of: 1,
    })
    const unknown = '01900000-0000-7000-8000-ffffffffffff'
    expect(await add({ after: { jobs: [itemId, unknown] } })).toMatchObject({
      status: 400,
      body: { code: 'parent_unknown', errors: [{ path: 'after.jobs[1]' }] },
    })
    for (const after of [
      {},
      { jobs: [] },
      { jobs: ['x'] },
      { jobs: [itemId], need: 'some' },
      { jobs: [{ item: 0 }] },
    ])
      expect((await add({ after })).status).toBe(400)
    const refused = [
      [{}, ['after.jobs']],
      [{ jobs: [itemId], runId: unknown, when: 'ended' }, ['after.runId']],
      [{ runId: unknown }, ['after.when']],
      [{ runId: unknown, when: 'soon' }, ['after.when']],
      [{ runId: unknown, when: 'ended', need: 'ended' }, ['after.need']],
      [{ jobs: [itemId], when: 'ended' }, ['after.when']],
      [{ runId: unknown, when: 'ended' }, ['after.runId']],
    ] as const
    for (const [after, paths] of refused) {
      const { body } = await add({ after })
      expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(paths)
    }
    const query = `mutation ($p: ID!, $after: AfterInput, $items: [JSON!]!) {
      one: addToQueue(projectId: $p, type: "echo", payload: { text: "x" }, after: $after) { itemId state position }
      many: addManyToQueue(projectId: $p, items: $items) { added items { status jobId } }
    }`
    const item = { type: 'echo', payload: { text: 'x' } }
    const variables = {
      p: projectId,
      after: { jobs: [itemId], need: 'ended' },
      items: [
        { ...item, delaySeconds: 3_600 },
        { ...item, after: { jobs: [{ item: 0 }], onFailure: 'run' } },
      ],
    }
    const { data } = (await manager('POST', '//graphql', { query, variables })).body
    expect(data).toMatchObject({ one: { state: 'PENDING', position: null }, many: { added: 2 } })
    expect((await manager('POST', `${path}/${itemId}/retry?force=maybe`)).status).toBe(400)
    expect((await manager('DELETE', `${path}/${itemId}?flow=true`)).body.state).toBe('cancelled')
    for (const below of [child.body.itemId, data.one.itemId])
      expect((await manager('GET', `${path}/${below}`)).body.state).toBe('cancelled')
    const gone = `mutation ($id: ID!) { cancelQueueItem(id: $id, flow: true) { state } }`
    const last = await manager('POST', '//graphql', {
      query: gone,
      variables: { id: data.many.items[0].jobId },
    })
    expect(last.body.data).toEqual({ cancelQueueItem: { state: 'CANCELLED' } })
    const below = data.many.items[1].jobId
    expect((await manager('GET', `${path}/${below}`)).body.state).toBe('cancelled')
  })

  it('keeps payloads and results from annotators', async () => {
    const ann = await world.as('annotator', { member: [projectId] })
    const added = await manager('POST', `/projects/${projectId}/queue/add`, {
      type: 'echo',
      payload: { text: 'secret' },
    })
    const seen = await ann('GET', `/projects/${projectId}/queue/${added.body.itemId}`)
    expect(seen.status).toBe(200)
    expect(seen.body).not.toHaveProperty('payload')
  })

  it('is paused as a whole by an admin alone', async () => {
    const admin = await world.as('admin')
    expect((await manager('POST', '/system/queue/pause')).status).toBe(403)
    expect(schemas.systemQueue.parse((await admin('POST', '/system/queue/pause')).body)).toMatchObject({
      paused: true,
    })
    expect((await manager('GET', `/projects/${projectId}/queue/status`)).body.paused).toBe(true)
    expect((await admin('POST', '/system/queue/resume')).body.paused).toBe(false)
  })
})
