import type { Issue, Json } from './json/json.ts'

/**
 * Every error that Muster means to give. Transports map the `code` (and through it the class), never the text;
 * the message is for people and names what was wrong and what to do.
 */
export abstract class MusterError extends Error {
  abstract readonly code: ErrorCode
  /** Machine-readable facts that belong to the error, such as `from` and `to`. Safe to show to the caller. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(message: string, details: Readonly<Record<string, unknown>> = {}, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.details = details
  }
}

/** The kind of an error, by a name that stays: transports and callers go by it, never by the message. */
export type ErrorCode =
  | 'validation_failed'
  | 'job_validation_failed'
  | 'bad_cron'
  | 'bad_zone'
  | 'never'
  | 'too_far'
  | 'too_many'
  | 'parent_unknown'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'already_assigned'
  | 'no_eligible_person'
  | 'lease_lost'
  | 'version_conflict'
  | 'changed'
  | 'invalid_transition'
  | 'run_state'
  | 'unique_held'
  | 'parent_failed'
  | 'price_used'
  | 'price_missing'
  | 'queue_error'
  | 'unavailable'
  | 'busy'
  | 'closed'
  | 'unstorable'
  | 'ask_refused'
  | 'ask_changed'
  | 'ask_timed_out'
  | 'ask_cancelled'
  | 'too_many_asks'
  | 'non_retryable'
  | 'not_now'

/** The codes of input that is not valid. */
type ValidationCode = Extract<
  ErrorCode,
  | 'validation_failed'
  | 'job_validation_failed'
  | 'bad_cron'
  | 'bad_zone'
  | 'never'
  | 'too_far'
  | 'too_many'
  | 'parent_unknown'
  | 'price_missing'
  | 'ask_refused'
  | 'ask_changed'
>

/** The input breaks a rule. `issues` names each place and the rule; nothing was done. */
export class ValidationError extends MusterError {
  readonly code: ValidationCode = 'validation_failed'
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[], message = 'The input is not valid') {
    super(`${message}: ${issues.map(({ path, message: why }) => `${path || 'input'} ${why}`).join('; ')}`)
    this.issues = issues
  }
}

/** A job's payload is not what its job type takes; found when the job is made, never at the worker. */
export class JobValidationError extends ValidationError {
  override readonly code = 'job_validation_failed'
}

/** More in one call than it takes, a time that is too far ahead, or a job to wait for that is none of the project. */
export class OutOfBoundsError extends ValidationError {
  override readonly code: 'too_far' | 'too_many' | 'parent_unknown'

  constructor(code: OutOfBoundsError['code'], path: string, message: string) {
    super([{ path, message }])
    this.code = code
  }
}

/**
 * A rule in time that cannot be: an expression or a zone that is not understood, or one that never comes. `details` names the `field` (of an
 * expression: `minute`, `hour`, `day`, `month` or `weekday`, or `cron` as a whole) and says `why`.
 */
export class BadCronError extends ValidationError {
  override readonly code: 'bad_cron' | 'bad_zone' | 'never'
  override readonly details: { readonly field: string; readonly why: string }

  /** `path` ends with the member at fault. */
  constructor(
    code: BadCronError['code'],
    field: string,
    why: string,
    path: string = code === 'bad_zone' ? 'zone' : 'cron',
  ) {
    const message = path.endsWith(field) ? why : `in the field ${field}: ${why}`
    super([{ path, message }], 'The rule in time is not valid')
    this.code = code
    this.details = { field, why }
  }
}

/** Nobody is known to be calling: no token, or one that does not hold. */
export class UnauthorizedError extends MusterError {
  readonly code = 'unauthorized'
}

/** The caller is known and may see the thing, but not do this to it. */
export class ForbiddenError extends MusterError {
  readonly code = 'forbidden'
}

/** There is no such thing, or none that the caller may know of. */
export class NotFoundError extends MusterError {
  readonly code = 'not_found'

  constructor(what: string, id: string) {
    super(`There is no ${what} ${id}`, { what, id })
  }
}

/** The request is fine by itself but not in the state that things are in. */
export class ConflictError extends MusterError {
  readonly code: ErrorCode = 'conflict'
}

/** The person already has a row on this step of this task. `details.assignment` is that row. */
export class AlreadyAssignedError extends ConflictError {
  override readonly code = 'already_assigned'
}

/** Nobody may take the step now. `details.decision` explains each person considered. */
export class NoEligiblePersonError extends ConflictError {
  override readonly code = 'no_eligible_person'
}

/** The hold that the move acts on has ended, or a newer attempt has begun. The submitted result is kept as a draft. */
export class LeaseLostError extends ConflictError {
  override readonly code = 'lease_lost'
}

/** Somebody changed the thing first: read it again and decide again. `details.version` is the version now. */
export class VersionConflictError extends ConflictError {
  override readonly code = 'version_conflict'
}

/** The filter matches many more than the caller expects, so nothing was done. `details.count` is how many it matches now. */
export class ChangedError extends ConflictError {
  override readonly code = 'changed'

  constructor(what: string, expected: number, count: number) {
    super(`The filter matches ${count} ${what} now, not the ${expected} that were expected`, {
      expected,
      count,
    })
  }
}

/** The state table has no such move. `details` names both states as `from` and `to`. */
export class InvalidTransitionError extends ConflictError {
  override readonly code = 'invalid_transition'

  constructor(what: string, from: string, to: string) {
    super(`${what} cannot go from ${from} to ${to}`, { from, to })
  }
}

/** A job cannot be tried again while another holds its unique key. `details.jobId` is that other job. */
export class UniqueHeldError extends ConflictError {
  override readonly code = 'unique_held'

  constructor(itemId: string, jobId: string) {
    super(`Item ${itemId} cannot be tried again: job ${jobId} holds its unique key`, { jobId })
  }
}

/** A job ended because of one that it waited for: it goes on without that only if it is forced. `details` name that one. */
export class ParentFailedError extends ConflictError {
  override readonly code = 'parent_failed'

  constructor(itemId: string, details: { readonly jobId: string; readonly type: string } | undefined) {
    super(`Item ${itemId} ended because of a job that it waited for: retry that one, or force this one`, {
      ...details,
    })
  }
}

/** A run cannot be paused, resumed, cancelled or retried in the state it is in. */
export class RunStateError extends ConflictError {
  override readonly code = 'run_state'

  constructor(move: string, status: string, origin?: 'import') {
    const run = origin === undefined ? `A ${status} run` : 'A run that was imported'
    super(`${run} cannot ${move}`, { move, status })
  }
}

/** Calls of the model were recorded at or after the moment from which the price should hold: what they cost stays. Take a later one. */
export class PriceUsedError extends ConflictError {
  override readonly code = 'price_used'

  constructor(model: string, from: Date, recordedAt: Date) {
    super(
      `Calls of ${model} were recorded until ${recordedAt.toISOString()}: a price of it must begin later`,
      {
        model,
        from: from.toISOString(),
        recordedAt: recordedAt.toISOString(),
      },
    )
  }
}

/** A run with a budget has a model without a price, and its job type estimates no cost: nothing would tell how far the money goes. */
export class PriceMissingError extends ValidationError {
  override readonly code = 'price_missing'
  override readonly details: { readonly model: string }

  constructor(model: string) {
    const message = `needs a price of the model ${model}, or a job type that estimates costMicros`
    super([{ path: 'budgetMicros', message }])
    this.details = { model }
  }
}

/** The backend of an error, beside its cause. */
export interface BackendErrorOptions extends ErrorOptions {
  /** The backend that is away, by a name that all errors of it share; null if none is, and the call only came at a bad moment. */
  readonly backend?: string | null
}

/** The job queue could not take or give work. */
export class QueueError extends MusterError {
  readonly code = 'queue_error'
  /** See {@link BackendErrorOptions}; `job queue` if not given. */
  readonly backend: string | null

  constructor(
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    { backend = 'job queue', ...options }: BackendErrorOptions = {},
  ) {
    super(message, details, options)
    this.backend = backend
  }
}

/** A backend is away. The same call may succeed later; `details.retryAfterSeconds` says when to try, if known. */
export class UnavailableError extends MusterError {
  readonly code: 'unavailable' | 'busy' = 'unavailable'
  /** See {@link BackendErrorOptions}; `persistence` if not given. */
  readonly backend: string | null

  constructor(
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    { backend = 'persistence', ...options }: BackendErrorOptions = {},
  ) {
    super(message, details, options)
    this.backend = backend
  }
}

/** The backend is there, but this waited too long behind others and was given up. Nothing of it was done. */
export class BusyError extends UnavailableError {
  override readonly code = 'busy'

  constructor(
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    options: BackendErrorOptions = {},
  ) {
    super(message, details, { backend: null, ...options })
  }
}

/**
 * The backend refuses this program, and waiting cannot help: a wrong password, a missing privilege, a schema that is not ours. The message
 * says what a person must change. It is for those who run the program, so transports do not pass it on.
 */
export class MisconfiguredError extends UnavailableError {}

/**
 * Whether only a person can put it right, as the message says: {@link MisconfiguredError}, or an error of an adapter that says so of itself by
 * `misconfigured: true`.
 */
export function isMisconfiguration(error: unknown): boolean {
  if (error instanceof MisconfiguredError) return true
  return error instanceof Error && 'misconfigured' in error && error.misconfigured === true
}

/** A table or function of the backend is missing: no later try of this process finds it, so loops give up. */
export class WrongSchemaError extends MisconfiguredError {}

/** An error in words that a caller may read: how this program is set up is for those who run it. */
export function publicMessage(error: MusterError): string {
  if (error instanceof MisconfiguredError)
    return 'A backend refuses this server, whose log says what to change'
  return error instanceof ClosedError ? 'This server is about to end' : error.message
}

/** This Muster was closed, and nothing was done: what was put in hand before is kept, and goes on wherever another process runs. */
export class ClosedError extends MusterError {
  readonly code = 'closed'

  constructor(message = 'This Muster was closed: make another with createMuster') {
    super(message)
  }
}

/** The backend is well and refuses this value. Storing the same again cannot succeed. */
export class UnstorableError extends MusterError {
  readonly code = 'unstorable'
}

/** Thrown by a handler to say that trying again cannot help: its job fails at once. */
export class NonRetryableError extends MusterError {
  readonly code: 'non_retryable' | 'too_many_asks' = 'non_retryable'

  constructor(message: string, details: Readonly<Record<string, Json>> = {}, options?: ErrorOptions) {
    super(message, details, options)
  }
}

/** The job has put as many questions as it may. */
export class TooManyAsksError extends NonRetryableError {
  override readonly code = 'too_many_asks'
}

/**
 * The question of a handler cannot be put to people: no workflow takes it, its form is not known or does not fit its payload (`ask_refused`), or another
 * one had its name first (`ask_changed`). The job does not fall asleep.
 */
export class AskRefusedError extends ValidationError {
  override readonly code: 'ask_refused' | 'ask_changed'

  constructor(issues: readonly Issue[], code: AskRefusedError['code'] = 'ask_refused') {
    super(issues, 'The question cannot be put to people')
    this.code = code
  }
}

/** Nobody answered in time, and the question has no default answer. */
export class AskTimedOutError extends MusterError {
  readonly code = 'ask_timed_out'

  constructor(name: string, taskId: string) {
    super(`Nobody answered ${name} in time`, { name, taskId })
  }
}

/** The task of the question was cancelled. */
export class AskCancelledError extends MusterError {
  readonly code = 'ask_cancelled'

  constructor(name: string, taskId: string) {
    super(`The task of ${name} was cancelled`, { name, taskId })
  }
}

/**
 * Thrown by a handler whose other side asks to wait: its job is tried again later without having used an attempt. `retryAfterSeconds`: not before then, at
 * most 24 hours; what is no number from 0 is as if it were not said. `key`: the one of the job's keys under which nothing is to begin until then; without it
 * the first of them.
 */
export class NotNowError extends MusterError {
  readonly code = 'not_now'

  constructor(
    {
      retryAfterSeconds,
      key,
      message = 'The other side asks to wait',
    }: {
      readonly retryAfterSeconds?: number | undefined
      readonly key?: string | undefined
      readonly message?: string | undefined
    } = {},
    options?: ErrorOptions,
  ) {
    const said = {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      ...(key !== undefined && { key }),
    }
    super(message, said, options)
  }
}
