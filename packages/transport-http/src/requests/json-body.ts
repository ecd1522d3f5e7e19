import { ValidationError } from '@muster/core'
import { parseJson } from '@muster/core/support'
import { errorCodes, type FastifyInstance } from 'fastify'

const JSON_TYPE = 'application/json'

/**
 * Reads bodies of JSON, and no others: what is not UTF-8 is refused, not bent (RFC 8259, 8.1), so is a number that would become another, and one
 * that is announced but empty is one that is missing. Any key is a key, `__proto__` too: it becomes a property of its own.
 */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    if (body.length === 0) return done(null, undefined)
    const text = utf8(body)
    if (text === undefined) return done(new ValidationError([{ path: '', message: 'is not UTF-8' }]))
    // Behind the parser, null means that there is no body.
    if (text.trim() === 'null') return done(new ValidationError([{ path: '', message: 'must be an object' }]))
    let value: unknown
    try {
      value = parseJson(text)
    } catch (error) {
      return done(error instanceof ValidationError ? error : new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY())
    }
    return done(null, value)
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
