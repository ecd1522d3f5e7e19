import { pgModule } from '@muster/adapters-pg'
import type { JobType, UserId } from '@muster/core'
import type { Muster } from '@muster/host'
import { coreModule, createMuster } from '@muster/host'
import { jwtAuthenticator, promMetrics, STATUS_BY_CODE } from '@muster/transport-http'
import fc from 'fast-check'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { SignJWT } from 'jose'
import { pino } from 'pino'
import { expect } from 'vitest'
import { z } from 'zod'
import { readConfiguration } from '../configuration.ts'
import { buildServer } from '../server.ts'
import { stubProbe } from '../stub-probe.ts'
import {
  documents,
  fieldsOf,
  INTROSPECTION,
  type Introspection,
  NO_DOCUMENTS,
} from './any-document.test.support.ts'
import {
  type Operation,
  operationsOf,
  requests,
  type Things,
  withThings,
} from './any-request.test.support.ts'

const SECRET = 'a secret of more than thirty-two characters'

interface Server {
  readonly app: FastifyInstance
  readonly muster: Muster
  readonly tokens: readonly string[]
  /** Fresh things of each kind, in a project of those who call. */
  readonly things: () => Promise<Things>
  readonly operations: readonly Operation[]
  readonly close: () => Promise<void>
}

/** No stack, file or statement of ours. */
const NOTHING_INTERNAL =
  /^(?!.*(?:\bat (?:\S+ )?\(?(?:file:|node:|\/)\S*:\d+:\d+|node_modules|\.ts:\d|\bselect\b.+\bfrom\b|\binsert into\b))/isu

const problem = z.looseObject({
  type: z.string(),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  code: z.enum(Object.keys(STATUS_BY_CODE) as [string, ...string[]]),
  requestId: z.string(),
  errors: z
    .array(
      z.strictObject({
        path: z.string(),
        message: z.string().min(1),
        question: z.string().nullable().optional(),
        rule: z.string().min(1).optional(),
      }),
    )
    .min(1)
    .optional(),
})

/** What must hold of every answer, whatever was asked. */
function checkAnswer({ faultOf, tagged }: Operation, reply: LightMyRequestResponse): void {
  expect(reply.payload).toMatch(NOTHING_INTERNAL)
  if (reply.statusCode >= 500) throw new Error(`${reply.statusCode}: ${reply.payload}`)
  const contentType = reply.headers['content-type']
  expect(faultOf({ status: reply.statusCode, contentType, body: reply.payload })).toBeUndefined()
  if (reply.statusCode < 400) {
    expect(reply.headers.etag !== undefined).toBe(tagged.has(reply.statusCode))
    return
  }
  expect(reply.headers['content-type']).toBe('application/problem+json')
  const told = problem.parse(reply.json())
  expect(told.status).toBe(reply.statusCode)
  expect(STATUS_BY_CODE[told.code as keyof typeof STATUS_BY_CODE]).toBe(reply.statusCode)
  expect(told.errors !== undefined).toBe(reply.statusCode === 400)
}

const graphqlErrors = z
  .array(z.looseObject({ message: z.string().min(1), extensions: z.looseObject({ code: z.string() }) }))
  .optional()

/** The same of an answer to a document. */
function checkGraphqlAnswer(reply: LightMyRequestResponse): void {
  expect(reply.payload).toMatch(NOTHING_INTERNAL)
  if (reply.statusCode >= 500) throw new Error(`${reply.statusCode}: ${reply.payload}`)
  const { data, errors } = reply.json() as { readonly data?: object; readonly errors?: unknown }
  const told = graphqlErrors.parse(errors)
  expect(told !== undefined || (data !== undefined && data !== null)).toBe(true)
  for (const { extensions } of told ?? []) {
    expect(Object.keys(STATUS_BY_CODE)).toContain(extensions.code)
    if (extensions.code === 'internal') throw new Error(reply.payload)
  }
}

export interface Thoroughness {
  /** Requests to each operation. */
  readonly numRuns: number
  /** How often an operation that has done its work finds fresh things to do it to: making them costs more than sending. */
  readonly renewals: number
}

/**
 * Sends what near enough fits the served OpenAPI document to each of its operations, checks every answer, and says how many.
 * `database` is a Postgres; without one everything is
 * kept in memory.
 */
export function sendAnything(database: string | undefined, thoroughness: Thoroughness): Promise<number> {
  return sending(database, thoroughness, async (server, sendTo) => {
    for (const operation of server.operations) {
      const isLook = operation.method === 'GET'
      await sendTo(requests(operation, server.tokens), isLook, async (request, things) => {
        const reply = await server.app.inject(withThings(request, things))
        checkAnswer(operation, reply)
        return reply.statusCode < 300 || reply.statusCode === 409
      })
    }
  })
}

/** Sends documents that near enough fit the served GraphQL schema, for each field of Query and Mutation, checks every answer, and says how many. */
export function sendAnyDocument(database: string | undefined, thoroughness: Thoroughness): Promise<number> {
  return sending(database, thoroughness, async (server, sendTo) => {
    const ask = (payload: object, token = server.tokens[0]) =>
      server.app.inject({
        method: 'POST',
        url: '/graphql',
        headers: { authorization: `Bearer ${token}` },
        payload,
      })
    const { data } = (await ask({ query: INTROSPECTION })).json() as { readonly data: Introspection }
    for (const field of fieldsOf(data)) {
      const isLook = field.kind === 'query'
      await sendTo(documents(field, data, server.tokens), isLook, async ({ token, ...document }, things) => {
        checkGraphqlAnswer(await ask(withThings(document, things), token))
        return true
      })
    }
    for (const payload of NO_DOCUMENTS) checkGraphqlAnswer(await ask(payload))
  })
}

/** Sends what is generated to one operation. `isLook`: it changes nothing. `send` gives whether the things have been used up, where it changes some. */
type SendTo = <Input>(
  inputs: fc.Arbitrary<Input>,
  isLook: boolean,
  send: (input: Input, things: Things) => Promise<boolean>,
) => Promise<void>

/** Opens a server, lets `act` send, and says how much was sent to operations. */
async function sending(
  database: string | undefined,
  { numRuns, renewals }: Thoroughness,
  act: (server: Server, sendTo: SendTo) => Promise<void>,
): Promise<number> {
  const server = await openServer(database)
  let sent = 0
  try {
    // Making things costs more than asking for them: what is only looked at is there once for all.
    const looked = await server.things()
    await act(server, async (inputs, isLook, send) => {
      let things = isLook ? looked : await server.things()
      let left = renewals
      await fc.assert(
        fc.asyncProperty(inputs, async (input) => {
          const isUsedUp = await send(input, things)
          sent++
          if (!isLook && isUsedUp && left-- > 0) things = await server.things()
        }),
        { numRuns },
      )
    })
    return sent
  } finally {
    await server.close()
  }
}

async function openServer(database: string | undefined): Promise<Server> {
  const { metrics, registry } = promMetrics()
  const core = coreModule({ jobTypes: [stubProbe as JobType], metrics })
  const muster = await createMuster({
    modules: database === undefined ? [core] : [core, pgModule({ connectionString: database })],
  })
  const app = await buildServer({
    configuration: readConfiguration({ MUSTER_RATE_LIMIT: '0' }),
    muster,
    authenticator: jwtAuthenticator({ secret: SECRET }),
    registry,
    logger: pino({ level: 'silent' }),
  })
  const manager = await muster.people.add({ displayName: 'manager', role: 'manager' })
  const annotator = await muster.people.add({ displayName: 'annotator' })
  const tokens = await Promise.all([
    // The directory does not know this admin, so nothing that is sent can suspend them.
    tokenOf('018f0000-0000-7000-8000-000000000001', 'admin'),
    tokenOf(manager.userId, 'manager'),
    tokenOf(annotator.userId, 'annotator'),
  ])
  let made = 0
  return {
    app,
    muster,
    tokens,
    things: () => thingsIn(muster, [manager.userId, annotator.userId], made++ % 2 === 0),
    operations: operationsOf((await app.inject('/openapi.json')).json()),
    close: async () => {
      await app.close()
      await muster.close()
    },
  }
}

async function thingsIn(muster: Muster, members: readonly UserId[], isStarted: boolean): Promise<Things> {
  await muster.system.resume()
  const { workflowId } = await muster.workflows.add({
    name: 'label and review',
    steps: [
      { stepId: 'label', stepType: 'annotation', requiredSkills: [{ anyOf: ['de'] }] },
      { stepId: 'review', stepType: 'review' },
    ],
  })
  const assignment = { maxConcurrentPerUser: 1_000_000 }
  const { projectId } = await muster.projects.add({ name: 'p', workflowId, assignment })
  for (const member of members) {
    await muster.people.change(member, { status: 'active', skills: { de: 3 } }, undefined)
    await muster.projects.addMember(projectId, member)
  }
  const { userId } = await muster.people.add({ displayName: 'somebody', skills: { de: 3 } })
  await muster.projects.addMember(projectId, userId)
  const [, task] = await muster.tasks.add(projectId, [{ payload: 1 }, { payload: 2, gold: { label: 'x' } }])
  // Held by the annotator who calls, and sometimes worked on, so that it can be submitted.
  const claim = await muster.assignments.claimNext({ userId: members[1] as UserId, projectId })
  if (claim.kind === 'nothing') throw new Error('nothing was given out')
  const { assignmentId } = claim.assignment
  const by = await muster.people.principalOf(members[1] as UserId, 'annotator')
  if (isStarted) await muster.assignments.start({ assignmentId, by })
  const { definitionId } = await muster.definitions.add(projectId, {
    name: 'd',
    jobType: stubProbe.name,
    scenarios: [{ payload: {} }, { scenarioId: 's', payload: {} }],
  })
  const { runId } = await muster.runs.start(projectId, { definitionId, models: ['m'] })
  const { jobId } = await muster.queue.add(projectId, { type: stubProbe.name, payload: {} }, null)
  const taskId = task?.taskId ?? ''
  return { projectId, workflowId, userId, taskId, assignmentId, definitionId, runId, itemId: jobId }
}

function tokenOf(userId: string, role: string): Promise<string> {
  return new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(SECRET))
}
