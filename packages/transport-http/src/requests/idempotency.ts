import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ConflictError, UnavailableError, ValidationError } from '@muster/core'
import type { IdempotentCall } from '@muster/core/ports'
import { plainError } from '@muster/core/support'
import type { Muster } from '@muster/host'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { principalOf } from '../access/authentication.ts'
import { chunksOf } from './ndjson.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set while this request is the first with its idempotency key. */
    idempotent: FirstRequest | null
  }
  interface FastifyContextConfig {
    /** Whether the route takes an `Idempotency-Key`. */
    idempotent?: boolean
    /** Whether what was made with a key is found by it again, so that a repeat whose answer was lost may be done. */
    findsAgain?: boolean
  }
}

/** The first request with its key, while it runs. */
interface FirstRequest {
  readonly call: IdempotentCall
  /** Of a streamed body: its digest, once it was read to the end. */
  readonly streamDigest: (() => string | undefined) | null
  /** Ends what keeps the call from being given out again. */
  readonly over: () => Promise<void>
}

/** Longest key, in characters. */
export const LONGEST_KEY = 200

const POLL_MS = 50
/** How long a repeat waits for the first one's answer. */
const PATIENCE_MS = 20_000
/** After this without a sign of life, whoever was first is taken for dead and the next one does it. */
const STALE_MS = 60_000
/** How often who is first gives that sign: an upload may take long. */
const RENEW_MS = 15_000
/** How long is waited for an answer where what was asked is done: it comes at once, or was lost. */
const UNANSWERED_PATIENCE_MS = 1_000
const HEADERS_KEPT = ['content-type', 'etag', 'location'] as const

/**
 * Makes routes with `config.idempotent` answer a repeated `Idempotency-Key` with the first status and body, waiting for it where it still
 * runs. Answers that did nothing and may turn out otherwise (401, 403, 404, 429, 5xx) are not kept. If something was done and its answer was lost,
 * a repeat does nothing and is told so (409).
 */
export function rememberAnswers(app: FastifyInstance, muster: Muster): void {
  const { idempotency } = muster.persistence.stores
  app.decorateRequest('idempotent', null)

  app.addHook('preHandler', async (request, reply) => {
    const key = request.headers['idempotency-key']
    if (key === undefined || request.routeOptions.config.idempotent !== true) return undefined
    const call = callOf(request, String(key))
    const began = muster.clock.now().getTime()
    for (;;) {
      const now = muster.clock.now()
      const ticket = await idempotency.start(call, now, new Date(now.getTime() - STALE_MS))
      if (ticket.kind === 'first') {
        const streamDigest = request.body instanceof Readable ? digestStream(request, request.body) : null
        request.idempotent = { call, streamDigest, over: renewing(call, request) }
        return undefined
      }
      if (ticket.kind === 'mismatch') throw otherBody(call)
      const waited = now.getTime() - began
      if (ticket.kind === 'done' && ticket.answer.unanswered) {
        // A route with a key of its own for what it makes finds that again.
        if (request.routeOptions.config.findsAgain === true) {
          request.idempotent = { call, streamDigest: null, over: async () => {} }
          return undefined
        }
        if (waited > UNANSWERED_PATIENCE_MS) throw lostAnswer(call)
      } else if (ticket.kind === 'done') {
        const { status, headers, body, streamDigest } = ticket.answer
        if (request.body instanceof Readable && (await digestOf(request.body)) !== streamDigest)
          throw otherBody(call)
        // Byte for byte: it is kept as the text that it was.
        return reply.status(status).headers(headers).serializer(String).send(body)
      }
      if (waited > PATIENCE_MS)
        throw new UnavailableError(
          'The first request with this Idempotency-Key still runs: ask again',
          {},
          { backend: null },
        )
      await muster.clock.wait(POLL_MS)
    }
  })

  app.addHook('preHandler', (request, _reply, done) => {
    if (request.idempotent === null) done()
    else muster.within(request.idempotent.call, done)
  })

  const notKept = ({ log }: FastifyRequest, error: unknown, message: string): void => {
    if (error instanceof UnavailableError) muster.outages.failed(error)
    else log.warn({ err: plainError(error) }, message)
  }

  /** Keeps the call from being given out again, until what it gives is called. */
  const renewing = (call: IdempotentCall, request: FastifyRequest): (() => Promise<void>) => {
    const over = new AbortController()
    const renewed = (async () => {
      for (;;) {
        await muster.clock.wait(RENEW_MS, over.signal)
        if (over.signal.aborted) return
        const now = muster.clock.now()
        await idempotency
          .start(call, now, now)
          .catch((error: unknown) => notKept(request, error, 'an idempotency key was not renewed'))
      }
    })()
    return () => {
      over.abort()
      return renewed
    }
  }

  app.addHook('onSend', async (request, reply, payload) => {
    if (request.idempotent === null) return payload
    const { call, streamDigest: digest, over } = request.idempotent
    request.idempotent = null
    await over()
    const streamDigest = digest?.()
    // A stream that was refused may have been so before its end was known; it did nothing, and would be refused again.
    const isKept = digest === null ? isFinal(reply.statusCode) : reply.statusCode < 300
    const ended =
      typeof payload === 'string' && isKept
        ? idempotency.finish(call, {
            status: reply.statusCode,
            headers: headersOf(reply),
            body: payload,
            ...(streamDigest === undefined ? {} : { streamDigest }),
          })
        : idempotency.abandon(call)
    // What was done is noted with it, so the caller has the answer that there is.
    await ended.catch((error: unknown) => notKept(request, error, 'an answer was not kept by its key'))
    return payload
  })
}

function callOf(request: FastifyRequest, key: string): IdempotentCall {
  if (key.length < 1 || key.length > LONGEST_KEY)
    throw new ValidationError([
      { path: 'Idempotency-Key', message: `must have 1 to ${LONGEST_KEY} characters` },
    ])
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

function lostAnswer({ key }: IdempotentCall): ConflictError {
  return new ConflictError(
    'What was asked with this Idempotency-Key is done, and its answer was lost: read what it made, in place of asking again',
    { key },
  )
}

function otherBody({ key }: IdempotentCall): ConflictError {
  return new ConflictError('This Idempotency-Key was used with another body: use a new key', { key })
}

/** Digests a streamed body while it is read by whoever reads it. */
function digestStream(request: FastifyRequest, body: Readable): () => string | undefined {
  const hash = createHash('sha256')
  let digest: string | undefined
  async function* read(): AsyncIterable<Buffer> {
    for await (const chunk of chunksOf(body)) {
      hash.update(chunk)
      yield chunk
    }
    digest = hash.digest('base64url')
  }
  request.body = Readable.from(read())
  return () => digest
}

async function digestOf(body: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunksOf(body)) hash.update(chunk)
  return hash.digest('base64url')
}

function isFinal(status: number): boolean {
  return status < 500 && ![401, 403, 404, 429].includes(status)
}

function headersOf(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    HEADERS_KEPT.flatMap((name) => (reply.hasHeader(name) ? [[name, String(reply.getHeader(name))]] : [])),
  )
}
