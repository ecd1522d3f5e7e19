import { Readable } from 'node:stream'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { ValidationError } from '@muster/core'
import { parse } from '@muster/core/schemas'
import {
  assertOptions,
  basePath,
  type OptionRule,
  type OptionRules,
  option,
  originsOf,
} from '@muster/core/support'
import type { Muster } from '@muster/host'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { Registry } from 'prom-client'
import type { z } from 'zod'
import { authenticateRequests, type CallerOptions } from './access/authentication.ts'
import { authorizeRequests } from './access/authorization.ts'
import { GRAPHQL_PATH } from './graphql/engine.ts'
import { graphqlRoutes, serveGraphiql } from './graphql/routes.ts'
import { apiDocument, completed, describeRoutes, withSchemas } from './openapi.ts'
import { type DisposableBackends, operationsRoutes } from './operations.ts'
import { withoutClash } from './requests/beside-host.ts'
import { readBodies } from './requests/body.ts'
import { rememberAnswers } from './requests/idempotency.ts'
import { acceptJson } from './requests/json-body.ts'
import { DEFAULT_REQUESTS_PER_MINUTE } from './requests/limits.ts'
import { acceptNdjson } from './requests/ndjson.ts'
import { answerWithProblems, refusal, unknownRoute } from './requests/problem.ts'
import { type App, nothing, type Routes } from './route.ts'
import { assignmentRoutes } from './routes/assignments.ts'
import { budgetRoutes } from './routes/budgets.ts'
import { definitionRoutes } from './routes/definitions.ts'
import { evaluationRoutes } from './routes/evaluation.ts'
import { eventRoutes } from './routes/events.ts'
import { exportRoutes } from './routes/exports.ts'
import { formRoutes } from './routes/forms.ts'
import { importRoutes } from './routes/imports.ts'
import { jobRoutes } from './routes/jobs.ts'
import { limitRoutes } from './routes/limits.ts'
import { matrixRoutes } from './routes/matrix.ts'
import { operationRoutes } from './routes/operations.ts'
import { peopleRoutes } from './routes/people.ts'
import { personalQueueRoutes } from './routes/personal-queue.ts'
import { projectQueueRoutes } from './routes/project-queue.ts'
import { projectRoutes } from './routes/projects.ts'
import { qualityRoutes } from './routes/quality.ts'
import { rateRoutes } from './routes/rates.ts'
import { runEscalationRoutes } from './routes/run-escalation.ts'
import { runMoveRoutes, runRoutes } from './routes/runs.ts'
import { scheduleRoutes } from './routes/schedules.ts'
import { systemRoutes } from './routes/system.ts'
import { taskListRoutes } from './routes/task-lists.ts'
import { taskPastRoutes } from './routes/task-past.ts'
import { taskRoutes } from './routes/tasks.ts'
import { usageRoutes } from './routes/usage.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { workerRoutes } from './routes/workers.ts'
import { workflowRoutes } from './routes/workflows.ts'
import { wsTicketRoutes } from './routes/ws-ticket.ts'
import { refusals } from './schemas.ts'

/** What is served, to whom, and how much of it. */
export interface MusterHttpOptions extends CallerOptions {
  readonly muster: Muster
  /**
   * What everything lies below, such as `/muster`. Default: nothing. The prefix of the Fastify scope that registers the plugin comes before
   * it.
   */
  readonly base?: string
  /** Where the REST routes lie, below `base`. Default `/api/v1`. */
  readonly prefix?: string
  /**
   * Whether `/healthz` and `/readyz` (`health`), `/metrics` and `/docs` with `/openapi.json` (`docs`) are served: all, none, or all but those
   * named false. Default true.
   */
  readonly operations?: boolean | Operations
  /** Aborted when the process is about to end: `/readyz` then says 503, and every answer asks to close its connection. */
  readonly draining?: AbortSignal
  /** Per principal, or worker; a tenth of it per address without a token. 0 turns it off. Default 6 000. */
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

/** What is served for those who look after the process. */
interface Operations {
  readonly health?: boolean
  readonly metrics?: boolean
  readonly docs?: boolean
}

const RULES: OptionRules<MusterHttpOptions> & Readonly<Record<'logLevel' | 'logSerializers', OptionRule>> = {
  muster: option.needed(option.having('work')),
  authenticator: option.having('authenticate'),
  authenticate: option.callable,
  base: option.anyText,
  prefix: option.anyText,
  operations: option.either(
    option.flag,
    option.group<Operations>({ health: option.flag, metrics: option.flag, docs: option.flag }),
  ),
  draining: option.signal,
  corsOrigins: option.origins,
  requestsPerMinute: option.whole(0),
  rateLimitRedis: option.having(),
  disposable: option.having(),
  graphql: option.flag,
  streamsPerPerson: option.whole(0),
  graphiql: option.callable,
  registry: option.having('metrics'),
  // Of Fastify, which hands what is given to `register` on to the plugin.
  logLevel: option.anything,
  logSerializers: option.anything,
}

const NO_OPERATIONS: Operations = { health: false, metrics: false, docs: false }

const ROUTES: readonly Routes[] = [
  peopleRoutes,
  projectRoutes,
  workflowRoutes,
  formRoutes,
  qualityRoutes,
  personalQueueRoutes,
  assignmentRoutes,
  taskRoutes,
  taskListRoutes,
  taskPastRoutes,
  projectQueueRoutes,
  definitionRoutes,
  runRoutes,
  runEscalationRoutes,
  runMoveRoutes,
  jobRoutes,
  operationRoutes,
  scheduleRoutes,
  webhookRoutes,
  workerRoutes,
  importRoutes,
  exportRoutes,
  eventRoutes,
  rateRoutes,
  limitRoutes,
  budgetRoutes,
  usageRoutes,
  matrixRoutes,
  evaluationRoutes,
  wsTicketRoutes,
]

/** All that a route can have; a browser asks before most of them. */
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE']

/**
 * Muster over HTTP: every REST route under the prefix, and `/graphql`, `/healthz`, `/readyz`, `/metrics`, `/openapi.json` and `/docs` beside it.
 * Leaves the host's own routes, errors and hooks alone. Can be registered in any scope, and several times.
 */
export const musterHttp = fastifyPlugin<MusterHttpOptions>(
  async (host, options) => {
    assertOptions('musterHttp', options, RULES)
    const { muster, registry, graphql = true, operations = true, draining } = options
    const {
      health = true,
      metrics = true,
      docs = true,
    } = typeof operations === 'object' ? operations : operations ? {} : NO_OPERATIONS
    const prefix = basePath(options.prefix ?? '/api/v1', 'prefix')
    await host.register(
      async (scope) => {
        readBodies(scope)
        if (draining !== undefined) askToClose(scope, draining)
        const { disposable } = options
        operationsRoutes(scope, {
          muster,
          registry: metrics ? registry : undefined,
          disposable,
          health,
          draining,
        })
        const describe = docs ? await describing(scope, prefix) : undefined
        await scope.register(async (api) => serveApi(api as App, options), { prefix })
        if (graphql) await scope.register(async (api) => serveGraphql(api, options), { prefix: GRAPHQL_PATH })
        if (describe) await serveDocs(scope, describe)
      },
      { prefix: basePath(options.base) },
    )
  },
  { name: '@muster/transport-http', fastify: '5.x' },
)

/** Writes the OpenAPI document of the routes that are added after it; a document of the host's own does not show them. */
async function describing(scope: FastifyInstance, prefix: string): Promise<() => object> {
  let isOurs = false
  const described = describeRoutes(scope.prefix + prefix)
  scope.addHook('onRoute', (route) => {
    const swaggerTransform: typeof described = (route) =>
      isOurs ? described(route) : { schema: { hide: true }, url: route.url }
    route.config = { ...route.config, swaggerTransform }
  })
  const openapi = apiDocument(scope.prefix + prefix)
  await scope.register(withoutClash(swagger), {
    openapi,
    transformObject: withSchemas,
    decorator: 'musterDocument' as 'swagger',
  })
  const document = (scope as unknown as { readonly musterDocument: () => object }).musterDocument
  return () => {
    isOurs = true
    try {
      return completed(document())
    } finally {
      isOurs = false
    }
  }
}

async function serveDocs(scope: FastifyInstance, describe: () => object): Promise<void> {
  await scope.register(async (docs) => {
    // The page asks for the document by this name, under which a host may have its own.
    if (!docs.hasDecorator('swagger')) docs.decorate('swagger', describe as FastifyInstance['swagger'])
    await docs.register(withoutClash(swaggerUi), {
      routePrefix: '/docs',
      indexPrefix: scope.prefix,
      transformSpecification: describe as () => Record<string, unknown>,
      transformSpecificationClone: false,
      staticCSP: true,
      transformStaticCSP: (header: string) => header.replace(/\s*upgrade-insecure-requests;?/, ''),
    })
  })
  scope.get('/openapi.json', { schema: { hide: true } }, async () => describe())
}

/** Lets clients that keep their connection find another process. */
function askToClose(scope: FastifyInstance, draining: AbortSignal): void {
  scope.addHook('onSend', async (request, reply) => {
    if (draining.aborted && request.raw.httpVersionMajor === 1) void reply.header('connection', 'close')
  })
}

async function serveApi(api: App, options: MusterHttpOptions): Promise<void> {
  const { muster } = options
  tellItServes(api, muster)
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
  answerWithProblems(api, muster.outages)
  api.addHook('onRoute', (route) => {
    const schema = route.schema ?? {}
    route.schema = { ...schema, response: { ...(schema.response as object), ...refusals } }
  })
  acceptJson(api)
  acceptNdjson(api)

  await guard(api, options)
  refuseUnasked(api)
  authorizeRequests(api, muster)
  rememberAnswers(api, muster)
  for (const routes of [...ROUTES, systemRoutes(options)]) routes(api, muster)
}

/** Those who operate see this process among those that answer calls, from when it does until it no longer does. */
function tellItServes(api: App, muster: Muster): void {
  let serving: ReturnType<Muster['serve']> | undefined
  api.addHook('onReady', async () => {
    serving = muster.serve()
  })
  api.addHook('onClose', () => serving?.close())
}

async function serveGraphql(api: FastifyInstance, options: MusterHttpOptions): Promise<void> {
  const { muster } = options
  answerWithProblems(api, muster.outages)
  if (options.graphiql !== undefined) serveGraphiql(api, options.graphiql)
  await guard(api, options)
  graphqlRoutes(api, muster, options, options.streamsPerPerson ?? 100)
}

/** Whether the way to here is HTTPS is known to what ends TLS, and is its to say: on plain HTTP these would break every page. */
const HEADERS = {
  strictTransportSecurity: false,
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
} as const

/** What stands before every call: headers, other origins, who is calling, and how often. */
async function guard(api: FastifyInstance, options: MusterHttpOptions): Promise<void> {
  const { requestsPerMinute = DEFAULT_REQUESTS_PER_MINUTE, corsOrigins = [] } = options
  await api.register(helmet, HEADERS)
  if (corsOrigins.length > 0) {
    await api.register(withoutClash(cors), {
      origin: [...originsOf(corsOrigins)],
      methods: METHODS,
      credentials: options.authenticate !== undefined,
      exposedHeaders: ['etag', 'retry-after'],
    })
  }
  authenticateRequests(api, options)
  if (requestsPerMinute > 0) await limitRate(api, requestsPerMinute, options.rateLimitRedis)
}

/**
 * Nothing is ignored: where a route knows no query or no body, any of it is refused by name, and so is a parameter that is given twice; where
 * there is no route, nothing is read.
 */
function refuseUnasked(api: App): void {
  api.addHook('preParsing', async (request) => {
    if (request.is404) throw unknownRoute(request)
  })
  api.addHook('preValidation', async ({ routeOptions: { schema }, query, body }) => {
    if (schema?.querystring === undefined) parse(nothing, query)
    const repeated = Object.entries(query as object).filter(([, value]) => Array.isArray(value))
    if (repeated.length > 0)
      throw new ValidationError(repeated.map(([path]) => ({ path, message: 'must be given once' })))
    if (schema?.body === undefined && body !== undefined) parse(nothing, body)
  })
}

/** Whose worker is calling, which is no id of a user. */
function subjectOf({ worker }: FastifyRequest): string | undefined {
  return worker === null ? undefined : `worker ${worker.subject}`
}

async function limitRate(
  api: FastifyInstance,
  requestsPerMinute: number,
  redis: object | undefined,
): Promise<void> {
  const settings: RateLimitPluginOptions = {
    ...(redis !== undefined && { redis, nameSpace: 'muster:rate:', skipOnError: true }),
    timeWindow: '1 minute',
    keyGenerator: (request) => request.principal?.userId ?? subjectOf(request) ?? request.ip,
    max: ({ principal, worker }) =>
      principal === null && worker === null
        ? Math.max(1, Math.floor(requestsPerMinute / 10))
        : requestsPerMinute,
    errorResponseBuilder: (_request, { after }) => refusal(429, `Too many requests: try again in ${after}`),
  }
  // One limiter for everything, also for what meets no route. A host's own registration may stand behind this name, so the settings are
  // said again; they make a store of their own, which a second limiter would not share.
  await api.register(rateLimit, { ...settings, global: false })
  api.addHook('onRequest', api.rateLimit(settings))
}
