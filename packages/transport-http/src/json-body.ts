import { ValidationError } from '@muster/core'
import type { FastifyInstance } from 'fastify'

const JSON_TYPE = 'application/json'

/**
 * Reads bodies of JSON, and no others: what is not UTF-8 is refused, not bent (RFC 8259, 8.1), and one that is announced but empty is
 * one that is missing.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  const parseJson = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined)
    const text = utf8(body)
    if (text === undefined) return done(new ValidationError([{ path: '', message: 'is not UTF-8' }]))
    // Behind the parser, null means that there is no body.
    if (text.trim() === 'null') return done(new ValidationError([{ path: '', message: 'must be an object' }]))
    return parseJson(request, text, done)
  })
}

/** The text that these bytes are, or `undefined` where they are none. */
export function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
