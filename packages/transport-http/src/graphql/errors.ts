import { MusterError, UnavailableError, ValidationError } from '@muster/core'
import { publicMessage } from '@muster/core/support'
import type { Muster } from '@muster/host'
import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { type HttpCode, isHttpCode, membersOf, STATUS_BY_CODE } from '../requests/problem.ts'

/** An error as it goes out: what HTTP says in a problem, in `extensions`. Nothing internal leaves: what is not ours is logged, as a plain error, and answered as `internal`. */
export function outgoingError(
  error: unknown,
  { logger, outages }: Pick<Muster, 'logger' | 'outages'>,
): GraphQLError {
  const located = error instanceof GraphQLError ? error : undefined
  const cause = located === undefined ? error : located.originalError
  // Of GraphQL itself: the document or the request is not as it should be.
  if (located !== undefined && (cause == null || cause instanceof GraphQLError)) {
    located.extensions['code'] = codeOf(located)
    return located
  }
  if (cause instanceof MusterError && isHttpCode(cause.code)) {
    if (cause instanceof UnavailableError) outages.failed(cause)
    const members = cause instanceof ValidationError ? { errors: cause.issues } : membersOf(cause)
    return at(located, publicMessage(cause), cause.code, members)
  }
  logger.error({ err: cause }, 'a GraphQL operation failed')
  return at(located, 'The operation failed; the log of the server knows more', 'internal', {})
}

/** Gives what a document breaks the code that such has everywhere. */
export function codeValidation(): Plugin {
  return {
    onValidate:
      () =>
      ({ valid, result }) => {
        if (valid) return
        for (const error of result as GraphQLError[]) error.extensions['code'] = 'validation_failed'
      },
  }
}

function at(
  located: GraphQLError | undefined,
  message: string,
  code: HttpCode,
  members: Readonly<Record<string, unknown>>,
): GraphQLError {
  return new GraphQLError(message, {
    nodes: located?.nodes,
    source: located?.source,
    positions: located?.positions,
    path: located?.path,
    extensions: { ...members, code, ...(STATUS_BY_CODE[code] === 503 ? { http: AWAY } : {}) },
  })
}

const AWAY = { status: STATUS_BY_CODE.unavailable, headers: { 'retry-after': '2' } }

const CODE_BY_STATUS: ReadonlyMap<unknown, HttpCode> = new Map([
  [413, 'payload_too_large'],
  [415, 'unsupported_media_type'],
])

function codeOf({ extensions }: GraphQLError): HttpCode {
  return CODE_BY_STATUS.get(extensions.http?.status) ?? 'validation_failed'
}
