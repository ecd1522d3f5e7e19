import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  Conflict,
  type IdempotentCall,
  type Json,
  type Muster,
  Unavailable,
  ValidationError,
} from '@muster/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { principalOf } from './authentication.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while this request is the first with its idempotency key. */
    idempotentCall: IdempotentCall | null
  }
  interface FastifyContextConfig {
    /** Whether the route takes an `Idempotency-Key`. */
    idempotent?: boolean
  }
}

const POLL_MS = 50
/** How long a repeat waits for the first one's answer. */
const PATIENCE_MS = 20_000
/** After this, whoever was first is taken for dead and the next one does it. */
const STALE_MS = 60_000
const HEADERS_KEPT = ['content-type', 'etag', 'location'] as const

/**
 * Makes routes with `config.idempotent` answer a repeated `Idempotency-Key` with the first status and body, waiting for it where it still
 * runs. Answers that did nothing and may turn out otherwise (401, 403, 404, 429, 5xx) are not kept.
 */
export function rememberAnswers(app: FastifyInstance, muster: Muster): void {
  const { idempotency } = muster.persistence.stores
  app.decorateRequest('idempotentCall', null)

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (key === undefined || request.routeOptions.config.idempotent !== true) return undefined
    const call = callOf(request, String(key))
    const until = muster.clock.now().getTime() + PATIENCE_MS
    for (;;) {
      const now = muster.clock.now()
      const ticket = await idempotency.start(call, now, new Date(now.getTime() - STALE_MS))
      if (ticket.kind === 'first') {
        request.idempotentCall = call
        return undefined
      }
      if (ticket.kind === 'mismatch')
        throw new Conflict('This Idempotency-Key was used with another body: use a new key', { key })
      if (ticket.kind === 'done') {
        const { status, headers, body } = ticket.answer
        return reply.status(status).headers(headers).serializer(JSON.stringify).send(body)
      }
      if (now.getTime() > until)
        throw new Unavailable('The first request with this Idempotency-Key still runs: ask again')
      await muster.clock.wait(POLL_MS)
    }
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const call = request.idempotentCall
    if (call === null) return payload
    request.idempotentCall = null
    if (typeof payload === 'string' && isFinal(reply.statusCode)) {
      await idempotency.finish(call, {
        status: reply.statusCode,
        headers: headersOf(reply),
        body: JSON.parse(payload) as Json,
      })
    } else {
      await idempotency.abandon(call)
    }
    return payload
  })
}

function callOf(request: FastifyRequest, key: string): IdempotentCall {
  if (key.length < 1 || key.length > 200)
    throw new ValidationError([{ path: 'Idempotency-Key', message: 'must have 1 to 200 characters' }])
  const path = request.url.split('?', 1)[0]
  return {
    scope: `${principalOf(request).userId} ${request.method} ${path}`,
    key,
    fingerprint: createHash('sha256')
      .update(
        JSON.stringify([request.query, request.body instanceof Readable ? null : (request.body ?? null)]),
      )
      .digest('base64url'),
  }
}

function isFinal(status: number): boolean {
  return status < 500 && ![401, 403, 404, 429].includes(status)
}

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    HEADERS_KEPT.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])),
  )
}
