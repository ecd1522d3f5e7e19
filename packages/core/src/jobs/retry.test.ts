import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Forbidden, NonRetryableError, Unavailable, ValidationError } from '../errors.ts'
import { unstorableText } from '../json.ts'
import { classify, DEFAULT_RETRY, MAX_RETRY_AFTER_MS, retryDelayMs, retryPolicy } from './retry.ts'

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
    ['a backend that is away', new Unavailable('away'), 'unavailable'],
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
    ['a missing right', new Forbidden('no'), 'forbidden'],
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
    ['our own error', new Unavailable('away', { retryAfterSeconds: 3 }), 3_000],
    ['more than is granted', { status: 429, headers: { 'retry-after': '99999999' } }, MAX_RETRY_AFTER_MS],
  ])('says in %s how long to wait', (_, thrown, ms) => {
    expect(classify(thrown, noon).retryAfterMs).toBe(ms)
  })

  it.each([
    ['a date that has passed', 'Mon, 02 Mar 2026 11:00:00 GMT'],
    ['nonsense', 'soon'],
    ['a negative number', '-5'],
  ])('asks for no wait by %s', (_, value) => {
    expect(classify({ status: 429, headers: { 'Retry-After': value } }, noon).retryAfterMs).toBeUndefined()
  })

  it('is always described by text that can be stored', () => {
    const nasty = fc.oneof(
      fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
      fc.string({ unit: 'binary', maxLength: 5_000 }).map((text) => new Error(`${text}\u0000\uD800`)),
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
