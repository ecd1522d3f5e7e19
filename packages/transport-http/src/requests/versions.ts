import { ValidationError, VersionConflictError } from '@muster/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route answers with an `ETag`; where it changes what is there, it honours `If-Match`. */
    etag?: boolean
  }
}

/** One entity tag (RFC 9110, 8.8.3), or any. */
export const IF_MATCH = /^(?:\*|(W\/)?"([\x21\x23-\x7e\x80-\xff]*)")$/
const VERSION = /^\d{1,9}$/

/**
 * The version that the caller has seen, from `If-Match`; undefined where it says nothing or `*`.
 * @throws ValidationError where it is not one tag
 * @throws VersionConflictError for one that no version has: If-Match compares strongly (RFC 9110, 13.1.1)
 */
export function ifMatch(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header === '*') return undefined
  const [, weak, tag] = IF_MATCH.exec(header) ?? []
  if (tag === undefined)
    throw new ValidationError([
      { path: 'If-Match', message: 'must be one ETag of this resource, such as "3"' },
    ])
  if (weak !== undefined || !VERSION.test(tag))
    throw new VersionConflictError(`No version of this resource has the ETag ${header}`)
  return Number(tag)
}

/** Answers with a versioned thing and its version as a strong ETag (RFC 9110, 8.8.3). */
export function versioned<Thing extends { readonly version: number }>(
  reply: FastifyReply,
  thing: Thing,
  status = 200,
): Thing {
  void reply.status(status).header('etag', `"${thing.version}"`)
  return thing
}
