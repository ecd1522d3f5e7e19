import type { Random } from '../../environment.ts'
import { MusterError, NotNowError } from '../../errors.ts'
import { withoutSecrets } from '../../logging/plain-error.ts'
import type { JobError, RetryPolicy } from '../job.ts'
import { answerOf, FINAL_STATUS } from './answer.ts'
import { retryAfterMs } from './retry-after.ts'
import { causesOf, field, textField } from './thrown.ts'

/** Attempts in all and the wait between them, if a job type says nothing of its own. */
export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 3, baseMs: 5_000, capMs: 60_000 }

/** So many answers in a row that ask to wait use no attempt of their job; each further one does. */
export const MAX_NOT_NOW = 50

/** Longest error message that is kept; what is longer is cut. */
const MAX_MESSAGE = 2_000

/** Said of a value that throws when it is looked at. */
const UNREADABLE = 'The handler threw something that cannot be described'

/** So many of the errors in an AggregateError are read. */
const MAX_AMONG = 100

const FINAL_CODES: ReadonlySet<string> = new Set([
  'validation_failed',
  'job_validation_failed',
  'unauthorized',
  'forbidden',
  'not_found',
  'non_retryable',
  'too_many_asks',
  'ask_refused',
  'ask_changed',
  'ask_timed_out',
  'ask_cancelled',
  'unstorable',
])

/** The policy of a job type, with what it leaves out. */
export function retryPolicy(policy: Partial<RetryPolicy> = {}): RetryPolicy {
  return {
    maxAttempts: policy.maxAttempts ?? DEFAULT_RETRY.maxAttempts,
    baseMs: policy.baseMs ?? DEFAULT_RETRY.baseMs,
    capMs: policy.capMs ?? DEFAULT_RETRY.capMs,
  }
}

/** A failure, and how long the other side asked to be left alone. */
export interface Failure {
  readonly error: JobError
  readonly retryAfterMs?: number | undefined
  /** The other side asked to wait: that uses time, not an attempt (see {@link MAX_NOT_NOW}). */
  readonly notNow?: boolean
  /** The key that it meant, of the job's. */
  readonly key?: string | undefined
}

const JUDGED = new WeakMap<object, Failure>()

/** Says what {@link classify} shall make of `error`: it was read elsewhere, while it was live, and is a copy here. */
export function judged<Thrown extends object>(error: Thrown, failure: Failure): Thrown {
  JUDGED.set(error, failure)
  return error
}

/**
 * Reads whatever a handler threw, while it is live: some clients' errors lose their headers when they are copied. Network errors, time-outs, 408, 409, 425, 429 and
 * 5xx may be tried again; validation, other 4xx that cannot change by waiting, and {@link NonRetryableError} may not. Unknown errors are tried again.
 * `notNow`: 429, but for an account that is used up; 503 and 529 with `Retry-After`; {@link NotNowError}.
 */
export function classify(thrown: unknown, now: Date): Failure {
  const elsewhere = typeof thrown === 'object' && thrown !== null ? JUDGED.get(thrown) : undefined
  if (elsewhere) return elsewhere
  try {
    return classifyAll(thrown, now)
  } catch {
    // Proxies and getters of foreign code may throw wherever they are touched.
    return { error: { code: 'handler_failed', message: UNREADABLE, retryable: true } }
  }
}

function classifyAll(thrown: unknown, now: Date): Failure {
  const among = textField(thrown, 'name') === 'AggregateError' ? field(thrown, 'errors') : undefined
  if (!Array.isArray(among)) return classifyOne(thrown, now)
  // One of several that may succeed later is enough; it counts unless all of those ask to wait.
  const failures = among.slice(0, MAX_AMONG).map((error) => classifyOne(error, now))
  const counted = failures.find(({ error, notNow }) => error.retryable && !notNow)
  return counted ?? failures.find(({ notNow }) => notNow) ?? failures[0] ?? classifyOne(thrown, now)
}

function classifyOne(thrown: unknown, now: Date): Failure {
  const causes = causesOf(thrown)
  const message = messageOf(thrown)
  const muster = causes.find((error) => error instanceof MusterError)
  const answered = answerOf(causes)
  // The outer one of the two knows what the inner one meant.
  if (muster && (!answered || causes.indexOf(muster) <= causes.indexOf(answered.error))) {
    const retryable = !FINAL_CODES.has(muster.code)
    return {
      error: { code: muster.code, message, retryable },
      retryAfterMs: retryable ? retryAfterMs(muster, now) : undefined,
      notNow: muster instanceof NotNowError,
      ...(muster instanceof NotNowError && typeof muster.details['key'] === 'string'
        ? { key: muster.details['key'] }
        : {}),
    }
  }
  const { code, retryable, asksToWait } = answered ?? {
    code: 'handler_failed',
    retryable: true,
    asksToWait: 'no',
  }
  const error = { code, message, retryable }
  if (!retryable) return { error }
  const asked = [answered?.error, ...causes]
    .map((cause) => retryAfterMs(cause, now))
    .find((ms) => ms !== undefined)
  const notNow = asksToWait === 'yes' || (asksToWait === 'with a time' && asked !== undefined)
  return { error, retryAfterMs: asked, notNow }
}

/** A failure as somebody outside tells it, in words of their own. */
export interface ToldFailure {
  /** Such as `handler_failed`, or `http_<status>` of the other side's answer. */
  readonly code: string
  readonly message: string
  /** Default: as the code says. */
  readonly retryable?: boolean | undefined
  readonly retryAfterSeconds?: number | undefined
  /** The key that it meant, of the job's. */
  readonly key?: string | undefined
}

/** The codes of answers that ask to wait, and those that do so only if they name a time. */
const NOT_NOW_CODES: ReadonlySet<string> = new Set(['not_now', 'http_429'])
const NOT_NOW_WITH_A_TIME: ReadonlySet<string> = new Set(['http_503', 'http_529'])

/** Makes of an error that is told the same as {@link classify} of one that was thrown. */
export function classifyTold(
  { code, message, retryable, retryAfterSeconds, key }: ToldFailure,
  now: Date,
): Failure {
  const status = Number(/^http_(\d{3})$/.exec(code)?.[1])
  const mayRetry = retryable ?? !(FINAL_CODES.has(code) || FINAL_STATUS.has(status))
  const error = { code, message: storableText(message), retryable: mayRetry }
  if (!mayRetry) return { error }
  const asked = retryAfterMs({ retryAfterSeconds }, now)
  const notNow = NOT_NOW_CODES.has(code) || (NOT_NOW_WITH_A_TIME.has(code) && asked !== undefined)
  return { error, retryAfterMs: asked, notNow, key }
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

/** Any text of the outside as it can be kept everywhere: whole characters, no U+0000, not endless, nothing that opens doors. */
function storableText(text: string): string {
  const whole = withoutSecrets(text).toWellFormed().replaceAll('\u0000', '\uFFFD')
  return whole.length <= MAX_MESSAGE ? whole : `${whole.slice(0, MAX_MESSAGE - 1).toWellFormed()}…`
}

function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return storableText(thrown.message || thrown.name)
    if (typeof thrown === 'object' && thrown !== null) {
      return storableText(textField(thrown, 'message') || 'The handler threw an object without a message')
    }
    return storableText(`The handler threw ${String(thrown)}`)
  } catch {
    return UNREADABLE
  }
}
