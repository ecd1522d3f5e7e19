import { type Authenticator, type Principal, type TicketHolder, Unauthorized } from '@muster/core'
import type { Muster } from '@muster/host'
import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is calling; set before anything else looks at the request. Null outside of the prefix. */
    principal: Principal | null
    /** Whose token it came with, and how long that holds. */
    bearer: TicketHolder | null
  }
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i

/**
 * Names the caller of every request of `app` from its bearer token. Who cannot be named is refused, but only in the hook after: what limits
 * the rate of requests comes between, and must count those too.
 */
export function authenticateRequests(
  app: FastifyInstance,
  { muster, authenticator }: { muster: Muster; authenticator: Authenticator },
): void {
  const refusals = new WeakMap<FastifyRequest, unknown>()
  app.decorateRequest('principal', null)
  app.decorateRequest('bearer', null)
  app.addHook('onRequest', async (request) => {
    try {
      const token = BEARER.exec(request.headers.authorization ?? '')?.[1]
      if (token === undefined) throw new Unauthorized('A bearer token is needed: Authorization: Bearer <jwt>')
      const { userId, role, expiresAt } = await authenticator.authenticate(token)
      request.principal = await muster.people.principalOf(userId, role)
      request.bearer = { userId, tokenRole: role, expiresAt }
    } catch (error) {
      refusals.set(request, error)
    }
  })
  app.addHook('preParsing', async (request) => {
    if (request.principal === null) throw refusals.get(request)
  })
}

/** Who is calling. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Unauthorized('A bearer token is needed')
  return request.principal
}

/** Whose token the request came with. */
export function bearerOf(request: FastifyRequest): TicketHolder {
  if (request.bearer === null) throw new Unauthorized('A bearer token is needed')
  return request.bearer
}
