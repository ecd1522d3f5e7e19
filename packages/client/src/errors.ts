/** A place in what was sent, and the rule that it breaks. */
export interface Issue {
  /** Such as `models[0]`. */
  readonly path: string
  readonly message: string
}

/** What a {@link MusterError} is made of. */
export interface Refusal {
  readonly code: string
  /** Of the answer; null where there was none. */
  readonly status: number | null
  readonly requestId?: string | undefined
  readonly issues?: readonly Issue[]
  readonly details?: Readonly<Record<string, unknown>>
}

/** A call was refused, or did not come through. Its class goes by the status of the answer, `code` says why. */
export class MusterError extends Error {
  /** Of the problem, such as `already_assigned`: stable. `no_problem` where the answer is none of Muster's, `no_answer` where there is none. */
  readonly code: string
  readonly status: number | null
  /** By which the server's log tells of the call. */
  readonly requestId: string | undefined
  /** Each fault of what was sent. */
  readonly issues: readonly Issue[]
  /** Members of the problem that belong to its code, such as `from` and `to`. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(message: string, refusal: Refusal, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MusterError'
    this.code = refusal.code
    this.status = refusal.status
    this.requestId = refusal.requestId
    this.issues = refusal.issues ?? []
    this.details = refusal.details ?? {}
  }
}

/** 400: what was sent breaks a rule. `issues` names each place; nothing was done. */
export class ValidationError extends MusterError {
  override readonly name: string = 'ValidationError'
}

/** 401: no token, or one that does not hold. */
export class UnauthorizedError extends MusterError {
  override readonly name: string = 'UnauthorizedError'
}

/** 403: the caller may see the thing, but not do this to it. */
export class ForbiddenError extends MusterError {
  override readonly name: string = 'ForbiddenError'
}

/** 404: there is no such thing, or none that the caller may know of. */
export class NotFoundError extends MusterError {
  override readonly name: string = 'NotFoundError'
}

/** 409: it is not possible in the state that things are in. */
export class ConflictError extends MusterError {
  override readonly name: string = 'ConflictError'
}

/** 412: somebody changed the thing first. `details.version` is its version now. */
export class VersionConflictError extends ConflictError {
  override readonly name: string = 'VersionConflictError'
}

/** 429, still after several tries. */
export class RateLimitedError extends MusterError {
  override readonly name: string = 'RateLimitedError'
}

/** 502, 503, 504, or no answer at all, still after several tries where the call may be repeated. */
export class UnavailableError extends MusterError {
  override readonly name: string = 'UnavailableError'
}

const CLASSES: Readonly<Record<number, typeof MusterError>> = {
  400: ValidationError,
  401: UnauthorizedError,
  403: ForbiddenError,
  404: NotFoundError,
  409: ConflictError,
  412: VersionConflictError,
  429: RateLimitedError,
  502: UnavailableError,
  503: UnavailableError,
  504: UnavailableError,
}

/** The error of an answer that refuses, by its status and body (RFC 9457). */
export function errorOf(status: number, body: unknown): MusterError {
  const Class = CLASSES[status] ?? MusterError
  if (!isProblem(body)) {
    const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '')
    return new Class(`${status}: ${text.slice(0, 200)}`, { code: 'no_problem', status })
  }
  const { type: _type, title: _title, status: _status, detail, code, requestId, errors, ...details } = body
  return new Class(detail, { code, status, requestId, details, ...(errors && { issues: errors }) })
}

interface Problem {
  readonly type?: string
  readonly title?: string
  readonly status?: number
  readonly detail: string
  readonly code: string
  readonly requestId?: string
  readonly errors?: readonly Issue[]
}

function isProblem(body: unknown): body is Problem {
  const { code, detail } = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>
  return typeof code === 'string' && typeof detail === 'string'
}
