import type { IncomingMessage } from 'node:http'
import { ForbiddenError, type Principal, UnauthorizedError } from '@muster/core'
import type { TicketHolder } from '@muster/core/calls'
import type { Authenticator, ExternalIdentity, Identity } from '@muster/core/ports'
import type { WorkerIdentity } from '@muster/core/remote'
import { sessionHolder, trustedPages } from '@muster/core/support'
import type { Muster } from '@muster/host'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** What says who is calling. */
export interface CallerOptions {
  /** Reads bearer tokens. May be left out beside `authenticate`. */
  readonly authenticator?: Authenticator
  /**
   * Names the caller of a request without a bearer token, by what the host knows of it, such as the session of its cookie; undefined: nobody.
   * `call` has what Fastify plugins of the host left there. Such a request may change something only if it comes from a page of this very
   * host or of `corsOrigins`, or from no page.
   */
  readonly authenticate?: (
    request: IncomingMessage,
    call: FastifyRequest,
  ) =>
    | Identity
    | ExternalIdentity
    | null
    | undefined
    | Promise<Identity | ExternalIdentity | null | undefined>
  /** Other origins whose pages may call; default none. With `authenticate` they may send cookies. */
  readonly corsOrigins?: readonly string[]
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set before anything else looks at the request. Null outside of the prefix. */
    principal: Principal | null
    /** Whose token or session it came with, and how long that holds. */
    bearer: TicketHolder | null
    /** The worker over HTTP that is calling, where only workers may. */
    worker: WorkerIdentity | null
  }
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Names the caller of every request of `app` from its bearer token, or else by its session. Who cannot be named is refused, but only in the
 * hook after: what limits the rate of requests comes between, and must count those too.
 * @throws TypeError for neither of the two
 */
export function authenticateRequests(
  app: FastifyInstance,
  options: CallerOptions & { muster: Muster },
): void {
  const { muster, authenticator, authenticate, corsOrigins = [] } = options
  if (authenticator === undefined && authenticate === undefined)
    throw new TypeError('musterHttp needs an authenticator, or authenticate, to know who is calling')
  const isTrusted = trustedPages(corsOrigins)
  const identityOf = async (request: FastifyRequest): Promise<Identity | ExternalIdentity> => {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1]
    if (authenticator !== undefined && token !== undefined) return authenticator.authenticate(token)
    if (authenticate === undefined)
      throw new UnauthorizedError('A bearer token is needed: Authorization: Bearer <jwt>')
    const holder = sessionHolder(await authenticate(request.raw, request), muster.clock.now())
    // A browser adds its cookies to what pages of others send.
    if (!SAFE.has(request.method) && !isTrusted(request.headers))
      throw new ForbiddenError(
        'A page of another origin may change nothing with this session: add its origin to corsOrigins, or send a token',
      )
    return holder
  }
  const named = async (request: FastifyRequest): Promise<WorkerIdentity> => {
    const token = BEARER.exec(request.headers.authorization ?? '')?.[1]
    if (token === undefined)
      throw new UnauthorizedError('The token of a worker is needed: Authorization: Bearer <jwt>')
    if (authenticator?.authenticateWorker === undefined)
      throw new ForbiddenError('This server takes no tokens of workers')
    return authenticator.authenticateWorker(token)
  }
  const refusals = new WeakMap<FastifyRequest, unknown>()
  app.decorateRequest('principal', null)
  app.decorateRequest('bearer', null)
  app.decorateRequest('worker', null)
  app.addHook('onRequest', async (request) => {
    try {
      if (request.routeOptions.config.rule?.scope === 'worker') {
        request.worker = await named(request)
        return
      }
      const { userId, role, expiresAt } = await muster.people.identify(await identityOf(request))
      request.principal = await muster.people.principalOf(userId, role)
      request.bearer = { userId, tokenRole: role, expiresAt }
    } catch (error) {
      refusals.set(request, error)
    }
  })
  app.addHook('preParsing', async (request) => {
    if (request.principal === null && request.worker === null) throw refusals.get(request)
  })
}

/** Who is calling. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new UnauthorizedError('A bearer token is needed')
  return request.principal
}

/** The worker that is calling. */
export function workerOf(request: FastifyRequest): WorkerIdentity {
  if (request.worker === null) throw new UnauthorizedError('The token of a worker is needed')
  return request.worker
}

/** Whose token the request came with. */
export function bearerOf(request: FastifyRequest): TicketHolder {
  if (request.bearer === null) throw new UnauthorizedError('A bearer token is needed')
  return request.bearer
}
