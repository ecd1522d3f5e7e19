import { bodiesOf, deepField, field, namesOf, textField } from './thrown.ts'

/** The other side's answer as an error has it, or its absence. */
export interface Answer {
  /** The one of several causes that says it. */
  readonly error: unknown
  /** `http_<status>`, `grpc_<name>`, `network_error`, `timeout`, `aborted`, `validation_failed`. */
  readonly code: string
  readonly retryable: boolean
  /** Whether it asks to be left alone for a while: in any case, or if it names a time. */
  readonly asksToWait: 'yes' | 'with a time' | 'no'
}

type Verdict = Omit<Answer, 'error'>

/** 4xx that stay as they are however long one waits. Others may change: 408, 409, 412, 423 to 425, 429, and what nobody knows. */
export const FINAL_STATUS: ReadonlySet<number> = new Set([
  400, 401, 402, 403, 404, 405, 406, 407, 410, 411, 413, 414, 415, 416, 417, 422, 426, 428, 431, 451,
])

/** An account that is used up, a bill that is open: a person must act, however often the provider answers 429. */
const USED_UP =
  /^(insufficient_(user_)?(quota|balance|funds|credits?)|exceeded_current_quota_error|billing_(error|not_active|hard_limit_reached)|quota_exhausted|account_(deactivated|suspended)|payment_required)$/i

/**
 * The words that providers use in place of a status, and the status that each sends them with otherwise: in the middle of a stream an error has no status of
 * its own. Of OpenAI, Anthropic, Google, Mistral and AWS.
 */
const STATUS_OF_WORD: ReadonlyMap<string, number> = new Map(
  Object.entries({
    400: 'invalid_request_error invalid_argument failed_precondition out_of_range context_length_exceeded content_filter content_policy_violation invalid_prompt ValidationException',
    401: 'authentication_error invalid_api_key unauthenticated UnrecognizedClientException',
    402: 'billing_error payment_required',
    403: 'permission_error permission_denied AccessDeniedException',
    404: 'not_found_error model_not_found not_found ResourceNotFoundException',
    408: 'ModelTimeoutException RequestTimeout',
    413: 'request_too_large',
    424: 'ModelErrorException ModelStreamErrorException',
    429: 'rate_limit_error rate_limit_exceeded rate_limited too_many_requests resource_exhausted ThrottlingException TooManyRequestsException Throttling ModelNotReadyException',
    500: 'api_error server_error internal_error internal_server_error internal InternalServerException InternalFailure',
    503: 'unavailable service_unavailable service_unavailable_error ServiceUnavailableException ServiceUnavailable',
    504: 'timeout_error deadline_exceeded',
    529: 'overloaded_error overloaded engine_overloaded engine_overloaded_error',
  }).flatMap(([status, words]) =>
    words.split(' ').map((word) => [word.toLowerCase(), Number(status)] as const),
  ),
)

/** gRPC's status codes by number (https://grpc.github.io/grpc/core/md_doc_statuscodes.html), and whether the same call may succeed later. */
const GRPC: readonly (readonly [name: string, retryable: boolean])[] = [
  ['ok', true],
  ['cancelled', true],
  ['unknown', true],
  ['invalid_argument', false],
  ['deadline_exceeded', true],
  ['not_found', false],
  ['already_exists', true],
  ['permission_denied', false],
  ['resource_exhausted', true],
  ['failed_precondition', false],
  ['aborted', true],
  ['out_of_range', false],
  ['unimplemented', false],
  ['internal', true],
  ['unavailable', true],
  ['data_loss', true],
  ['unauthenticated', false],
]

const TIMEOUT_CODE = /^(ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_(HEADERS|BODY)_TIMEOUT)$/
const NETWORK_CODE =
  /^(E(CONN(RESET|REFUSED|ABORTED)|PIPE|HOST(UNREACH|DOWN)|NET(UNREACH|DOWN|RESET)|AI_AGAIN|NOTFOUND|PROTO)|UND_ERR_(SOCKET|CONNECT_TIMEOUT|CLOSED|DESTROYED|INFO)|HPE_\w+|ERR_(HTTP2_\w+|NETWORK|STREAM_PREMATURE_CLOSE|HTTP_CONTENT_LENGTH_MISMATCH|READING_RESPONSE_STREAM))$/
const TIMEOUT_NAME = /Timeout(Error|Exception)?$/
const TIMEOUT_MESSAGE = /^"?(request )?(timeout|timed out)"?\.?$|^timeout of \d+ ?ms exceeded/i
const NETWORK_MESSAGE =
  /^(terminated|fetch failed|failed to fetch|network error|connection error\.|socket hang up|stream has been aborted|premature close|other side closed)$/i

/** Errors of the validation libraries that handlers use on what the other side sent. */
const VALIDATION_NAMES: ReadonlySet<string> = new Set([
  'ZodError',
  '$ZodError',
  'ValiError',
  'ValidationError',
  'SchemaError',
])
const VALIDATION_LIBRARY =
  /[\\/]node_modules[\\/](zod|valibot|arktype|yup|joi|ajv|@standard-schema|@valibot|@ark)[\\/]/

/** The other side's answer, from the first of these errors that has one. `undefined`: none has. */
export function answerOf(causes: readonly unknown[]): Answer | undefined {
  for (const read of [failureOf, successOf]) {
    for (const error of causes) {
      const verdict = read(error)
      if (verdict) return { error, ...verdict }
    }
  }
  return undefined
}

/** Whether an answer with this HTTP status may be tried again. */
export function isRetryableStatus(status: number): boolean {
  return !FINAL_STATUS.has(status)
}

function failureOf(error: unknown): Verdict | undefined {
  const status = statusOf(error)
  if (status !== undefined && status >= 400) return statusVerdict(status, isUsedUp(error))
  return grpcVerdict(error) ?? networkVerdict(error) ?? wordVerdict(error) ?? nameVerdict(error)
}

/** An error that came with an answer of success: what was sent made no sense. It may be sent again only if the client says so. */
function successOf(error: unknown): Verdict | undefined {
  const status = statusOf(error)
  if (status === undefined || status >= 300) return undefined
  const retryable = field(error, 'isRetryable') === true
  return { code: `http_${status}`, retryable, asksToWait: 'no' }
}

function statusVerdict(status: number, usedUp: boolean): Verdict {
  const retryable = isRetryableStatus(status) && !usedUp
  const asksToWait = status === 429 ? 'yes' : status === 503 || status === 529 ? 'with a time' : 'no'
  return { code: `http_${status}`, retryable, asksToWait: retryable ? asksToWait : 'no' }
}

function statusOf(error: unknown): number | undefined {
  for (const path of [
    'status',
    'statusCode',
    'status_code',
    '$metadata.httpStatusCode',
    'response.status',
    'response.statusCode',
    'rawResponse.status',
    '$response.statusCode',
  ]) {
    const value = deepField(error, path)
    if (typeof value === 'number' && Number.isInteger(value) && value >= 200 && value <= 599) return value
  }
  // gaxios has it as a code, number or text; below 400 a number there means something else.
  const code = field(error, 'code')
  return (typeof code === 'number' || typeof code === 'string') && /^[45]\d\d$/.test(String(code))
    ? Number(code)
    : undefined
}

function isUsedUp(error: unknown): boolean {
  return wordsOf(error).some((word) => USED_UP.test(word))
}

function wordVerdict(error: unknown): Verdict | undefined {
  const words = wordsOf(error)
  const status = words
    .map((word) => STATUS_OF_WORD.get(word.toLowerCase()))
    .find((found) => found !== undefined)
  const usedUp = words.some((word) => USED_UP.test(word))
  return status === undefined && !usedUp ? undefined : statusVerdict(status ?? 429, usedUp)
}

/** A provider's words for what went wrong, the most precise first. */
function wordsOf(error: unknown): readonly string[] {
  const bodies = bodiesOf(error)
  return [
    ...['code', 'type', 'status'].flatMap((name) => bodies.map((body) => textField(body, name))),
    textField(error, 'name'),
  ].filter((word) => word !== undefined)
}

function grpcVerdict(error: unknown): Verdict | undefined {
  const number = field(error, 'code')
  const said = field(error, 'details')
  const metadata = field(error, 'metadata')
  if (
    typeof number !== 'number' ||
    (typeof said !== 'string' && typeof field(metadata, 'get') !== 'function')
  )
    return undefined
  const [name, retryable] = GRPC[number] ?? []
  if (name === undefined || retryable === undefined) return undefined
  const code = `grpc_${name}`
  // The limit of a client's own on what it takes in, which the same call exceeds again.
  if (name === 'resource_exhausted' && typeof said === 'string' && /message larger than max/i.test(said)) {
    return { code, retryable: false, asksToWait: 'no' }
  }
  const asksToWait = name === 'resource_exhausted' ? 'yes' : name === 'unavailable' ? 'with a time' : 'no'
  return { code, retryable, asksToWait }
}

function networkVerdict(error: unknown): Verdict | undefined {
  const code = textField(error, 'code')
  const message = textField(error, 'message') ?? ''
  // axios calls its own time-out a connection that was aborted.
  if (TIMEOUT_MESSAGE.test(message) || (code !== undefined && TIMEOUT_CODE.test(code)))
    return again('timeout')
  if (NETWORK_MESSAGE.test(message) || (code !== undefined && NETWORK_CODE.test(code)))
    return again('network_error')
  return undefined
}

function nameVerdict(error: unknown): Verdict | undefined {
  const names = namesOf(error)
  if (names.some((name) => VALIDATION_NAMES.has(name))) {
    return isOfClient(error) ? undefined : { code: 'validation_failed', retryable: false, asksToWait: 'no' }
  }
  if (names.some((name) => TIMEOUT_NAME.test(name))) return again('timeout')
  return names.includes('AbortError') || textField(error, 'code') === 'ERR_CANCELED'
    ? again('aborted')
    : undefined
}

/** A client that reads what the other side sent by a schema throws as a handler would that asks the answer: the stack tells the one from the other. */
function isOfClient(error: unknown): boolean {
  const frames = (textField(error, 'stack') ?? '')
    .split('\n')
    .filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line))
  const thrower = frames.find((frame) => !VALIDATION_LIBRARY.test(frame))
  return thrower !== undefined && /[\\/]node_modules[\\/]/.test(thrower)
}

function again(code: string): Verdict {
  return { code, retryable: true, asksToWait: 'no' }
}
