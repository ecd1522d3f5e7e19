import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GRAPHQL_AUTHORITY, type Rule } from '../authority.ts'
import {
  type AuthorityWorld,
  expectedOutcome,
  type Outcome,
  openAuthority,
  type Person,
  type Things,
} from '../authority-world.test.support.ts'

let world: AuthorityWorld
let origin: string
beforeAll(async () => {
  world = await openAuthority()
  origin = await world.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => world.close())

const quoted = (id: string): string => JSON.stringify(id)

/** For each row, a document that asks for its field alone, about these things. */
const DOCUMENTS: Readonly<Record<string, (things: Things) => string>> = {
  'Query.node': ({ run }) => `{ node(id: ${quoted(btoa(`Run:${run}`))}) { id } }`,
  'Query.run': ({ run }) => `{ run(id: ${quoted(run)}) { runId } }`,
  'Query.runs': ({ project }) => `{ runs(projectId: ${quoted(project)}) { edges { node { runId } } } }`,
  'Query.definition': ({ definition }) => `{ definition(id: ${quoted(definition)}) { definitionId } }`,
  'Query.queueStatus': ({ project }) => `{ queueStatus(projectId: ${quoted(project)}) { paused } }`,
  'Query.queueItem': ({ item }) => `{ queueItem(id: ${quoted(item)}) { itemId } }`,
  'Query.myQueue': () => '{ myQueue { edges { node { taskId } } } }',
  'Query.task': ({ task }) => `{ task(id: ${quoted(task)}) { taskId } }`,
  'Query.candidates': ({ task }) => `{ candidates(taskId: ${quoted(task)}) { stepId } }`,
  'Run.recentJobs': ({ run }) => `{ run(id: ${quoted(run)}) { recentJobs(limit: 1) { jobId } } }`,
  'Mutation.startRun': ({ definition }) =>
    `mutation { startRun(input: { definitionId: ${quoted(definition)}, models: ["n"] }) { runId } }`,
  'Mutation.pauseRun': ({ run }) => `mutation { pauseRun(id: ${quoted(run)}) { runId } }`,
  'Mutation.resumeRun': ({ run }) => `mutation { resumeRun(id: ${quoted(run)}) { runId } }`,
  'Mutation.cancelRun': ({ run }) => `mutation { cancelRun(id: ${quoted(run)}) { runId } }`,
  'Mutation.pauseQueue': ({ project }) => `mutation { pauseQueue(projectId: ${quoted(project)}) { paused } }`,
  'Mutation.resumeQueue': ({ project }) =>
    `mutation { resumeQueue(projectId: ${quoted(project)}) { paused } }`,
  'Mutation.addToQueue': ({ project }) =>
    `mutation { addToQueue(projectId: ${quoted(project)}, type: "echo", payload: { text: "ho" }) { itemId } }`,
  'Mutation.cancelQueueItem': ({ item }) => `mutation { cancelQueueItem(id: ${quoted(item)}) { itemId } }`,
  'Mutation.setQueueItemPriority': ({ item }) =>
    `mutation { setQueueItemPriority(id: ${quoted(item)}, priority: 9) { itemId } }`,
  'Mutation.claimNext': () => 'mutation { claimNext { open } }',
  'Mutation.acceptAssignment': ({ assignment }) =>
    `mutation { acceptAssignment(id: ${quoted(assignment)}) { status } }`,
  'Mutation.startAssignment': ({ assignment }) =>
    `mutation { startAssignment(id: ${quoted(assignment)}) { status } }`,
  'Mutation.submitAssignment': ({ assignment }) =>
    `mutation { submitAssignment(id: ${quoted(assignment)}, result: 1) { status } }`,
  'Mutation.rejectAssignment': ({ assignment }) =>
    `mutation { rejectAssignment(id: ${quoted(assignment)}, code: UNCLEAR) { status } }`,
  'Mutation.releaseAssignment': ({ assignment }) =>
    `mutation { releaseAssignment(id: ${quoted(assignment)}) { status } }`,
  'Mutation.assignTask': ({ task, user }) =>
    `mutation { assignTask(id: ${quoted(task)}, userId: ${quoted(user)}) { status } }`,
  'Subscription.runProgress': ({ run }) => `subscription { runProgress(runId: ${quoted(run)}) { total } }`,
  'Subscription.projectEvents': ({ project }) =>
    `subscription { projectEvents(projectId: ${quoted(project)}) { type } }`,
  'Subscription.myEvents': () => 'subscription { myEvents { type } }',
}

/** Found behind authority: the caller was let in. */
const BEHIND = new Set([
  'invalid_transition',
  'run_state',
  'conflict',
  'already_assigned',
  'no_eligible_person',
])
const REFUSED: Readonly<Record<string, Outcome>> = { forbidden: 403, not_found: 404 }

const ACCEPT = { accept: 'application/graphql-response+json' }

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
type Answer = { readonly status: number; readonly body: any }

/** What a subscription begins with. It is over then. */
async function firstAnswer({ token }: Person, query: string): Promise<Answer> {
  const over = new AbortController()
  const reply = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: {
      accept: 'text/event-stream',
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
    signal: over.signal,
  })
  const { status } = reply
  if (status !== 200) return { status, body: await reply.json() }
  let text = ''
  for await (const bytes of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += bytes
    const [, data] = /^data: ?(.+)\n\n/m.exec(text) ?? []
    if (data === undefined) continue
    over.abort()
    return { status, body: JSON.parse(data) }
  }
  throw new Error(`The subscription ended with ${text}`)
}

async function outcomeOf(person: Person, query: string): Promise<unknown> {
  const { status, body } = query.startsWith('subscription')
    ? await firstAnswer(person, query)
    : await person.call('POST', '//graphql', { query }, ACCEPT)
  if (status === 401) return 401
  const code = body.errors?.[0]?.extensions?.code
  if (code !== undefined) return BEHIND.has(code) ? 'in' : (REFUSED[code] ?? code)
  if (body.errors !== undefined) return body.errors
  // A query answers null for what is unknown or foreign.
  return Object.values(body.data).includes(null) ? 404 : 'in'
}

/** Whose the field is by its row. What a node is decides whose it is: here, a run. */
const ruleOf = (field: string, rule: Rule): Rule =>
  field === 'Query.node' ? (GRAPHQL_AUTHORITY['Query.run'] ?? rule) : rule

describe('every field of GraphQL, for everybody', () => {
  it('is asked here', () => {
    expect(Object.keys(DOCUMENTS).sort()).toEqual(Object.keys(GRAPHQL_AUTHORITY).sort())
  })

  it.each(Object.entries(DOCUMENTS))('%s is for those whom its row names', async (field, documentOf) => {
    const rule = ruleOf(field, GRAPHQL_AUTHORITY[field] as Rule)
    const expected: Record<string, Outcome> = {}
    const seen: Record<string, unknown> = {}
    const isIn = (person: Person): number => Number(expectedOutcome(rule, person) === 'in')
    let things = await world.things()
    // Those who are refused come first, and leave everything as it was for those who are not.
    for (const person of [...world.people].sort((one, other) => isIn(one) - isIn(other))) {
      expected[person.name] = expectedOutcome(rule, person)
      seen[person.name] = await outcomeOf(person, documentOf(things))
      if (isIn(person) === 1 && field.startsWith('Mutation')) things = await world.things()
    }
    expect(seen).toEqual(expected)
  })
})
