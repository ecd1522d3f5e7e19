import { randomUUID } from 'node:crypto'
import { formTemplates } from '@muster/core/forms'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { token } from '../api-world.test.support.ts'
import { AUTHORITY, atLeast, type Rule } from './authority.ts'
import {
  type AuthorityWorld,
  expectedOutcome,
  type Outcome,
  openAuthority,
  type Person,
  type Things,
} from './authority-world.test.support.ts'

let world: AuthorityWorld
beforeAll(async () => {
  world = await openAuthority()
})
afterAll(() => world.close())

const scenarios = [{ payload: { text: 'hi' } }]
const metrics = [{ name: 'm', score: { type: 'value', at: '' } }]
const compared = ({ run }: Things) => ({
  baseline: { runId: run, model: 'm' },
  candidate: { runId: run, model: 'o' },
  metrics,
})
const policy = { when: [{ type: 'failure' }], task: { payload: { $: '/scenario/payload' } } }

/** For each route that reads a body, one that it takes: only then it is authority that refuses. */
const BODIES: Readonly<Record<string, (things: Things) => object>> = {
  'PATCH /me': () => ({}),
  'PUT /me/settings': () => ({ settings: {} }),
  'POST /jobs/export': () => ({ filter: { state: ['failed'] } }),
  'POST /jobs/bulk': () => ({ action: 'retry', filter: { state: ['failed'] }, expect: 9 }),
  'POST /projects/:projectId/schedules': () => ({
    name: randomUUID(),
    when: { everySeconds: 60 },
    start: { job: { type: 'echo', payload: { text: 'hi' } } },
  }),
  'POST /projects/:projectId/schedules/preview': () => ({ when: { everySeconds: 60 } }),
  'PATCH /schedules/:id': () => ({ maxCatchUp: 3 }),
  'POST /schedules/:id/pause': () => ({}),
  'POST /schedules/:id/resume': () => ({}),
  'POST /schedules/:id/fire': () => ({}),
  'POST /projects/:projectId/webhooks': () => ({ url: 'https://example.com/hooks' }),
  'POST /webhooks': () => ({ url: 'https://example.com/hooks' }),
  'PATCH /webhooks/:id': () => ({ description: 'ours' }),
  'POST /webhooks/:id/rotate': () => ({}),
  'POST /webhooks/:id/enable': () => ({}),
  'POST /webhooks/:id/disable': () => ({}),
  'POST /webhooks/:id/test': () => ({}),
  'POST /webhooks/:id/replay': () => ({ seq: 0 }),
  'POST /projects/:projectId/imports': () => ({ text: randomUUID() }),
  'POST /projects/:projectId/imports/preview': () => ({ text: 'hello' }),
  'POST /imports/:id/cancel': () => ({}),
  'POST /projects/:projectId/exports': () => ({ what: 'tasks', format: 'csv' }),
  'POST /workers': () => ({ name: 'one', types: ['echo'], concurrency: 1 }),
  'POST /workers/:id/claim': () => ({ max: 1 }),
  'POST /workers/:id/heartbeat': () => ({}),
  'POST /workers/:id/settle': () => ({
    outcomes: [{ jobId: randomUUID(), attempt: 1, startedAt: '2026-01-01T00:00:00Z', result: 1 }],
  }),
  'POST /workers/:id/return': () => ({ jobIds: [randomUUID()] }),
  'POST /queue/next': () => ({}),
  'POST /ws-ticket': () => ({}),
  'PUT /assignments/:id/draft': () => ({ answers: 1 }),
  'PUT /assignments/:id/flag': () => ({ comment: 'odd' }),
  'POST /assignments/:id/accept': () => ({}),
  'POST /assignments/:id/start': () => ({}),
  'POST /assignments/:id/heartbeat': () => ({}),
  'POST /assignments/:id/submit': () => ({ result: 1 }),
  'POST /assignments/:id/reject': () => ({ code: 'unclear' }),
  'POST /assignments/:id/release': () => ({}),
  'POST /assignments/:id/reassign': ({ user }) => ({ userId: user, reason: 'holiday' }),
  'POST /projects/:projectId/tasks': () => ({ tasks: [{ payload: { a: 'A', b: 'B' } }] }),
  'POST /tasks/bulk': () => ({ action: 'cancel', filter: {}, expect: 1_000 }),
  'PATCH /tasks/:id': () => ({ priority: 3 }),
  'POST /tasks/:id/cancel': () => ({}),
  'POST /tasks/:id/end-reservations': () => ({}),
  'POST /tasks/:id/assign': ({ user }) => ({ userId: user }),
  'POST /projects/:projectId/assignments/batch': () => ({}),
  'POST /projects/:projectId/queue/add': () => ({ type: 'echo', payload: { text: 'ho' } }),
  'POST /projects/:projectId/queue/add-many': () => ({ items: [{ type: 'echo', payload: { text: 'ho' } }] }),
  'PUT /projects/:projectId/queue/:itemId/priority': () => ({ priority: 9 }),
  'POST /projects/:projectId/queue/:itemId/retry': () => ({}),
  'POST /projects/:projectId/people/:userId/pause': () => ({ reason: 'odd' }),
  'POST /projects/:projectId/people/:userId/resume': () => ({ reason: 'fine' }),
  'POST /projects/:projectId/people/:userId/reopen': () => ({}),
  'POST /projects/:projectId/queue/pause': () => ({}),
  'POST /projects/:projectId/queue/resume': () => ({}),
  'POST /projects/:projectId/definitions': () => ({ name: 'e', jobType: 'echo', scenarios }),
  'POST /projects/:projectId/runs': ({ definition }) => ({ definitionId: definition, models: ['n'] }),
  'POST /runs/:id/pause': () => ({}),
  'POST /runs/:id/resume': () => ({}),
  'POST /runs/:id/cancel': () => ({}),
  'POST /runs/:id/retry-failed': () => ({}),
  'POST /runs/:id/refresh': () => ({}),
  'PUT /runs/:id/escalation': () => policy,
  'POST /runs/:id/escalate': () => policy,
  'PATCH /runs/:id': () => ({ priority: 'high' }),
  'POST /runs/:id/escalations': () => ({ scenarioIds: ['s'] }),
  'POST /projects/:projectId/comparisons': (things) => ({ ...compared(things), allowPartial: true }),
  'POST /comparisons/:id/tasks': ({ project }) => ({ projectId: project, metric: 'm' }),
  'POST /runs/:id/metrics': () => ({ metrics }),
  'POST /projects/:projectId/gates': (things) => ({
    version: 1,
    ...compared(things),
    rules: [{ metric: 'm', tier: 'critical', maxDrop: 0 }],
  }),
  'PUT /limits/:key': () => ({ concurrency: 3 }),
  'POST /limits/:key/cool': () => ({ seconds: 5 }),
  'POST /limits/:key/warm': () => ({}),
  'POST /projects/:projectId/budgets': () => ({ capMicros: 1, hard: false }),
  'PUT /budgets/:id': () => ({ capMicros: 2 }),
  'PUT /prices': () => ({
    items: [{ model: 'm', from: '2026-01-01T00:00:00Z', inputMicros: 1, outputMicros: 1 }],
  }),
  'POST /projects/:projectId/calibrations': ({ project, run }) => ({
    runId: run,
    judge: { type: 'value', at: '' },
    range: [0, 1],
    truth: { projectId: project, question: 'better' },
    budget: 1,
  }),
  'POST /calibrations/:id/extend': () => ({ budget: 2 }),
  'POST /calibrations/:id/cancel': () => ({}),
  'POST /projects': () => ({ name: 'another' }),
  'PATCH /projects/:projectId': () => ({ name: 'renamed' }),
  'POST /workflows': () => ({ name: 'w', steps: [{ stepId: 'a', stepType: 'annotation' }] }),
  'POST /forms': () => formTemplates[0] ?? {},
  'POST /forms/check': () => ({ form: {} }),
  'POST /users': () => ({ displayName: 'new' }),
  'PATCH /users/:id': () => ({ displayName: 'renamed' }),
  'PUT /users/:id/quality': ({ project }) => ({
    projectId: project,
    stepType: 'annotation',
    score: 1,
    samples: 1,
  }),
  'POST /projects/:projectId/refit': () => ({}),
  'POST /system/queue/pause': () => ({}),
  'POST /system/queue/resume': () => ({}),
}
/** For each route that needs one, a query that it takes. */
const QUERIES: Readonly<Record<string, string>> = {
  'GET /projects/:projectId/agreement/matrix': '?stepId=label&question=label',
  'GET /comparisons/:id/pairs.ndjson': '?metric=m',
}
const BODILESS = /^(GET|DELETE) |^PUT \/projects\/:projectId\/members/

/** The path of a route with the ids of these things. */
function pathOf(route: string, things: Things): string {
  const path = route.split(' ')[1] ?? ''
  const [, collection = ''] = path.split('/')
  const own = /^(jobs|workers)$/.test(collection)
    ? things.item
    : (things[collection.slice(0, -1) as keyof Things] ?? '')
  return path
    .replace(':projectId', things.project)
    .replace(':itemId', things.item)
    .replace(':key', encodeURIComponent(things.limit))
    .replace(':userId', things.user)
    .replace(':id', own)
    .concat(QUERIES[route] ?? '')
}

async function outcomeOf(person: Person, route: string, things: Things): Promise<unknown> {
  const [method = ''] = route.split(' ')
  const body = BODIES[route]?.(things)
  const { status, body: answer } = await person.call(method, pathOf(route, things), body)
  const code = { 401: 'unauthorized', 403: 'forbidden', 404: 'not_found' }[status]
  if (code !== undefined && answer?.code !== code) return status * 1000
  // A conflict is found behind authority: it was let in.
  return status < 300 || status === 409 ? 'in' : status
}

/** What a rule means on this route. Who is unknown to the directory has nothing to read or change of themselves. */
function expectedOn(route: string, rule: Rule, person: Person): Outcome {
  const expected = expectedOutcome(rule, person)
  return expected === 'in' && route.endsWith(' /me') && !person.known ? 404 : expected
}

describe('every route, for everybody', () => {
  it('has a row for each route that is served, and serves each row', async () => {
    const { body } = await world.withToken(undefined)('GET', '//openapi.json')
    const served = new Set<string>()
    for (const [path, methods] of Object.entries<object>(body.paths)) {
      const route = path.replaceAll(/\{(\w+)\}/g, ':$1')
      for (const method of Object.keys(methods)) served.add(`${method.toUpperCase()} ${route}`)
    }
    expect([...served].sort()).toEqual(Object.keys(AUTHORITY).sort())
  })

  it('is asked with a body that it takes', () => {
    const reading = Object.keys(AUTHORITY).filter((route) => !BODILESS.test(route))
    expect(Object.keys(BODIES).sort()).toEqual(reading.sort())
  })

  it.each(Object.entries(AUTHORITY))('%s is for those whom its row names', async (route, rule) => {
    const expected: Record<string, Outcome> = {}
    const seen: Record<string, unknown> = {}
    // Those who are refused come first, and leave everything as it was for those who are not.
    const ordered = [...world.people].sort(
      (one, other) =>
        Number(expectedOutcome(rule, one) === 'in') - Number(expectedOutcome(rule, other) === 'in'),
    )
    let things = await world.things()
    for (const person of ordered) {
      expected[person.name] = expectedOn(route, rule, person)
      seen[person.name] = await outcomeOf(person, route, things)
      if (expected[person.name] === 'in' && !route.startsWith('GET')) things = await world.things()
    }
    expect(seen).toEqual(expected)
  })

  // Keys are set, and let go, before any job has them.
  const NAMED = Object.entries(AUTHORITY).filter(
    ([route, { scope }]) => scope !== 'worker' && /^(?!(PUT|DELETE) \/limits).+:/.test(route),
  )
  it.each(NAMED)(
    '%s says of a foreign thing exactly what it says of one there is not',
    async (route, { scope, role }) => {
      const things = await world.things()
      const ids = Object.fromEntries(Object.keys(things).map((key) => [key, randomUUID()]))
      const nowhere = { ...ids, limit: `project:${randomUUID()}:tenant` } as unknown as Things
      const stranger = world.people.find(({ name }) => name === 'of another project, manager')
      const admin = world.people.find(({ name }) => name === 'a member, admin')
      if (stranger === undefined || admin === undefined) throw new Error('nobody to ask')
      expect(await outcomeOf(admin, route, nowhere)).toBe(404)
      const mayAsk = scope !== 'directory' || atLeast('manager', role)
      expect(await outcomeOf(stranger, route, nowhere)).toBe(mayAsk ? 404 : 403)
      const shown = pathOf(route, things).replaceAll(/[0-9a-f-]{36}/g, 'nonsense')
      const [method = ''] = route.split(' ')
      const reply = await admin.call(method, shown, BODIES[route]?.(things))
      expect(reply).toMatchObject({ status: 404, body: { code: 'not_found' } })
    },
  )

  it('lets the token of a worker through to the calls of workers alone', async () => {
    const things = await world.things()
    const grant = { types: ['echo'], projects: [things.project] }
    const call = world.withToken(await token({ sub: 'workers', role: 'worker', ...grant }))
    const outcomes: Record<string, unknown> = {}
    const expected: Record<string, unknown> = {}
    for (const [route, { scope }] of Object.entries(AUTHORITY)) {
      const [method = ''] = route.split(' ')
      const { status } = await call(method, pathOf(route, things), BODIES[route]?.(things))
      outcomes[route] = status
      expected[route] = scope !== 'worker' ? 403 : route === 'POST /workers' ? 201 : 404
    }
    expect(outcomes).toEqual(expected)
    const query = { query: '{ myQueue { mine { assignmentId } } }' }
    expect(await call('POST', '//graphql', query)).toMatchObject({ status: 403 })
  })

  it('keeps the override of an exclusion to admins', async () => {
    const things = await world.things()
    const manager = world.people.find(({ name }) => name === 'a member, manager')
    const body = { userId: things.user, override: { reason: 'because' } }
    const reply = await manager?.call('POST', `/tasks/${things.task}/assign`, body)
    expect(reply).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
