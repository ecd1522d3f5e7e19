import { anyCharacter } from '@muster/testing/suites'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  ForbiddenError,
  NonRetryableError,
  NotNowError,
  UnavailableError,
  ValidationError,
} from '../../errors.ts'
import { unstorableText } from '../../json/json.ts'
import { classify, DEFAULT_RETRY, retryDelayMs, retryPolicy } from './retry.ts'
import { MAX_RETRY_AFTER_MS } from './retry-after.ts'

const noon = new Date('2026-03-02T12:00:00Z')
const withCode = (code: string) => Object.assign(new Error('broken'), { code })

describe('What a handler threw', () => {
  it.each([
    ['a refused connection', withCode('ECONNREFUSED'), 'network_error'],
    ['what fetch throws', new TypeError('fetch failed', { cause: withCode('ECONNRESET') }), 'network_error'],
    ['a timeout of a signal', AbortSignal.abort(new DOMException('slow', 'TimeoutError')).reason, 'timeout'],
    ['a timeout of the network', withCode('ETIMEDOUT'), 'timeout'],
    ['HTTP 408', { status: 408 }, 'http_408'],
    ['HTTP 425', { statusCode: 425 }, 'http_425'],
    ['HTTP 429', { response: { status: 429 } }, 'http_429'],
    ['HTTP 500', Object.assign(new Error('boom'), { status: 500 }), 'http_500'],
    ['HTTP 599', { status: 599 }, 'http_599'],
    ['a backend that is away', new UnavailableError('away'), 'unavailable'],
    ['an unknown error', new Error('who knows'), 'handler_failed'],
    ['an unknown status', { status: 409 }, 'http_409'],
    ['a string', 'oh no', 'handler_failed'],
    ['nothing', undefined, 'handler_failed'],
  ])('is tried again when it is %s', (_, thrown, code) => {
    expect(classify(thrown, noon).error).toMatchObject({ code, retryable: true })
  })

  it.each([
    ['HTTP 400', { status: 400 }, 'http_400'],
    ['HTTP 401', { status: 401 }, 'http_401'],
    ['HTTP 403', { response: { status: 403 } }, 'http_403'],
    ['HTTP 404', { statusCode: 404 }, 'http_404'],
    ['HTTP 422', new Error('wrapped', { cause: { status: 422 } }), 'http_422'],
    ['our validation', new ValidationError([{ path: 'a', message: 'must be b' }]), 'validation_failed'],
    ['the validation of a library', z.string().safeParse(1).error, 'validation_failed'],
    ['a missing right', new ForbiddenError('no'), 'forbidden'],
    ['said to be final', new NonRetryableError('never'), 'non_retryable'],
    [
      'said to be final, inside',
      new Error('outer', { cause: new NonRetryableError('never') }),
      'non_retryable',
    ],
  ])('is not tried again when it is %s', (_, thrown, code) => {
    expect(classify(thrown, noon)).toMatchObject({ error: { code, retryable: false } })
    expect(classify(thrown, noon).retryAfterMs).toBeUndefined()
  })

  it.each([
    ['seconds', { status: 429, headers: new Headers({ 'Retry-After': '7' }) }, 7_000],
    ['seconds as a number', { status: 429, headers: { 'retry-after': 7 } }, 7_000],
    [
      'an HTTP date',
      { status: 503, response: { headers: { 'Retry-After': 'Mon, 02 Mar 2026 12:00:30 GMT' } } },
      30_000,
    ],
    ['a Map', { status: 503, headers: new Map([['RETRY-AFTER', '0.5']]) }, 500],
    ['our own error', new UnavailableError('away', { retryAfterSeconds: 3 }), 3_000],
    ['more than is granted', { status: 429, headers: { 'retry-after': '99999999' } }, MAX_RETRY_AFTER_MS],
  ])('says in %s how long to wait', (_, thrown, ms) => {
    expect(classify(thrown, noon).retryAfterMs).toBe(ms)
  })

  it.each([
    ['nonsense', 'soon'],
    ['a negative number', '-5'],
  ])('asks for no wait by %s', (_, value) => {
    expect(classify({ status: 429, headers: { 'Retry-After': value } }, noon).retryAfterMs).toBeUndefined()
  })

  it.each([
    ['a date that has passed', { 'retry-after': 'Mon, 02 Mar 2026 11:00:00 GMT' }, 0],
    ['nought', { 'retry-after': '0' }, 0],
    ['a fraction', { 'retry-after': ' 1.25 ' }, 1_250],
    ['milliseconds, which win', { 'retry-after': '9', 'Retry-After-Ms': '1500.5' }, 1_501],
    ['milliseconds of Azure', { 'x-ms-retry-after-ms': '20' }, 20],
    ['a list of one', { 'Retry-After': ['7'] }, 7_000],
    ['names and values in turn', ['Date', 'x', 'Retry-After', '7'], 7_000],
    ['a date of RFC 850', { 'retry-after': 'Monday, 02-Mar-26 12:00:30 GMT' }, 30_000],
    ['a date of C', { 'retry-after': 'Mon Mar  2 12:00:30 2026' }, 30_000],
    ['a date of ISO 8601', { 'retry-after': '2026-03-02T13:00:30+01:00' }, 30_000],
    ['more digits than a number holds', { 'retry-after': '9'.repeat(400) }, MAX_RETRY_AFTER_MS],
    ['nothing but when a limit is full', { 'x-ratelimit-reset-requests': '6m0s' }, undefined],
    ['hexadecimal digits', { 'retry-after': '0x10' }, undefined],
    ['an impossible date', { 'retry-after': 'Mon, 32 Mar 2026 12:00:30 GMT' }, undefined],
    ['a date with the time zone of somewhere', { 'retry-after': '03/02/2026 12:00:30' }, undefined],
  ])('is asked to wait by %s', (_, headers, ms) => {
    for (const error of [
      { status: 503, headers },
      { statusCode: 503, responseHeaders: headers },
      { response: { status: 503, headers } },
      { statusCode: 503, rawResponse: { headers } },
      { $metadata: { httpStatusCode: 503 }, $response: { headers } },
      new Error('wrapped', { cause: { status: 503, headers } }),
    ]) {
      expect(classify(error, noon)).toMatchObject({
        error: { code: 'http_503', retryable: true },
        retryAfterMs: ms,
        notNow: ms !== undefined,
      })
    }
  })

  it.each([
    ['body', { status: 429, error: { details: [{ retryDelay: '34.5s' }] } }],
    ['text', { status: 429, message: '429 {"error":{"details":[{},{"retryDelay":"34.5s"}]}}' }],
    [
      'decoded details',
      {
        code: 8,
        details: '',
        metadata: new Map(),
        statusDetails: [{ retryDelay: { seconds: '34', nanos: 5e8 } }],
      },
    ],
  ])('is asked to wait by the RetryInfo of its %s', (_, thrown) => {
    expect(classify(thrown, noon)).toMatchObject({ retryAfterMs: 34_500, notNow: true })
  })

  it.each([
    ['429', { status: 429 }, true],
    ['503 without a time', { status: 503 }, false],
    ['529 without a time', { status: 529 }, false],
    ['503 with a time that nobody can read', { status: 503, headers: { 'retry-after': 'soon' } }, false],
    ['529 with a time', { status: 529, headers: { 'retry-after': '1' } }, true],
    ['500 with a time', { status: 500, headers: { 'retry-after': '1' } }, false],
    ['a rate limit in a stream', { type: 'rate_limit_error', error: { type: 'rate_limit_error' } }, true],
    [
      'too much at once in a stream',
      { error: { type: 'error', error: { type: 'overloaded_error' } } },
      false,
    ],
    ['RESOURCE_EXHAUSTED', { code: 8, details: 'slow down', metadata: new Map() }, true],
    ['UNAVAILABLE', { code: 14, details: 'away', metadata: new Map() }, false],
    [
      'UNAVAILABLE with a time',
      { code: 14, details: 'away', metadata: new Map([['retry-after', '3']]) },
      true,
    ],
    ['our error', new NotNowError(), true],
    ['our error in another', new Error('outer', { cause: new NotNowError() }), true],
    ['several, all of them', new AggregateError([{ status: 429 }, { status: 401 }, new NotNowError()]), true],
    ['several, not all of them', new AggregateError([{ status: 429 }, { status: 500 }]), false],
  ])('asks to wait by %s: %#', (_, thrown, notNow) => {
    expect(classify(thrown, noon)).toMatchObject({ error: { retryable: true }, notNow })
  })

  it.each([1.5, 0, 100_000, Number.POSITIVE_INFINITY])('asks to wait for %d seconds', (retryAfterSeconds) => {
    expect(classify(new NotNowError({ retryAfterSeconds }), noon).retryAfterMs).toBe(
      Math.min(retryAfterSeconds * 1_000, MAX_RETRY_AFTER_MS),
    )
  })

  it.each([Number.NaN, -1, '5', null])('asks to wait for no time by %j', (seconds) => {
    const error = new NotNowError({ retryAfterSeconds: seconds as number })
    expect(classify(error, noon)).toMatchObject({ error: { code: 'not_now', retryable: true }, notNow: true })
    expect(classify(error, noon).retryAfterMs).toBeUndefined()
  })

  it.each<[string, unknown]>([
    ['a used-up account', { status: 429, code: 'insufficient_quota' }],
    [
      'a used-up account, in the body',
      { statusCode: 429, responseBody: '{"error":{"type":"insufficient_quota"}}' },
    ],
    ['a used-up account, in a stream', { error: { error: { code: 'insufficient_quota' } } }],
    ['an open bill', { status: 403, error: { type: 'error', error: { type: 'billing_error' } } }],
    ...[402, 405, 406, 410, 413, 415, 431, 451].map(
      (status) => [`HTTP ${status}`, { status }] as [string, unknown],
    ),
    ...[3, 5, 7, 9, 11, 12, 16].map(
      (code) => [`gRPC ${code}`, { code, details: '', metadata: new Map() }] as [string, unknown],
    ),
    [
      'a message larger than a client takes',
      { code: 8, details: 'Received message larger than max (9 vs. 4)', metadata: new Map() },
    ],
    ['a wrong request in a stream', { type: 'invalid_request_error' }],
    ['an answer of success that made no sense', { statusCode: 200, isRetryable: false }],
    ['the same of a client that does not say', { $metadata: { httpStatusCode: 200 } }],
    ['one error of many', new AggregateError([{ status: 401 }, { status: 404 }])],
  ])('cannot be changed by waiting: %s', (_, thrown) => {
    expect(classify(thrown, noon)).toEqual({
      error: { code: expect.any(String), message: expect.any(String), retryable: false },
    })
  })

  it.each([
    ['an answer that the client would ask for again', { statusCode: 200, isRetryable: true }, 'http_200'],
    [
      'a broken answer',
      { statusCode: 200, isRetryable: false, cause: withCode('UND_ERR_SOCKET') },
      'network_error',
    ],
    ['a conflict', { status: 409 }, 'http_409'],
    ['a locked thing', { status: 423 }, 'http_423'],
    ['529 of a client that gives up', { status: 529, isRetryable: false }, 'http_529'],
    [
      'the last of several tries',
      { lastError: { statusCode: 503 }, errors: [{ statusCode: 400 }] },
      'http_503',
    ],
    ['a time-out that has no name', { message: 'Request timed out.' }, 'timeout'],
    ['a deadline of gRPC', { code: 4, details: '', metadata: new Map() }, 'grpc_deadline_exceeded'],
    ['an abort', new DOMException('stopped', 'AbortError'), 'aborted'],
    ['a code of a database', { code: 262, message: 'too slow' }, 'handler_failed'],
    ['what a model said', new Error('Odd answer {"error":{"code":"not_found"}}'), 'handler_failed'],
    [
      'an error that is its own cause',
      Object.assign(new Error('round'), {
        get cause() {
          return this
        },
      }),
      'handler_failed',
    ],
    ['an empty AggregateError', new AggregateError([]), 'handler_failed'],
  ])('may pass: %s', (_, thrown, code) => {
    expect(classify(thrown, noon).error).toMatchObject({ code, retryable: true })
  })

  it('tells validation by a client from validation by a handler', () => {
    const error = z.string().safeParse(1).error
    const stack = (file: string) =>
      Object.assign(error ?? {}, {
        stack: `ZodError: odd\n    at parse (file:///app/node_modules/zod/v4/core.js:1:2)\n    at read (${file}:88:65)`,
      })
    const client = 'file:///app/node_modules/@mistralai/mistralai/esm/lib/event-streams.js'
    expect(classify(stack(client), noon).error).toMatchObject({ code: 'handler_failed', retryable: true })
    expect(classify(stack('/app/src/handler.ts'), noon).error).toMatchObject({
      code: 'validation_failed',
      retryable: false,
    })
  })

  it.each([
    ['an object without a message', { config: { headers: { 'x-api-key': 'hush-6f1c9d2e' } } }],
    ['a message that repeats a key', new Error('Incorrect API key provided: sk-hush-6f1c9d2e')],
    ['an error with a request', Object.assign(new Error('no'), { request: 'hush-6f1c9d2e' })],
  ])('is described without what opens doors: %s', (_, thrown) => {
    expect(JSON.stringify(classify(thrown, noon))).not.toContain('hush-6f1c9d2e')
  })

  it('is a failure like any other if it throws wherever it is touched', () => {
    for (const thrown of [revoked(), new Error('no', { cause: revoked() }), new AggregateError([revoked()])])
      expect(classify(thrown, noon).error).toMatchObject({ code: 'handler_failed', retryable: true })
  })

  it('is always described by text that can be stored', () => {
    const nasty = fc.oneof(
      fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
      fc.string({ unit: anyCharacter, maxLength: 5_000 }).map((text) => new Error(`${text}\u0000\uD800`)),
      fc.constant({
        get message() {
          throw new Error('not even this')
        },
      }),
    )
    fc.assert(
      fc.property(nasty, (thrown) => {
        const { message, code } = classify(thrown, noon).error
        expect(unstorableText(message)).toBeUndefined()
        expect(message.length).toBeGreaterThan(0)
        expect(message.length).toBeLessThanOrEqual(2_000)
        expect(code).toMatch(/^[a-z0-9_]+$/)
      }),
    )
  })
})

/** Throws wherever it is touched, by `instanceof` too. */
function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('The wait before a retry', () => {
  const policy = retryPolicy()

  it('has defaults that a type may change one by one', () => {
    expect(policy).toEqual(DEFAULT_RETRY)
    expect(retryPolicy({ baseMs: 1 })).toEqual({ maxAttempts: 3, baseMs: 1, capMs: 60_000 })
  })

  it('lies anywhere between nothing and a bound that doubles up to the cap', () => {
    const most = [1, 2, 3, 4, 5, 6, 1_000].map((attempt) => retryDelayMs(policy, attempt, { next: () => 1 }))
    expect(most).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000, 60_000])
    expect(retryDelayMs(policy, 3, { next: () => 0 })).toBe(0)
    expect(retryDelayMs({ baseMs: 0, capMs: 0 }, 1_000, { next: () => 0.5 })).toBe(0)
  })

  it('is never shorter than the other side asked for, nor longer than the bound unless it asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.nat(100_000),
        (attempt, drawn, asked) => {
          const ms = retryDelayMs(policy, attempt, { next: () => drawn }, asked)
          expect(ms).toBeGreaterThanOrEqual(asked)
          expect(ms).toBeLessThanOrEqual(Math.max(asked, policy.capMs, 5_000))
        },
      ),
    )
  })
})
