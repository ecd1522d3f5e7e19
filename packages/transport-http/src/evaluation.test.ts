import { jobType, type RunId, type UserId } from '@muster/core'
import type { NewForm } from '@muster/core/forms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ApiWorld, type Caller, openApi, type Reply } from './api-world.test.support.ts'
import * as schemas from './schemas.ts'

/** Right where the scenario says that its model is. */
const label = jobType({
  name: 'label',
  payload: z.strictObject({ family: z.string(), right: z.array(z.string()) }),
  handler: ({ payload, model }) => ({ right: payload.right.includes(model ?? '') }),
})

const right = { name: 'right', score: { type: 'value', at: '/right' } }

let world: ApiWorld
let manager: Caller & { readonly userId: string }
let projectId: string
let runId: string
beforeAll(async () => {
  world = await openApi({}, { jobTypes: [label] })
  const admin = await world.as('admin')
  projectId = (await admin('POST', '/projects', { name: 'evaluations' })).body.projectId
  manager = await world.as('manager', { member: [projectId] })
  const scenarios = Array.from({ length: 120 }, (_, n) => ({
    payload: {
      family: n % 2 === 0 ? 'even' : 'odd',
      right: n < 20 ? ['new'] : n < 25 ? ['old'] : ['old', 'new'],
    },
  }))
  const { definitionId } = (
    await manager('POST', `/projects/${projectId}/definitions`, { name: 'd', jobType: 'label', scenarios })
  ).body
  await world.muster.work()
  const started = await manager('POST', `/projects/${projectId}/runs`, {
    definitionId,
    models: ['old', 'new'],
  })
  runId = started.body.runId
  await world.muster.runs.finished(runId as RunId)
})
afterAll(() => world.close())

const sides = () => ({ baseline: { runId, model: 'old' }, candidate: { runId, model: 'new' } })
const compare = (more: object = {}): Promise<Reply> =>
  manager('POST', `/projects/${projectId}/comparisons`, { ...sides(), metrics: [right], ...more })
const graphql = (caller: Caller, query: string): Promise<Reply> => caller('POST', '//graphql', { query })

describe('comparisons over HTTP', () => {
  it('are made, read, listed and told pair by pair, and the same in GraphQL', async () => {
    const made = await compare({ slices: ['/family'], seed: 5 })
    expect(made.status).toBe(201)
    const comparison = schemas.comparison.parse(made.body)
    expect(comparison).toMatchObject({
      partial: false,
      pairs: { n: 120, onlyBaseline: 0 },
      metrics: [{ wins: 20, losses: 5, verdict: 'improved', test: 'mcnemar-exact' }],
    })
    const { comparisonId } = comparison
    expect((await manager('GET', `/comparisons/${comparisonId}`)).body).toEqual(made.body)
    const list = await manager('GET', `/projects/${projectId}/comparisons?limit=1`)
    expect(list.body.items).toEqual([made.body])
    const report = await manager('GET', `/comparisons/${comparisonId}/report.html`)
    expect(report.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': expect.stringMatching(/^default-src 'none'/),
    })
    expect(report.text).toContain('<th>right</th><td class="good">improved</td>')
    expect(report.text).not.toMatch(/<script|src=|https?:/)
    const pairs = await manager('GET', `/comparisons/${comparisonId}/pairs.ndjson?metric=right&change=worse`)
    expect(pairs.headers['content-type']).toMatch('application/x-ndjson')
    const lines = pairs.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toHaveLength(5)
    expect(lines[0]).toEqual({ scenarioId: '21', repeat: 1, baseline: 1, candidate: 0, change: 'worse' })
    const { body } = await graphql(
      manager,
      `{ comparison(id: "${comparisonId}") { pairs { n } metrics { wins losses p verdict } slices { value n q exploratory } } }`,
    )
    expect(body.data.comparison).toEqual({
      pairs: { n: 120 },
      metrics: comparison.metrics.map(({ wins, losses, p, verdict }) => ({ wins, losses, p, verdict })),
      slices: comparison.slices.map(({ value, n, q, exploratory }) => ({ value, n, q, exploratory })),
    })
    const page = await graphql(
      manager,
      `{ comparisons(projectId: "${projectId}", first: 1) { edges { node { comparisonId } } } }`,
    )
    expect(page.body.data.comparisons.edges).toEqual([{ node: { comparisonId } }])
    const again = await graphql(
      manager,
      `mutation { createComparison(projectId: "${projectId}", comparison: { baseline: { runId: "${runId}", model: "old" }, candidate: { runId: "${runId}", model: "new" }, seed: 5, metrics: [{ name: "right", score: { type: "value", at: "/right" } }] }) { metrics { p } } }`,
    )
    expect(again.body.data.createComparison.metrics).toEqual([{ p: comparison.metrics[0]?.p }])
  })

  it('are shown as a page in which every name is text', async () => {
    const name = `<img src=x onerror=1>"'&`
    const metric = { ...right, name }
    const { body } = await compare({ metrics: [metric] })
    const { text } = await manager('GET', `/comparisons/${body.comparisonId}/report.html`)
    expect(text).not.toContain('<img')
    expect(text).toContain('<th>&#60;img src=x onerror=1&#62;&#34;&#39;&#38;</th>')
    expect(text).toMatch(/aria-label="&#60;img src=x onerror=1&#62;&#34;&#39;&#38;: \+/)
  })

  it('say of each model of a run what it came to', async () => {
    const { status, body } = await manager('POST', `/runs/${runId}/metrics`, { metrics: [right] })
    expect(status).toBe(200)
    expect(body.items).toMatchObject([
      { model: 'old', name: 'right', n: 120, missing: 0, value: 100 / 120 },
      { model: 'new', name: 'right', n: 120, missing: 0, value: 115 / 120 },
    ])
    const { body: same } = await graphql(
      manager,
      `{ runMetrics(runId: "${runId}", metrics: [{ name: "right", score: { type: "value", at: "/right" } }]) { model value low high } }`,
    )
    expect(same.data.runMetrics).toEqual(
      body.items.map(({ model, value, low, high }: Record<string, unknown>) => ({ model, value, low, high })),
    )
  })

  it('are made once for one key', async () => {
    const path = `/projects/${projectId}/comparisons`
    const key = { 'idempotency-key': 'once' }
    const request = { ...sides(), metrics: [right] }
    const first = await manager('POST', path, request, key)
    expect((await manager('POST', path, request, key)).body).toEqual(first.body)
  })

  it('name what is wrong with a request', async () => {
    const refused = await compare({ metrics: [{ ...right, colour: 'red' }, right] })
    expect(refused).toMatchObject({ status: 400, body: { code: 'validation_failed' } })
    expect(refused.body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'metrics[0].colour',
      'metrics[1].name',
    ])
    const { comparisonId } = (await compare()).body
    const pairs = await manager('GET', `/comparisons/${comparisonId}/pairs.ndjson?metric=none`)
    expect(pairs).toMatchObject({ status: 400, body: { errors: [{ path: 'metric' }] } })
  })

  it('read no outcomes of people of a project that the caller does not see', async () => {
    const admin = await world.as('admin')
    const elsewhere = (await admin('POST', '/projects', { name: 'elsewhere' })).body.projectId
    const people = { name: 'p', score: { type: 'people', projectId: elsewhere, question: 'q' } }
    expect(await compare({ metrics: [people] })).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect(await manager('POST', `/runs/${runId}/metrics`, { metrics: [people] })).toMatchObject({
      status: 404,
    })
    const { comparisonId } = (await compare()).body
    const asked = { projectId: elsewhere, metric: 'right' }
    expect(await manager('POST', `/comparisons/${comparisonId}/tasks`, asked)).toMatchObject({ status: 404 })
  })
})

describe('gates over HTTP', () => {
  const rules = [{ metric: 'right', tier: 'critical', maxDrop: 0.02, minValue: 0.9 }]

  it('decide by a policy, and are kept, the same in GraphQL', async () => {
    const policy = { version: 1, ...sides(), metrics: [right], rules }
    const decided = await manager('POST', `/projects/${projectId}/gates`, policy)
    expect(decided.status).toBe(201)
    const gate = schemas.gate.parse(decided.body)
    expect(gate.decision).toBe('GO')
    expect(gate.rules.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS'])
    expect((await manager('GET', `/gates/${gate.gateId}`)).body).toEqual(decided.body)
    expect((await manager('GET', `/projects/${projectId}/gates`)).body.items).toEqual([decided.body])
    expect((await manager('GET', `/comparisons/${gate.comparisonId}`)).status).toBe(200)
    const { body } = await graphql(
      manager,
      `{ gate(id: "${gate.gateId}") { decision rules { maxDrop minValue verdict pass } } gates(projectId: "${projectId}") { edges { node { gateId } } } }`,
    )
    expect(body.data.gate.decision).toBe('GO')
    expect(body.data.gate.rules).toEqual([
      { maxDrop: 0.02, minValue: null, verdict: 'PASS', pass: gate.rules[0]?.pass },
      { maxDrop: null, minValue: 0.9, verdict: 'PASS', pass: gate.rules[1]?.pass },
    ])
    expect(body.data.gates.edges).toEqual([{ node: { gateId: gate.gateId } }])
  })

  it('refuse a policy with each of its faults named', async () => {
    const refused = await manager('POST', `/projects/${projectId}/gates`, {
      version: 1,
      ...sides(),
      metrics: [right],
      rules: [{ metric: 'right', tier: 'vital', maxDrop: -1, max: 2 }],
      note: '',
    })
    expect(refused.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'note',
      'rules[0].max',
      'rules[0].maxDrop',
      'rules[0].tier',
    ])
  })
})

describe('calibrations over HTTP', () => {
  const RIGHT: NewForm = {
    name: 'right',
    title: 'Right?',
    show: [{ name: 'result', as: 'json', at: '/result' }],
    questions: [{ id: 'right', type: 'yesNo', title: 'Right' }],
  }

  it('are planned, drawn, read, extended and cancelled, and the same in GraphQL', async () => {
    const { workflowId } = await world.muster.workflows.add({
      name: 'right',
      steps: [{ stepId: 'label', stepType: 'annotation', form: RIGHT }],
    })
    const people = await world.muster.projects.add({ name: 'people', workflowId })
    const request = {
      runId,
      models: ['old'],
      judge: { type: 'value', at: '/right' },
      range: [0, 1],
      truth: { projectId: people.projectId, question: 'right' },
      design: 'uniform',
      budget: 40,
      seed: 3,
    }
    const path = `/projects/${projectId}/calibrations`
    expect(await manager('POST', path, request)).toMatchObject({ status: 404 })
    await world.muster.projects.addMember(people.projectId, manager.userId as UserId)
    const plan = await manager('POST', `${path}?dryRun=true`, request)
    expect(plan.status).toBe(200)
    expect(schemas.calibrationPlan.parse(plan.body)).toMatchObject({ units: 120, drawn: 40, tasks: 40 })
    const made = await manager('POST', path, request)
    expect(made.status).toBe(201)
    const { calibrationId } = schemas.calibration.parse(made.body)
    const { judge, range, truth } = request
    expect(made.body).toMatchObject({ judge, range, truth, anytime: false })
    expect((await manager('GET', `/calibrations/${calibrationId}`)).body).toEqual(made.body)
    expect((await manager('GET', path)).body.items).toEqual([made.body])
    const page = await manager('GET', `/calibrations/${calibrationId}/report.html`)
    expect(page.text).toMatch(/<th>\w+<\/th><td colspan="5" class="bad">no number: 0 labels count/)
    const units = await manager('GET', `/calibrations/${calibrationId}/units.ndjson`)
    const lines = units.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toHaveLength(120)
    expect(lines.filter(({ drawn }) => drawn)).toHaveLength(40)
    expect(lines[0]).toMatchObject({ key: '1', model: 'old', pi: 40 / 120, stratum: null, score: 0, y: null })
    const extended = await manager('POST', `/calibrations/${calibrationId}/extend`, { budget: 50 })
    expect(schemas.calibration.parse(extended.body)).toMatchObject({ waiting: 50, extended: true })
    const { body } = await graphql(
      manager,
      `{ calibration(id: "${calibrationId}") { budget waiting judge range truth anytime models { model refused lambda } differences { a } } calibrations(projectId: "${projectId}") { edges { node { seed } } } }`,
    )
    expect(body.data).toEqual({
      calibration: {
        budget: 50,
        waiting: 50,
        judge,
        range,
        truth,
        anytime: false,
        models: [{ model: 'old', refused: 'too_few_labels', lambda: null }],
        differences: [],
      },
      calibrations: { edges: [{ node: { seed: 3 } }] },
    })
    const cancelled = await manager('POST', `/calibrations/${calibrationId}/cancel`, {})
    expect(cancelled.body).toMatchObject({ status: 'cancelled', waiting: 0 })
  })
})
