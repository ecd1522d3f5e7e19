import { Readable } from 'node:stream'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { type Authenticator, type Muster, parse } from '@muster/core'
import type { FastifyInstance } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Registry } from 'prom-client'
import type { z } from 'zod'
import { authenticateRequests } from './authentication.ts'
import { authorizeRequests } from './authorization.ts'
import { GRAPHQL_PATH } from './graphql/engine.ts'
import { graphqlRoutes, serveGraphiql } from './graphql/routes.ts'
import { rememberAnswers } from './idempotency.ts'
import { acceptJson } from './json-body.ts'
import { acceptNdjson } from './ndjson.ts'
import { apiDocument, describeRoutes } from './openapi.ts'
import { type DisposableBackends, operationsRoutes } from './operations.ts'
import { answerWithProblems, refusal, unknownRoute } from './problem.ts'
import { type App, nothing, type Routes } from './route.ts'
import { assignmentRoutes } from './routes/assignments.ts'
import { peopleRoutes } from './routes/people.ts'
import { personalQueueRoutes } from './routes/personal-queue.ts'
import { projectQueueRoutes } from './routes/project-queue.ts'
import { runRoutes } from './routes/runs.ts'
import { taskRoutes } from './routes/tasks.ts'
import { workflowRoutes } from './routes/workflows.ts'
import { wsTicketRoutes } from './routes/ws-ticket.ts'
import { refusals } from './schemas.ts'

/** What is served, to whom, and how much of it. */
export interface MusterHttpOptions {
  readonly muster: Muster
  readonly authenticator: Authenticator
  /** Where the routes lie. Default `/api/v1`. */
  readonly prefix?: string
  /** Other origins whose pages may call; default none. */
  readonly corsOrigins?: readonly string[]
  /** Per principal; a tenth of it per address without a token. 0 turns it off. Default 6 000. */
  readonly requestsPerMinute?: number
  /** A client of ioredis: who is limited is then counted for all processes together, and by nobody while Redis is away. It should fail fast. */
  readonly rateLimitRedis?: object
  /** Their being away makes `/readyz` say `degraded`. */
  readonly disposable?: DisposableBackends
  /** Whether GraphQL is served, at `/graphql`. Default true. */
  readonly graphql?: boolean
  /** Subscriptions over server-sent events that one person may have open at this process; over it 429. Default 100. */
  readonly streamsPerPerson?: number
  /**
   * Renders the page that a browser which opens `/graphql` gets to try it on, when it is first asked for; for development. Default: no page.
   * `renderGraphiQL` of `@graphql-yoga/render-graphiql` carries its scripts with it.
   */
  readonly graphiql?: () => Promise<string>
  /** Served at `/metrics`, where given. */
  readonly registry?: Registry
}

const ROUTES: readonly Routes[] = [
  peopleRoutes,
  workflowRoutes,
  personalQueueRoutes,
  assignmentRoutes,
  taskRoutes,
  projectQueueRoutes,
  runRoutes,
  wsTicketRoutes,
]

/** All that a route can have; a browser asks before most of them. */
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE']

/**
 * Muster over HTTP: every REST route under the prefix, and `/graphql`, `/healthz`, `/readyz`, `/metrics`, `/openapi.json` and `/docs` beside it.
 * Leaves the host's own routes, errors and hooks alone.
 */
export const musterHttp = fastifyPlugin<MusterHttpOptions>(
  async (host, options) => {
    const { muster, prefix = '/api/v1', registry, graphql = true } = options
    await host.register(async (scope) => {
      operationsRoutes(scope, { muster, registry, disposable: options.disposable })
      await scope.register(swagger, { openapi: apiDocument, transform: describeRoutes(prefix) })
      await scope.register(async (api) => serveApi(api as App, options, prefix), { prefix })
      if (graphql) await scope.register(async (api) => serveGraphql(api, options), { prefix: GRAPHQL_PATH })
      await scope.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
      scope.get('/openapi.json', { schema: { hide: true } }, async () => scope.swagger())
    })
  },
  { name: '@muster/transport-http', fastify: '5.x' },
)

async function serveApi(api: App, options: MusterHttpOptions, prefix: string): Promise<void> {
  const { muster } = options
  api.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value: unknown) => {
    try {
      // What comes as a stream is checked as it is read. A call without a body is one with an empty body: every field may then be missing.
      if (value instanceof Readable) return { value }
      return { value: parse(schema, httpPart === 'body' ? (value ?? {}) : value) }
    } catch (error) {
      return { error: error as Error }
    }
  })
  api.setSerializerCompiler(() => JSON.stringify)
  answerWithProblems(api)
  api.addHook('onRoute', (route) => {
    const schema = route.schema ?? {}
    route.schema = { ...schema, response: { ...(schema.response as object), ...refusals } }
  })
  acceptJson(api)
  acceptNdjson(api)

  await guard(api, options)
  refuseUnasked(api)
  authorizeRequests(api, { muster, prefix })
  rememberAnswers(api, muster)
  for (const routes of ROUTES) routes(api, muster)
}

async function serveGraphql(api: FastifyInstance, options: MusterHttpOptions): Promise<void> {
  answerWithProblems(api)
  if (options.graphiql !== undefined) serveGraphiql(api, options.graphiql)
  await guard(api, options)
  graphqlRoutes(api, options.muster, options.streamsPerPerson ?? 100)
}

/** What stands before every call: headers, other origins, who is calling, and how often. */
async function guard(api: FastifyInstance, options: MusterHttpOptions): Promise<void> {
  const { requestsPerMinute = 6000, corsOrigins = [] } = options
  await api.register(helmet)
  if (corsOrigins.length > 0) {
    await api.register(cors, {
      origin: [...corsOrigins],
      methods: METHODS,
      exposedHeaders: ['etag', 'retry-after'],
    })
  }
  authenticateRequests(api, options)
  if (requestsPerMinute > 0) await limitRate(api, requestsPerMinute, options.rateLimitRedis)
}

/** Nothing is ignored: where a route knows no query or no body, any of it is refused by name; where there is no route, nothing is read. */
function refuseUnasked(api: App): void {
  api.addHook('preParsing', async (request) => {
    if (request.is404) throw unknownRoute(request)
  })
  api.addHook('preValidation', async ({ routeOptions: { schema }, query, body }) => {
    if (schema?.querystring === undefined) parse(nothing, query)
    if (schema?.body === undefined && body !== undefined) parse(nothing, body)
  })
}

async function limitRate(
  api: FastifyInstance,
  requestsPerMinute: number,
  redis: object | undefined,
): Promise<void> {
  await api.register(rateLimit, {
    ...(redis !== undefined && { redis, nameSpace: 'muster:rate:', skipOnError: true }),
    timeWindow: '1 minute',
    keyGenerator: (request) => request.principal?.userId ?? request.ip,
    max: (request) =>
      request.principal === null ? Math.max(1, Math.floor(requestsPerMinute / 10)) : requestsPerMinute,
    errorResponseBuilder: (_request, { after }) => refusal(429, `Too many requests: try again in ${after}`),
  })
  // By itself the plugin counts what meets a route.
  const limit = api.rateLimit()
  api.addHook('onRequest', async function (request, reply) {
    if (request.is404) await limit.call(this, request, reply)
  })
}
