import { MusterError, NonRetryableError, Unavailable, ValidationError } from '../errors.ts'
import type { Random } from '../ports.ts'
import type { JobError, RetryPolicy } from './job.ts'

/** Attempts in all and the wait between them, where a job type says nothing of its own. */
export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 3, baseMs: 5_000, capMs: 60_000 }

/** Longest wait that another side's `Retry-After` is granted. */
export const MAX_RETRY_AFTER_MS = 24 * 60 * 60 * 1_000

/** Longest error message that is kept; what is longer is cut. */
const MAX_MESSAGE = 2_000

const RETRYABLE_STATUS = new Set([408, 425, 429])
const FINAL_STATUS = new Set([400, 401, 403, 404, 422])
const FINAL_CODES: ReadonlySet<string> = new Set(['unauthorized', 'forbidden', 'not_found', 'non_retryable'])
/** Errors of the validation libraries that handlers use on what the other side sent. */
const VALIDATION_NAMES: ReadonlySet<string> = new Set([
  'ZodError',
  '$ZodError',
  'ValiError',
  'ValidationError',
  'SchemaError',
])
const NETWORK_CODE =
  /^(E(CONN(RESET|REFUSED|ABORTED)|PIPE|HOST(UNREACH|DOWN)|NET(UNREACH|DOWN|RESET)|AI_AGAIN|NOTFOUND)|UND_ERR_(SOCKET|CONNECT_TIMEOUT))$/
const TIMEOUT_CODE = /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(HEADERS|BODY)_TIMEOUT)$/

/** The policy of a job type, with what it leaves out. */
export function retryPolicy(policy: Partial<RetryPolicy> = {}): RetryPolicy {
  return {
    maxAttempts: policy.maxAttempts ?? DEFAULT_RETRY.maxAttempts,
    baseMs: policy.baseMs ?? DEFAULT_RETRY.baseMs,
    capMs: policy.capMs ?? DEFAULT_RETRY.capMs,
  }
}

/** What went wrong, and how long the other side asked to be left alone. */
export interface Failure {
  readonly error: JobError
  readonly retryAfterMs?: number | undefined
}

/**
 * Reads whatever a handler threw. Network errors, timeouts, 408, 425, 429 and 5xx may be tried again; validation, 400, 401, 403, 404, 422 and
 * {@link NonRetryableError} may not. What is unknown is tried again. `Retry-After` is found in the headers of the error or of its `response`,
 * in seconds or as an HTTP date (RFC 9110, 10.2.3), and in an {@link Unavailable}'s details.
 */
export function classify(thrown: unknown, now: Date): Failure {
  const error = causeWithMeaning(thrown)
  const message = messageOf(thrown)
  const fail = (code: string, retryable: boolean): Failure => ({
    error: { code, message, retryable },
    retryAfterMs: retryable ? retryAfterMs(error, now) : undefined,
  })
  if (error instanceof NonRetryableError) return fail(error.code, false)
  if (error instanceof ValidationError) return fail(error.code, false)
  if (error instanceof MusterError) return fail(error.code, !FINAL_CODES.has(error.code))
  const status = statusOf(error)
  if (status !== undefined) return fail(`http_${status}`, isRetryableStatus(status))
  const name = textField(error, 'name')
  if (name !== undefined && VALIDATION_NAMES.has(name)) return fail('validation_failed', false)
  const code = textField(error, 'code')
  if (name === 'TimeoutError' || (code !== undefined && TIMEOUT_CODE.test(code))) return fail('timeout', true)
  if (code !== undefined && NETWORK_CODE.test(code)) return fail('network_error', true)
  return fail('handler_failed', true)
}

/** Whether an answer with this HTTP status may be tried again. */
export function isRetryableStatus(status: number): boolean {
  return status >= 500 || RETRYABLE_STATUS.has(status) || !FINAL_STATUS.has(status)
}

/** Wait before the next attempt after attempt k failed: uniform in 0…min(cap, base·2^(k−1)), and never less than the other side asked for. */
export function retryDelayMs(
  policy: Pick<RetryPolicy, 'baseMs' | 'capMs'>,
  attempt: number,
  random: Random,
  retryAfter = 0,
): number {
  const most = Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempt - 1, 100))
  return Math.max(random.next() * most, retryAfter)
}

/** Any text of the outside as it can be kept everywhere: whole characters, no U+0000, not endless. */
function storableText(text: string): string {
  const whole = text.toWellFormed().replaceAll('\u0000', '\uFFFD')
  return whole.length <= MAX_MESSAGE ? whole : `${whole.slice(0, MAX_MESSAGE - 1).toWellFormed()}…`
}

function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return storableText(thrown.message || thrown.name)
    if (typeof thrown === 'object' && thrown !== null) {
      return storableText(textField(thrown, 'message') ?? `The handler threw ${JSON.stringify(thrown)}`)
    }
    return storableText(`The handler threw ${String(thrown)}`)
  } catch {
    return 'The handler threw something that cannot be described'
  }
}

/** `fetch` says what happened in the cause of a bare TypeError; so do many wrappers. The first with a status or a code, else the outermost. */
function causeWithMeaning(thrown: unknown): unknown {
  let error = thrown
  for (let depth = 0; depth < 5 && typeof error === 'object' && error !== null; depth++) {
    if (
      error instanceof MusterError ||
      statusOf(error) !== undefined ||
      textField(error, 'code') !== undefined
    )
      return error
    error = field(error, 'cause')
  }
  return thrown
}

function statusOf(error: unknown): number | undefined {
  for (const value of [
    field(error, 'status'),
    field(error, 'statusCode'),
    field(field(error, 'response'), 'status'),
  ]) {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599) return value
  }
  return undefined
}

function retryAfterMs(error: unknown, now: Date): number | undefined {
  const seconds = error instanceof Unavailable ? error.details['retryAfterSeconds'] : undefined
  const asked =
    typeof seconds === 'number'
      ? String(seconds)
      : (header(field(error, 'headers')) ?? header(field(field(error, 'response'), 'headers')))
  if (asked === undefined) return undefined
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(asked) ? Number(asked) * 1_000 : Date.parse(asked) - now.getTime()
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined
}

/** `Retry-After` of a Headers, a Map or a plain record. */
function header(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  const pairs: Iterable<readonly [unknown, unknown]> =
    headers instanceof Map || headers instanceof Headers ? headers.entries() : Object.entries(headers)
  for (const [name, value] of pairs) {
    if (
      String(name).toLowerCase() === 'retry-after' &&
      (typeof value === 'string' || typeof value === 'number')
    )
      return String(value)
  }
  return undefined
}

function textField(value: unknown, name: string): string | undefined {
  const found = field(value, name)
  return typeof found === 'string' ? found : undefined
}

/** A field of something foreign; a getter that throws has none. */
function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  try {
    return (value as Readonly<Record<string, unknown>>)[name]
  } catch {
    return undefined
  }
}
