import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import {
  type Assignment,
  type ErrorCode,
  type Issue,
  MusterError,
  UnavailableError,
  ValidationError,
} from '@muster/core'
import { type Outages, plainError, publicMessage } from '@muster/core/support'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { assignmentView } from '../views.ts'

/** Codes that only a transport can cause, beside those of core. */
export type HttpCode =
  | Exclude<
      ErrorCode,
      // Of handlers and backends: no caller meets them.
      | 'queue_error'
      | 'non_retryable'
      | 'too_many_asks'
      | 'ask_timed_out'
      | 'ask_cancelled'
      | 'unstorable'
      | 'not_now'
    >
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'range_not_satisfiable'
  | 'rate_limited'
  | 'internal'

/** The one table from code to status. */
export const STATUS_BY_CODE: Readonly<Record<HttpCode, number>> = {
  validation_failed: 400,
  job_validation_failed: 400,
  bad_cron: 400,
  bad_zone: 400,
  never: 400,
  too_far: 400,
  too_many: 400,
  parent_unknown: 400,
  ask_refused: 400,
  ask_changed: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  already_assigned: 409,
  no_eligible_person: 409,
  invalid_transition: 409,
  lease_lost: 409,
  run_state: 409,
  unique_held: 409,
  parent_failed: 409,
  price_missing: 400,
  price_used: 409,
  changed: 409,
  version_conflict: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
  busy: 503,
  closed: 503,
}

export function isHttpCode(code: string): code is HttpCode {
  return code in STATUS_BY_CODE
}

const TITLES: Readonly<Record<HttpCode, string>> = {
  validation_failed: 'The request is not valid',
  job_validation_failed: 'The job is not valid',
  bad_cron: 'The expression is not valid',
  bad_zone: 'The zone is not known',
  never: 'It never comes',
  too_far: 'Too far ahead',
  too_many: 'Too many at once',
  parent_unknown: 'No such job to wait for',
  ask_refused: 'The question cannot be put to people',
  ask_changed: 'Another question has that name',
  unauthorized: 'Who is calling?',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Conflict',
  already_assigned: 'Already assigned',
  no_eligible_person: 'Nobody may take it now',
  invalid_transition: 'Not possible in this state',
  lease_lost: 'The hold has ended',
  run_state: 'Not possible in the state of the run',
  unique_held: 'Another job holds its unique key',
  parent_failed: 'It ended because of a job that it waited for',
  price_missing: 'A model of the run has no price',
  price_used: 'Calls were recorded by then',
  version_conflict: 'Somebody was faster',
  changed: 'The filter matches more now',
  payload_too_large: 'Too large',
  unsupported_media_type: 'Unsupported media type',
  range_not_satisfiable: 'Nothing is there',
  rate_limited: 'Too many requests',
  internal: 'Something went wrong here',
  unavailable: 'Not available right now',
  busy: 'Too busy right now',
  closed: 'About to end',
}

/** RFC 9457, with `code` and `errors`; further members come from the error's details. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: HttpCode
  readonly requestId: string
  readonly errors?: readonly Issue[]
  readonly [member: string]: unknown
}

/** How long to wait before trying again when a backend is away. */
const RETRY_AFTER_SECONDS = 2

function problemOf(
  code: HttpCode,
  detail: string,
  requestId: string,
  members: Readonly<Record<string, unknown>> = {},
): Problem {
  const standing = { type: `urn:muster:problem:${code}`, title: TITLES[code], status: STATUS_BY_CODE[code] }
  return { ...members, ...standing, detail, code, requestId }
}

/** Answers with a problem; every error of a request leaves the transport through here. */
function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: HttpCode,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const problem = problemOf(code, detail, request.id, members)
  if (code === 'unauthorized') void reply.header('www-authenticate', 'Bearer')
  if ((STATUS_BY_CODE[code] === 503 || code === 'rate_limited') && !reply.hasHeader('retry-after'))
    void reply.header('retry-after', RETRY_AFTER_SECONDS)
  return reply
    .status(problem.status)
    .type('application/problem+json')
    .serializer(JSON.stringify)
    .send(problem)
}

/**
 * Every error and every unknown route as a problem. Nothing internal leaves: what is not ours is logged, as a plain error, and answered as `internal`.
 * A backend that is away is reported to `outages`, once for all requests; without them each answer is a line.
 */
export function answerWithProblems(app: FastifyInstance, outages?: Outages): void {
  app.setErrorHandler<FastifyError | MusterError>((error, request, reply) => {
    if (error instanceof ValidationError)
      return sendProblem(request, reply, error.code, error.message, {
        ...error.details,
        errors: error.issues,
      })
    if (error instanceof MusterError) return sendMusterError(error, request, reply, outages)
    if (error instanceof HostReadBodyError) {
      request.log.error({ err: plainError(error) }, error.message)
      return sendProblem(request, reply, 'internal', error.message)
    }
    return sendFrameworkError(error, request, reply)
  })
  app.setNotFoundHandler((request) => {
    throw unknownRoute(request)
  })
}

/**
 * For `frameworkErrors` of a host's Fastify: a path that cannot be decoded, or has a part longer than any id, names nothing. Fastify
 * answers it before any plugin is asked.
 */
export function answerUnroutable(_error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendFrameworkError(unknownRoute(request), request, reply)
}

/**
 * For `clientErrorHandler` of a host's Fastify: what is no HTTP, or has headers that are too large, never becomes a request. It is answered with a
 * problem on the bare socket, which is then closed.
 */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const problem = tooLarge
    ? problemOf('payload_too_large', 'The headers are larger than this server reads', randomUUID())
    : problemOf('validation_failed', 'This is no HTTP request', randomUUID(), {
        errors: [{ path: '', message: 'is no HTTP request' }],
      })
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** An error with a status of {@link CODE_BY_STATUS}. */
type Refusal = Error & { readonly statusCode: number }

/** A body that was read before, by a parser that did not leave it in `request.body`. */
export class HostReadBodyError extends Error {
  override readonly name = 'HostReadBodyError'
  readonly statusCode = 500

  constructor() {
    super(
      'The body was read before Muster could read it: let the host’s parser leave it in request.body, or serve Muster before that parser',
    )
  }
}

/** What this transport refuses by itself with a status of {@link CODE_BY_STATUS}. */
export function refusal(statusCode: number, message: string): Refusal {
  return Object.assign(new Error(message), { statusCode })
}

export function unknownRoute({ method, url }: FastifyRequest): Refusal {
  return refusal(404, `There is no ${method} ${pathOnly(url)}`)
}

function pathOnly(url: string): string {
  return url.split('?', 1)[0] ?? url
}

function sendMusterError(
  error: MusterError,
  request: FastifyRequest,
  reply: FastifyReply,
  outages: Outages | undefined,
): FastifyReply {
  const { code } = error
  if (!isHttpCode(code)) return sendInternal(error, request, reply)
  if (error instanceof UnavailableError) {
    if (outages) outages.failed(error)
    else request.log.warn({ err: plainError(error) }, 'a backend is away')
  }
  return sendProblem(request, reply, code, publicMessage(error), membersOf(error))
}

/** The details of an error as they go out. Who is told of a row already there manages it, and sees results once they are submitted. */
export function membersOf({ details }: MusterError): Readonly<Record<string, unknown>> {
  const row = details['assignment'] as Assignment | undefined
  if (row === undefined) return details
  const seen = { ...row, result: row.status === 'submitted' ? row.result : null }
  return { ...details, assignment: assignmentView(seen) }
}

/** What Fastify and its plugins refuse by themselves. */
const CODE_BY_STATUS: ReadonlyMap<number | undefined, HttpCode> = new Map([
  [400, 'validation_failed'],
  [404, 'not_found'],
  [413, 'payload_too_large'],
  [415, 'unsupported_media_type'],
  [416, 'range_not_satisfiable'],
  [429, 'rate_limited'],
  [503, 'unavailable'],
])

function sendFrameworkError(
  error: FastifyError | Refusal,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const code = CODE_BY_STATUS.get(error.statusCode)
  if (code === undefined) return sendInternal(error, request, reply)
  const members = code === 'validation_failed' ? { errors: [{ path: '', message: error.message }] } : {}
  return sendProblem(request, reply, code, error.message, members)
}

function sendInternal(error: Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.raw.destroyed && !request.raw.complete) request.log.info('the caller went away')
  else request.log.error({ err: plainError(error) }, 'a request failed')
  return sendProblem(
    request,
    reply,
    'internal',
    'The request failed; the log of the server knows more under its requestId',
  )
}
