import { ValidationError } from '@muster/core'
import type { FastifyReply, FastifyRequest } from 'fastify'

const STRONG_TAG = /^"(\d+)"$/

/**
 * The version that the caller has seen, from `If-Match`; undefined where it says nothing or `*`.
 * @throws ValidationError where it is not one strong tag as given in an ETag
 */
export function ifMatch(request: FastifyRequest): number | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header === '*') return undefined
  const version = STRONG_TAG.exec(header)?.[1]
  if (version === undefined)
    throw new ValidationError([
      { path: 'If-Match', message: 'must be one ETag of this resource, such as "3"' },
    ])
  return Number(version)
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
