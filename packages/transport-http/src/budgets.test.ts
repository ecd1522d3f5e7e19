import { randomUUID } from 'node:crypto'
import { jobType, type ProjectId } from '@muster/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiWorld, addEchoes, type Caller, openApi, type Reply } from './api-world.test.support.ts'

/** Costs what it says. */
const paid = jobType({
  name: 'paid',
  payload: z.object({ text: z.string() }),
  estimate: () => ({ costMicros: 300 }),
  handler: () => null,
})

let world: ApiWorld
let admin: Caller
let manager: Caller
let annotator: Caller
let stranger: Caller
let projectId: ProjectId

beforeAll(async () => {
  world = await openApi({}, { jobTypes: [paid] })
  admin = await world.as('admin')
})
beforeEach(async () => {
  ;({ projectId } = await world.muster.projects.add({ name: 'paid for' }))
  manager = await world.as('manager', { member: [projectId] })
  annotator = await world.as('annotator', { member: [projectId] })
  stranger = await world.as('manager')
})
afterAll(() => world.close())

const ofProject = (): string => `/projects/${projectId}/budgets`
const paths = ({ body }: Reply): string[] => body.errors.map(({ path }: { path: string }) => path)
const idsOf = ({ body }: Reply): string[] => body.items.map(({ budgetId }: { budgetId: string }) => budgetId)
const ask = (who: Caller, query: string): Promise<Reply> => who('POST', '//graphql', { query })

describe('budgets over HTTP', () => {
  it('are added, read, replaced as a whole, and removed', async () => {
    const made = await manager('POST', ofProject(), { capMicros: 1_000, soft: 0.5, atCap: 'cancel' })
    expect(made).toMatchObject({ status: 201, headers: { etag: `"${made.body.version}"` } })
    expect(made.body).toMatchObject({ projectId, scope: { projectId }, capMicros: 1_000, soft: 0.5 })
    expect(made.body).toMatchObject({ hard: true, atCap: 'cancel', estimate: 'known', reached: false })
    expect(made.body).toMatchObject({ spentMicros: 0, reservedMicros: 0, assumedMicros: 0, resetsAt: null })
    const path = `/budgets/${made.body.budgetId}`
    const changed = await manager('PUT', path, { capMicros: 1e15 })
    expect(changed.body).toEqual({
      ...made.body,
      capMicros: 1e15,
      soft: 0.8,
      atCap: 'pause',
      version: made.body.version + 1,
    })
    const read = await manager('GET', path)
    expect(read).toMatchObject({ status: 200, headers: { etag: changed.headers.etag }, body: changed.body })
    expect((await manager('DELETE', path)).status).toBe(204)
    for (const method of ['GET', 'DELETE']) expect((await manager(method, path)).status).toBe(404)
  })

  it('are of a project, of a run, or of a day that says when it ends', async () => {
    const definition = { definitionId: (await addEchoes(manager, projectId, 1)).body.definitionId }
    const run = await manager('POST', `/projects/${projectId}/runs`, { ...definition, models: ['m'] })
    const { runId } = run.body
    const ofRun = await manager('POST', ofProject(), { capMicros: 5, runId })
    expect(ofRun.body.scope).toEqual({ runId })
    const daily = await manager('POST', ofProject(), { capMicros: 5, day: 'Europe/Berlin' })
    expect(daily.body.scope).toEqual({ projectId, day: 'Europe/Berlin' })
    expect(Date.parse(daily.body.resetsAt)).toBeGreaterThan(Date.now())
    const nowhere = { capMicros: 5, runId: randomUUID() }
    expect(await manager('POST', ofProject(), nowhere)).toMatchObject({ status: 404 })
    const again = await manager('POST', ofProject(), { capMicros: 9, runId })
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'conflict', budgetId: ofRun.body.budgetId },
    })
  })

  it('change only at the version that was seen', async () => {
    const { body } = await manager('POST', ofProject(), { capMicros: 5 })
    const put = (tag: string): Promise<Reply> =>
      manager('PUT', `/budgets/${body.budgetId}`, { capMicros: 6 }, { 'if-match': tag })
    expect(await put('"77"')).toMatchObject({ status: 412, body: { code: 'version_conflict' } })
    expect(await put('3')).toMatchObject({ status: 400, body: { errors: [{ path: 'If-Match' }] } })
    expect(await put(`"${body.version}"`)).toMatchObject({ status: 200, body: { capMicros: 6 } })
    expect(await put(`"${body.version}"`)).toMatchObject({ status: 412 })
    const remove = async (version: number): Promise<number> =>
      (await manager('DELETE', `/budgets/${body.budgetId}`, undefined, { 'if-match': `"${version}"` })).status
    expect([await remove(body.version), await remove(body.version + 1)]).toEqual([412, 204])
  })

  it('are made once for an Idempotency-Key', async () => {
    const key = { 'idempotency-key': randomUUID() }
    const first = await manager('POST', ofProject(), { capMicros: 5, hard: false }, key)
    const second = await manager('POST', ofProject(), { capMicros: 5, hard: false }, key)
    expect(second.body.budgetId).toBe(first.body.budgetId)
    expect(idsOf(await manager('GET', ofProject()))).toEqual([first.body.budgetId])
  })

  it('are listed a page at a time, for admins of all projects', async () => {
    const added: string[] = []
    for (const capMicros of [1, 2, 3]) {
      const { body } = await manager('POST', ofProject(), { capMicros, hard: false })
      added.push(body.budgetId)
    }
    const first = await manager('GET', `${ofProject()}?limit=2`)
    expect(idsOf(first)).toEqual(added.slice(0, 2))
    const cursor = `cursor=${first.body.nextCursor}`
    const rest = await manager('GET', `${ofProject()}?limit=2&${cursor}`)
    expect([idsOf(rest), rest.body.nextCursor]).toEqual([added.slice(2), null])
    expect(paths(await admin('GET', `/budgets?${cursor}`))).toEqual(['cursor'])
    expect(idsOf(await admin('GET', '/budgets?limit=200'))).toEqual(expect.arrayContaining(added))
    expect((await manager('GET', '/budgets')).status).toBe(403)
  })

  it('are for managers those of their projects, and no others', async () => {
    const { body } = await manager('POST', ofProject(), { capMicros: 5 })
    const path = `/budgets/${body.budgetId}`
    for (const [who, status] of [
      [stranger, 404],
      [annotator, 403],
    ] as const) {
      expect((await who('GET', path)).status).toBe(status)
      expect((await who('PUT', path, { capMicros: 6 })).status).toBe(status)
      expect((await who('DELETE', path)).status).toBe(status)
      expect((await who('GET', ofProject())).status).toBe(status)
      expect((await who('POST', ofProject(), { capMicros: 6 })).status).toBe(status)
    }
    expect((await admin('GET', path)).body).toMatchObject({ capMicros: 5 })
  })

  it.each([
    [{}, ['capMicros']],
    [{ capMicros: 0 }, ['capMicros']],
    [{ capMicros: 1.5 }, ['capMicros']],
    [{ capMicros: 1e15 + 1 }, ['capMicros']],
    [{ capMicros: '5', soft: 0 }, ['capMicros', 'soft']],
    [{ capMicros: 5, soft: 1.1, hard: 'no', atCap: 'fail' }, ['soft', 'hard', 'atCap']],
  ])('refuse %j, naming each member', async (body, expected) => {
    const { body: kept } = await manager('POST', ofProject(), { capMicros: 5 })
    for (const reply of [
      await manager('POST', ofProject(), body),
      await manager('PUT', `/budgets/${kept.budgetId}`, body),
    ]) {
      expect(reply).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
      expect(paths(reply)).toEqual(expected)
    }
  })

  it.each([
    [{ day: 'CET+1' }, ['day']],
    [{ day: 'Europe/Nowhere' }, ['day']],
    [{ day: 'UTC', runId: randomUUID() }, ['day']],
    [{ runId: 'mine' }, ['runId']],
    [{ key: 'model:y' }, ['key']],
  ])('refuse the scope %j', async (scope, expected) => {
    const reply = await manager('POST', ofProject(), { capMicros: 5, ...scope })
    expect(reply).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect(paths(reply)).toEqual(expected)
  })
})

describe('budgets over GraphQL', () => {
  it('are added, read, listed, replaced and deleted', async () => {
    const of = `projectId: "${projectId}"`
    const added = await ask(
      manager,
      `mutation { addBudget(${of}, capMicros: 5000000000, atCap: CANCEL, day: "UTC") {
        budgetId capMicros soft hard atCap estimate reached scope { projectId runId day } version
      } }`,
    )
    const { budgetId, version, ...budget } = added.body.data.addBudget
    expect(budget).toEqual({
      capMicros: 5e9,
      soft: 0.8,
      hard: true,
      atCap: 'CANCEL',
      estimate: 'KNOWN',
      reached: false,
      scope: { projectId, runId: null, day: 'UTC' },
    })
    const put = (ifVersion: number): Promise<Reply> =>
      ask(
        manager,
        `mutation { putBudget(id: "${budgetId}", capMicros: 6, hard: false, ifVersion: ${ifVersion}) { capMicros hard atCap } }`,
      )
    expect((await put(version + 7)).body.errors[0].extensions.code).toBe('version_conflict')
    const changed = { capMicros: 6, hard: false, atCap: 'PAUSE' }
    expect((await put(version)).body.data.putBudget).toEqual(changed)
    const query = `{ budget(id: "${budgetId}") { spentMicros resetsAt }
      budgets(${of}, first: 1) { edges { node { budgetId } } } none: budget(id: "${randomUUID()}") { version } }`
    const { body } = await ask(manager, query)
    expect(body.data).toMatchObject({ budget: { spentMicros: 0 }, none: null })
    expect(body.data.budgets.edges).toEqual([{ node: { budgetId } }])
    expect((await ask(stranger, query)).body.data).toEqual({ budget: null, budgets: null, none: null })
    const all = '{ budgets(first: 200) { edges { node { budgetId } } } }'
    expect((await ask(admin, all)).body.data.budgets.edges).toContainEqual({ node: { budgetId } })
    expect((await ask(manager, all)).body.errors[0].extensions.code).toBe('forbidden')
    const stale = await ask(manager, `mutation { deleteBudget(id: "${budgetId}", ifVersion: 99) }`)
    expect(stale.body.errors[0].extensions.code).toBe('version_conflict')
    const gone = await ask(manager, `mutation { deleteBudget(id: "${budgetId}") }`)
    expect(gone.body.data).toEqual({ deleteBudget: true })
    const again = await ask(manager, `mutation { deleteBudget(id: "${budgetId}") }`)
    expect(again.body.errors[0].extensions.code).toBe('not_found')
  })

  it('name what is wrong with them', async () => {
    const bad = await ask(
      manager,
      `mutation { addBudget(projectId: "${projectId}", capMicros: 0, soft: 2, day: "Nowhere") { version } }`,
    )
    const { code, errors } = bad.body.errors[0].extensions
    expect([code, errors.map(({ path }: { path: string }) => path)]).toEqual([
      'validation_failed',
      ['capMicros', 'soft', 'day'],
    ])
  })

  it('are made of a run by its start', async () => {
    const start = async (jobType: string): Promise<Reply> => {
      const scenarios = [{ payload: { text: 'hi' } }]
      const definition = { name: jobType, jobType, scenarios }
      const { body } = await manager('POST', `/projects/${projectId}/definitions`, definition)
      return ask(
        manager,
        `mutation { startRun(input: { definitionId: "${body.definitionId}", models: ["m"], budgetMicros: 4000000000 }) { runId } }`,
      )
    }
    const { body } = await start('paid')
    const { runId } = body.data.startRun
    const [made] = (await manager('GET', ofProject())).body.items
    expect(made).toMatchObject({ scope: { runId }, capMicros: 4e9, hard: true })
    const unpriced = await start('echo')
    expect(unpriced.body.errors[0].extensions).toMatchObject({
      code: 'price_missing',
      errors: [{ path: 'budgetMicros' }],
    })
  })
})
