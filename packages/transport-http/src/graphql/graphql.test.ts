import { randomUUID } from 'node:crypto'
import type { Muster } from '@muster/host'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ApiWorld, type Caller, openApi, type Reply } from '../api-world.test.support.ts'
import { schemaText } from './schema.ts'

/** The answer to a document. */
async function ask(caller: Caller, query: string, variables: Record<string, unknown> = {}): Promise<Reply> {
  return caller('POST', '//graphql', { query, variables }, { accept: 'application/graphql-response+json' })
}

let world: ApiWorld
let muster: Muster
let admin: Caller
let manager: Caller
let annotator: Caller & { readonly userId: string }
let stranger: Caller
let projectId: string
let definitionId: string

beforeAll(async () => {
  world = await openApi()
  muster = world.muster
  const { workflowId } = await muster.workflows.add({
    name: 'label',
    steps: [
      { stepId: 'label', stepType: 'annotation' },
      { stepId: 'review', stepType: 'review' },
    ],
  })
  const project = await muster.projects.add({ name: 'words', workflowId })
  projectId = project.projectId
  const member = [projectId]
  admin = await world.as('admin')
  manager = await world.as('manager', { member })
  annotator = await world.as('annotator', { member })
  stranger = await world.as('manager')
  const scenarios = ['one', 'two', 'three'].map((text) => ({ payload: { text } }))
  const definition = await muster.definitions.add(project.projectId, {
    name: 'd',
    jobType: 'echo',
    scenarios,
  })
  definitionId = definition.definitionId
})
afterAll(() => world.close())

const START = `mutation ($input: StartRunInput!) {
  startRun(input: $input) { id runId status priority config { models sampleSeed experimentId definitionSnapshot { name } }
    progress { total completed percentComplete etaSeconds byModel { model total } } recentJobs(limit: 3) { jobId } }
}`

describe('GraphQL', () => {
  it('serves the schema that is checked in', async () => {
    // A deliberate change is written down with `npx vitest run packages/transport-http -u`.
    await expect(schemaText()).toMatchFileSnapshot('../../schema.graphql')
  })

  it('answers 401 by HTTP to who has no token, or a bad one', async () => {
    for (const caller of [world.withToken(undefined), world.withToken('nonsense')]) {
      expect(await ask(caller, '{ __typename }')).toMatchObject({
        status: 401,
        body: { code: 'unauthorized' },
      })
    }
  })

  it('starts a run, steers it, and reads it by either of its ids', async () => {
    const input = { definitionId, models: ['small', 'large'], priority: 'HIGH', sampleSeed: 2 ** 53 - 1 }
    const started = await ask(manager, START, { input })
    expect(started.body).toEqual({
      data: {
        startRun: {
          id: expect.any(String),
          runId: expect.any(String),
          status: 'PENDING',
          priority: 'HIGH',
          config: {
            models: ['small', 'large'],
            sampleSeed: 2 ** 53 - 1,
            experimentId: null,
            definitionSnapshot: { name: 'd' },
          },
          progress: {
            total: 6,
            completed: 0,
            percentComplete: 0,
            etaSeconds: null,
            byModel: [
              { model: 'small', total: 3 },
              { model: 'large', total: 3 },
            ],
          },
          recentJobs: [],
        },
      },
    })
    const { id, runId } = started.body.data.startRun
    const steered = await ask(
      manager,
      `mutation ($id: ID!) { paused: pauseRun(id: $id) { status } resumed: resumeRun(id: $id) { status version }
         cancelled: cancelRun(id: $id) { status progress { cancelled } } again: resumeRun(id: $id) { status } }`,
      { id: runId },
    )
    expect(steered.body).toMatchObject({
      data: {
        paused: { status: 'PAUSED' },
        resumed: { status: 'PENDING', version: 3 },
        cancelled: { status: 'CANCELLED', progress: { cancelled: 6 } },
        again: null,
      },
      errors: [{ path: ['again'], extensions: { code: 'run_state', status: 'cancelled' } }],
    })
    const read = await ask(
      annotator,
      'query ($id: ID!, $uuid: ID!) { a: run(id: $id) { runId } b: run(id: $uuid) { id } c: node(id: $id) { ... on Run { status } } }',
      { id, uuid: runId },
    )
    expect(read.body).toEqual({ data: { a: { runId }, b: { id }, c: { status: 'CANCELLED' } } })
  })

  it('pages through runs, newest first, from any edge', async () => {
    const { projectId: another } = await muster.projects.add({ name: 'another' })
    const { definitionId: id } = await muster.definitions.add(another, {
      name: 'd',
      jobType: 'echo',
      scenarios: [{ payload: { text: 'x' } }],
    })
    const made: string[] = []
    for (let run = 0; run < 5; run++) {
      made.unshift((await muster.runs.start(another, { definitionId: id, models: ['m'] })).runId)
    }
    const page = (first: number, after: string | null): Promise<Reply> =>
      ask(
        admin,
        `query ($p: ID!, $first: Int, $after: String) { runs(projectId: $p, first: $first, after: $after) {
           edges { cursor node { runId } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`,
        { p: another, first, after },
      )
    const ids = (reply: Reply): string[] =>
      reply.body.data.runs.edges.map(({ node }: { node: { runId: string } }) => node.runId)
    const start = await page(3, null)
    expect(ids(start)).toEqual(made.slice(0, 3))
    expect(start.body.data.runs.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
    const fromSecond = await page(200, start.body.data.runs.edges[1].cursor)
    expect(ids(fromSecond)).toEqual(made.slice(2))
    expect(fromSecond.body.data.runs.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    expect((await page(201, null)).body).toMatchObject({
      data: { runs: null },
      errors: [{ extensions: { code: 'validation_failed', errors: [{ path: 'limit' }] } }],
    })
  })

  it('shows a queue with its counts and items, and payload and result to managers alone', async () => {
    const added = await ask(
      manager,
      `mutation ($p: ID!) { addToQueue(projectId: $p, type: "echo", payload: { text: "loose" }, priority: 9) { itemId id state priority } }`,
      { p: projectId },
    )
    const { itemId, id } = added.body.data.addToQueue
    expect(added.body.data.addToQueue).toMatchObject({ state: 'PENDING', priority: 9 })
    const STATUS = `query ($p: ID!, $id: ID!) {
      queueStatus(projectId: $p) { projectId paused counts { pending } byType { type pending }
        items(first: 1) { edges { node { itemId position payload } } pageInfo { hasNextPage } } }
      queueItem(id: $id) { itemId payload result error { code } } }`
    const seen = await ask(manager, STATUS, { p: projectId, id })
    expect(seen.body.data).toMatchObject({
      queueStatus: {
        projectId,
        paused: false,
        byType: [{ type: 'echo' }],
        items: { edges: [{ node: { itemId, position: 1, payload: null } }] },
      },
      queueItem: { itemId, payload: { text: 'loose' }, result: null, error: null },
    })
    expect((await ask(annotator, STATUS, { p: projectId, id })).body.data.queueItem).toMatchObject({
      itemId,
      payload: null,
    })
    const moved = await ask(
      manager,
      'mutation ($id: ID!) { setQueueItemPriority(id: $id, priority: -3) { priority } cancelQueueItem(id: $id) { state } }',
      { id: itemId },
    )
    expect(moved.body.data).toEqual({
      setQueueItemPriority: { priority: -3 },
      cancelQueueItem: { state: 'CANCELLED' },
    })
  })

  it('pauses one queue for its managers, and all of them for admins alone', async () => {
    const one = await ask(
      manager,
      'mutation ($p: ID) { pauseQueue(projectId: $p) { paused } resumeQueue(projectId: $p) { paused projectId } }',
      { p: projectId },
    )
    expect(one.body.data).toEqual({ pauseQueue: { paused: true }, resumeQueue: { paused: false, projectId } })
    const ALL =
      'mutation { pauseQueue { projectId paused items { edges { cursor } } } resumeQueue { paused byType { type } } }'
    expect((await ask(admin, ALL)).body.data).toMatchObject({
      pauseQueue: { projectId: null, paused: true, items: null },
      resumeQueue: { paused: false },
    })
    expect((await ask(manager, ALL)).body).toMatchObject({
      data: { pauseQueue: null, resumeQueue: null },
      errors: [{ extensions: { code: 'forbidden' } }, { extensions: { code: 'forbidden' } }],
    })
  })

  it('tells the rates of all projects to admins alone', async () => {
    const rates = '{ rates(step: 60) { step } }'
    expect((await ask(admin, rates)).body).toEqual({ data: { rates: { step: 60 } } })
    expect((await ask(manager, rates)).body).toMatchObject({
      data: { rates: null },
      errors: [{ path: ['rates'], extensions: { code: 'forbidden' } }],
    })
  })

  it('lists what has happened in a project, as the routes do, and how its steps stand', async () => {
    const EVENTS = `query($p: ID!, $c: String) {
      events(projectId: $p, limit: 2, cursor: $c, type: ["queue_paused", "queue_resumed"], after: 0) {
        items { eventId type projectId seq affectedUserIds occurredAt data } nextCursor } }`
    await ask(
      manager,
      'mutation($p: ID!) { pauseQueue(projectId: $p) { paused } resumeQueue(projectId: $p) { paused } }',
      { p: projectId },
    )
    const first = (await ask(annotator, EVENTS, { p: projectId })).body.data.events
    const path = `/projects/${projectId}/events?limit=2&type=queue_paused,queue_resumed`
    const listed = await annotator('GET', path)
    expect(first).toEqual(listed.body)
    expect(first.items.map(({ type }: { type: string }) => type)).toEqual(['queue_resumed', 'queue_paused'])
    const wrong = await ask(
      annotator,
      `{ events(projectId: "${projectId}", type: ["nothing"]) { nextCursor } }`,
    )
    expect(wrong.body.errors).toMatchObject([{ extensions: { code: 'validation_failed' } }])
    const STEPS = '{ byStatus { name count } steps { stepId stepType open stay { times p50Ms p90Ms } } }'
    const steps = await ask(manager, `{ stepTotals(projectId: "${projectId}") ${STEPS} }`)
    const read = (await manager('GET', `/projects/${projectId}/steps`)).body
    expect(steps.body.data.stepTotals.byStatus).toEqual(
      Object.entries(read.tasks).map(([name, count]) => ({ name, count })),
    )
    expect(steps.body.data.stepTotals.steps).toMatchObject(
      read.steps.map((step: { stepId: string; open: number }) => ({ stepId: step.stepId, open: step.open })),
    )
  })

  it('lists the tasks of all that a manager has, and refuses annotators', async () => {
    const ALL = '{ tasks { edges { node { taskId } } } taskCounts { judged } }'
    expect((await ask(manager, ALL)).body).toMatchObject({
      data: { tasks: { edges: expect.any(Array) }, taskCounts: { judged: expect.any(Number) } },
    })
    expect((await ask(annotator, ALL)).body).toMatchObject({
      data: { tasks: null, taskCounts: null },
      errors: [{ extensions: { code: 'forbidden' } }, { extensions: { code: 'forbidden' } }],
    })
  })

  it('takes people through their work: claim, start, submit, and why nothing is left', async () => {
    const [task] = await muster.tasks.add(projectId as never, [
      { payload: { say: 'hi' }, gold: { label: 'a' } },
    ])
    const claimed = await ask(
      annotator,
      'mutation { claimNext(stepType: ANNOTATION) { assignment { assignmentId status attempt } task { payload gold steps { stepId } } open reasons { code count } } }',
    )
    const { assignment } = claimed.body.data.claimNext
    expect(claimed.body.data.claimNext).toMatchObject({
      assignment: { status: 'ASSIGNED', attempt: 1 },
      task: { payload: { say: 'hi' }, gold: null, steps: [{ stepId: 'label' }, { stepId: 'review' }] },
      open: null,
      reasons: [],
    })
    const queue = await ask(
      annotator,
      '{ myQueue(status: [ASSIGNED], sort: AGE, order: DESC, first: 1) { edges { node { assignmentId projectName status } } } }',
    )
    expect(queue.body.data.myQueue.edges).toEqual([
      { node: { assignmentId: assignment.assignmentId, projectName: 'words', status: 'ASSIGNED' } },
    ])
    const worked = await ask(
      annotator,
      `mutation ($id: ID!) { acceptAssignment(id: $id) { status } startAssignment(id: $id, attempt: 1) { status }
         late: submitAssignment(id: $id, result: { label: "b" }, attempt: 7) { status }
         submitAssignment(id: $id, result: { label: "a", sure: true }) { status result version } }`,
      { id: assignment.assignmentId },
    )
    expect(worked.body).toMatchObject({
      data: {
        acceptAssignment: { status: 'ACCEPTED' },
        startAssignment: { status: 'IN_PROGRESS' },
        late: null,
        submitAssignment: { status: 'SUBMITTED', result: { label: 'a', sure: true } },
      },
      errors: [{ path: ['late'], extensions: { code: 'lease_lost' } }],
    })
    const nothing = await ask(
      annotator,
      'mutation { claimNext { assignment { id } open reasons { code count } } }',
    )
    expect(nothing.body.data.claimNext).toEqual({
      assignment: null,
      open: 1,
      reasons: [{ code: 'EXCLUDED_BY_STEP', count: 1 }],
    })
    const decided = await ask(
      manager,
      `query ($id: ID!, $who: ID) { task(id: $id) { gold assignments { userId result } }
         candidates(taskId: $id, userId: $who) { stepId strategy chosen candidates { userId eligible reasons { code stepId } } } }`,
      { id: task?.taskId, who: annotator.userId },
    )
    expect(decided.body.data).toMatchObject({
      task: { gold: { label: 'a' }, assignments: [{ userId: annotator.userId, result: { label: 'a' } }] },
      candidates: {
        stepId: 'review',
        candidates: [
          {
            userId: annotator.userId,
            eligible: false,
            reasons: [{ code: 'EXCLUDED_BY_STEP', stepId: 'label' }],
          },
        ],
      },
    })
    const pushed = await ask(
      manager,
      `mutation ($id: ID!, $who: ID) { refused: assignTask(id: $id, userId: $who) { status }
         override: assignTask(id: $id, userId: $who, overrideReason: "short of people") { status } }`,
      { id: task?.taskId, who: annotator.userId },
    )
    expect(pushed.body.errors).toMatchObject([
      { path: ['refused'], extensions: { code: 'no_eligible_person', decision: { chosen: null } } },
      { path: ['override'], extensions: { code: 'forbidden' } },
    ])
    const byAdmin = await ask(
      admin,
      'mutation ($id: ID!, $who: ID) { assignTask(id: $id, userId: $who, overrideReason: "short of people") { assignmentId overrideReason } }',
      { id: task?.taskId, who: annotator.userId },
    )
    expect(byAdmin.body.data.assignTask).toMatchObject({ overrideReason: 'short of people' })
    const given = await ask(
      annotator,
      `mutation ($id: ID!) { rejectAssignment(id: $id, code: CONFLICT_OF_INTEREST, comment: "mine") { status rejectReason { code comment } }
         releaseAssignment(id: $id) { status } }`,
      { id: byAdmin.body.data.assignTask.assignmentId },
    )
    expect(given.body).toMatchObject({
      data: {
        rejectAssignment: {
          status: 'REJECTED',
          rejectReason: { code: 'CONFLICT_OF_INTEREST', comment: 'mine' },
        },
        releaseAssignment: null,
      },
      errors: [{ extensions: { code: 'invalid_transition', from: 'rejected' } }],
    })
  })

  it('answers null to a query for what is unknown or foreign, and an error to a mutation', async () => {
    const QUERY = `query ($id: ID!) { run(id: $id) { id } runs(projectId: $id) { edges { cursor } } definition(id: $id) { id }
      queueStatus(projectId: $id) { paused } queueItem(id: $id) { id } task(id: $id) { id } candidates(taskId: $id) { chosen } myQueue(projectId: $id) { edges { cursor } } }`
    const nothing = {
      run: null,
      runs: null,
      definition: null,
      queueStatus: null,
      queueItem: null,
      task: null,
      candidates: null,
    }
    expect((await ask(manager, QUERY, { id: randomUUID() })).body).toEqual({
      data: { ...nothing, myQueue: null },
    })
    expect((await ask(stranger, QUERY, { id: projectId })).body).toEqual({
      data: { ...nothing, myQueue: null },
    })
    const run = await muster.runs.start(projectId as never, { definitionId, models: ['m'] })
    for (const id of [run.runId, randomUUID(), 'nonsense']) {
      const refused = await ask(stranger, 'mutation ($id: ID!) { pauseRun(id: $id) { id } }', { id })
      expect(refused.body).toMatchObject({
        data: { pauseRun: null },
        errors: [{ extensions: { code: 'not_found' } }],
      })
    }
    expect(
      (await ask(stranger, START, { input: { definitionId, models: ['m'] } })).body.errors,
    ).toMatchObject([{ extensions: { code: 'not_found' } }])
  })

  it('keeps what would unblind from annotators', async () => {
    const run = await muster.runs.start(projectId as never, { definitionId, models: ['m'] })
    const reply = await ask(
      annotator,
      'query ($id: ID!, $d: ID!) { run(id: $id) { status recentJobs { result } } definition(id: $d) { name } }',
      { id: run.runId, d: definitionId },
    )
    expect(reply.body).toMatchObject({
      data: { run: { status: 'PENDING', recentJobs: null }, definition: null },
      errors: [{ extensions: { code: 'forbidden' } }, { extensions: { code: 'forbidden' } }],
    })
  })

  it('names what is wrong with an input', async () => {
    const bad = await ask(manager, START, {
      input: { definitionId, models: ['m', 'm'], samplePercentage: 0 },
    })
    expect(bad.body.errors[0].extensions).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'models[1]' }, { path: 'samplePercentage' }],
    })
    const payload = await ask(
      manager,
      'mutation ($p: ID!) { addToQueue(projectId: $p, type: "echo", payload: { text: 7 }) { itemId } }',
      { p: projectId },
    )
    expect(payload.body.errors[0].extensions).toMatchObject({
      code: 'job_validation_failed',
      errors: [{ path: 'payload.text' }],
    })
    const text = await ask(
      manager,
      'mutation ($p: ID!, $text: JSON!) { addToQueue(projectId: $p, type: "echo", payload: $text) { itemId } }',
      { p: projectId, text: { text: '\u0000' } },
    )
    expect(text.body.errors[0].extensions).toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'payload.text' }],
    })
    expect(await ask(manager, '{ unknown }')).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'validation_failed' } }] },
    })
    expect((await ask(manager, '{ run(')).body.errors[0].extensions).toMatchObject({
      code: 'validation_failed',
    })
    expect(await ask(manager, 'query ($id: ID!) { run(id: $id) { status } }', { id: 0.5 })).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'validation_failed' } }] },
    })
  })
})

describe('limits of GraphQL', () => {
  /** Nothing was run, and there is one reason why. */
  const refused = {
    status: 400,
    body: { errors: [expect.objectContaining({ extensions: { code: 'validation_failed' } })] },
  }

  it('refuses what is nested deeper than 10', async () => {
    const deep = (levels: number): string =>
      `{ node(id: "x") { ... on Run { config ${'{ definitionSnapshot '.repeat(levels)} { name } ${'}'.repeat(levels)} } } }`
    expect(await ask(admin, deep(9))).toMatchObject(refused)
  })

  it('refuses what may answer with too much, whichever variable says so', async () => {
    const query = `query ($n: Int) { runs(projectId: "${projectId}", first: 200) { edges { node { recentJobs(limit: $n) { error { code } } } } } }`
    expect(await ask(admin, query, { n: 200 })).toMatchObject(refused)
    expect((await ask(admin, query, { n: 1 })).status).toBe(200)
    expect(await ask(admin, query, { n: 199 })).toMatchObject(refused)
  })

  it('takes nothing off for lists that are asked for with less than nothing', async () => {
    const big = `big: runs(projectId: "${projectId}", first: 200) { edges { node { recentJobs(limit: 200) { jobId } } } }`
    const paid = [
      `run(id: "${randomUUID()}") { recentJobs(limit: -2000000000) { jobId } matrix(limit: -2000000000) { rows { place } } }`,
      'jobs(limit: -2000000000) { searched }',
      'tasks(first: -2000000000) { edges { node { id } } }',
    ]
    for (const field of paid) expect(await ask(admin, `{ ${field} ${big} }`)).toMatchObject(refused)
  })

  it('refuses a document of very many fields or tokens', async () => {
    const fields = Array.from({ length: 1_001 }, (_, n) => `f${n}: __typename`)
    expect(await ask(admin, `{ ${fields.join(' ')} }`)).toMatchObject(refused)
    expect(await ask(admin, `{ ${'a '.repeat(6_000)} }`)).toMatchObject(refused)
  })

  it('refuses several documents in one request', async () => {
    const reply = await admin('POST', '//graphql', [{ query: '{ __typename }' }, { query: '{ __typename }' }])
    expect(reply).toMatchObject({
      status: 400,
      body: { errors: [{ extensions: { code: 'validation_failed' } }] },
    })
  })

  it('refuses a body that is larger than 1 MiB', async () => {
    const reply = await ask(admin, `{ __typename } # ${'x'.repeat(2 ** 20)}`)
    expect(reply).toMatchObject({ status: 413, body: { code: 'payload_too_large' } })
  })

  it('shows a page to try it on in development alone', async () => {
    const html = { accept: 'text/html' }
    expect((await world.withToken(undefined)('GET', '//graphql', undefined, html)).status).toBe(401)
    const render = vi.fn<() => Promise<string>>(async () => '<title>GraphiQL</title>')
    const development = await openApi({ graphiql: render })
    const page = () => development.withToken(undefined)('GET', '//graphql', undefined, html)
    for (const _ of [1, 2])
      expect(await page()).toMatchObject({ status: 200, text: '<title>GraphiQL</title>' })
    expect(render).toHaveBeenCalledTimes(1)
    await development.close()
  })
})

describe('numbers of JSON', () => {
  const ADD =
    'mutation ($payload: JSON!) { addToQueue(projectId: "PROJECT", type: "echo", payload: $payload) { id } }'
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' }
  const raw = (query: string, variables: string) =>
    admin(
      'POST',
      '//graphql',
      `{"query":${JSON.stringify(query.replace('PROJECT', projectId))},"variables":${variables}}`,
      headers,
    )

  it('are refused in variables if they would become others', async () => {
    const reply = await raw(ADD, '{"payload":{"text":[{"id":1234567890123456789}]}}')
    const extensions = { code: 'validation_failed', errors: [{ path: 'variables.payload.text[0].id' }] }
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ extensions }] } })
  })

  it('are refused in the variables of an address too', async () => {
    const query = new URLSearchParams({ query: '{ __typename }', variables: '{"n":1e400}' })
    const reply = await admin('GET', `//graphql?${query.toString()}`, undefined, { accept: headers.accept })
    const extensions = { code: 'validation_failed', errors: [{ path: 'variables.n' }] }
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ extensions }] } })
  })

  it('are refused in literals if they would become others', async () => {
    const reply = await raw(
      ADD.replace('($payload: JSON!) ', '').replace('$payload', '{ text: "a", n: [9007199254740993] }'),
      '{}',
    )
    expect(reply).toMatchObject({
      status: 400,
      body: {
        errors: [
          { message: expect.stringContaining('9007199254740993'), extensions: { code: 'validation_failed' } },
        ],
      },
    })
  })

  it('come through otherwise, as variables and as literals', async () => {
    for (const [query, variables] of [
      [ADD, '{"payload":{"text":"1e400"}}'],
      [ADD.replace('($payload: JSON!) ', '').replace('$payload', '{ text: "1e400" }'), '{}'],
    ] as const) {
      expect(await raw(query, variables)).toMatchObject({ status: 200, body: { data: { addToQueue: {} } } })
    }
  })
})
