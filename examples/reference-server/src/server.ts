import type { RedisConnections } from '@muster/adapters-redis'
import { musterConsole } from '@muster/console'
import type { Authenticator } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import {
  answerUnreadable,
  answerUnroutable,
  answerWithProblems,
  musterHttp,
  operationsRoutes,
  type promMetrics,
} from '@muster/transport-http'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import type { Configuration } from './configuration.ts'
import { guideRoutes } from './guide.ts'

/** What a process serves over HTTP. */
export interface ServerParts {
  readonly configuration: Configuration
  readonly muster: Muster
  readonly authenticator: Authenticator
  readonly registry: ReturnType<typeof promMetrics>['registry']
  readonly redis?: RedisConnections | undefined
  /** What seals the session of the console, the same in all processes; undefined: this process alone opens it again. */
  readonly consoleSecret?: string | undefined
  readonly logger: FastifyBaseLogger
  /** Aborted once the process is about to end. */
  readonly draining?: AbortSignal
}

const MEBIBYTE = 2 ** 20
/** How long a connection may be without a byte in either direction: whoever stalls in the middle of a request holds nothing for ever. */
const SILENCE_MS = 120_000

/** The app of this process: all of Muster's HTTP with the role `api`; without it only what says how the process is. Not listening yet. */
export async function buildServer({
  configuration,
  muster,
  authenticator,
  registry,
  redis,
  consoleSecret,
  logger,
  draining,
}: ServerParts): Promise<FastifyInstance> {
  const { base } = configuration
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    // A proxy may strip the base or keep it, and probes know nothing of it.
    rewriteUrl: ({ url = '/' }) => (isBelow(base, url) ? url : base + url),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: MEBIBYTE,
    // Names of limits are longer than ids.
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
    connectionTimeout: SILENCE_MS,
    // Who keeps a connection open without using it does not hold up the end of the process.
    forceCloseConnections: 'idle',
  })
  answerWithProblems(app, muster.outages)
  const disposable = redis ? { redis: () => redis.check() } : {}
  if (configuration.roles.has('api')) {
    await app.register(musterHttp, {
      muster,
      authenticator,
      base,
      ...(draining && { draining }),
      registry,
      corsOrigins: configuration.corsOrigins,
      requestsPerMinute: configuration.requestsPerMinute,
      disposable,
      ...(redis && { rateLimitRedis: redis.commands }),
      ...(configuration.trust.kind === 'development' && { graphiql: renderGraphiql }),
    })
    await app.register(async (scope) => guideRoutes(scope), { prefix: base })
    await app.register(
      async (scope) => {
        await scope.register(musterConsole, {
          muster,
          authenticator,
          prefix: '/console',
          mediaOrigins: configuration.mediaOrigins,
          ...(consoleSecret !== undefined && { secret: consoleSecret }),
          ...(configuration.oidc && { signIn: { oidc: configuration.oidc } }),
        })
        frontDoor(scope)
      },
      { prefix: base },
    )
  } else {
    const options = { muster, registry, disposable, draining }
    await app.register(async (scope) => operationsRoutes(scope, options), { prefix: base })
  }
  return app
}

/** Who opens the server's address in a browser comes to the console. */
function frontDoor(scope: FastifyInstance): void {
  const hidden: object = { hide: true }
  scope.get('/', { schema: hidden }, async (request, reply) => {
    if (!String(request.headers.accept ?? '').includes('text/html')) return reply.callNotFound()
    return reply.redirect('console/')
  })
}

function isBelow(base: string, url: string): boolean {
  return base === '' || (url.startsWith(base) && ['', '/', '?'].includes(url.charAt(base.length)))
}

/** Megabytes of scripts, read when somebody looks: the page asks nobody else for any. */
async function renderGraphiql(): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  return renderGraphiQL({
    title: 'Muster',
    headers: JSON.stringify({ Authorization: 'Bearer ' }),
    defaultQuery: '{ myQueue { edges { node { assignmentId projectName status } } } }',
  })
}

/** Where the server can be found, such as `http://127.0.0.1:3000`. */
export async function listen(app: FastifyInstance, { host, port }: Configuration): Promise<string> {
  try {
    return await app.listen({ host, port, listenTextResolver: (address) => `listening on ${address}` })
  } catch (error) {
    throw listenError(error as NodeJS.ErrnoException, host, port) ?? error
  }
}

/** The address cannot be had. */
class AddressError extends Error {
  override readonly name = 'AddressError'
  readonly misconfigured = true
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): AddressError | undefined {
  switch (error.code ?? '') {
    case 'EADDRINUSE':
      return new AddressError(
        `PORT ${port} on ${host} is taken: stop what listens there, or set PORT to another one`,
        { cause: error },
      )
    case 'EACCES':
      return new AddressError(`PORT ${port} may not be used by this user: set PORT to 1024 or more`, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EAI_AGAIN':
    case 'EINVAL':
    case 'ENOTFOUND':
      return new AddressError(
        `HOST ${host} is no address of this machine: set HOST to one, or leave it out for 127.0.0.1`,
        { cause: error },
      )
    default:
      return undefined
  }
}
