import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { UnavailableError } from '../errors.ts'
import { loggingPlainErrors, plainError, withoutSecrets } from './plain-error.ts'

const SECRET = 'hush-6f1c9d2e'

/** Whatever a logger could write of it. */
function all(error: Error): string {
  return `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${error.stack}`
}

class VendorError extends Error {
  override readonly name = 'VendorError'
}

describe('A plain error', () => {
  const carried = {
    command: { name: 'auth', args: [SECRET] },
    config: { headers: { authorization: SECRET } },
    params: [SECRET],
    query: `select '${SECRET}'`,
    detail: `Key (a)=(${SECRET}) exists`,
    previousErrors: [new Error(SECRET)],
    [Symbol('request')]: SECRET,
  }

  it.each([
    ['its own properties', Object.assign(new Error('no'), carried)],
    [
      'its causes',
      new Error('no', { cause: new Error('why', { cause: Object.assign(new Error('no'), carried) }) }),
    ],
    ['members of an aggregate', new AggregateError([Object.assign(new Error('no'), carried)], 'all')],
    [
      'an error of ours around one',
      new UnavailableError('away', { a: SECRET }, { cause: Object.assign(new Error('x'), carried) }),
    ],
    ['what is no error', { ...carried, message: 'no' }],
    ['what has no message', carried],
    [
      'a header that looks like a stack',
      Object.assign(new Error('no'), { stack: `Error: no\n${SECRET}\n    at here` }),
    ],
    ['fields that are objects', Object.assign(new Error('no'), { code: { SECRET } })],
    [
      'what throws when it is read',
      Object.defineProperty(new Error('no'), 'cause', {
        get: () => {
          throw new Error(SECRET)
        },
      }),
    ],
  ])('leaves behind %s', (_, thrown) => {
    expect(all(plainError(thrown))).not.toContain(SECRET)
  })

  it('keeps name, message, code, where it happened, and its cause', () => {
    const cause = Object.assign(new VendorError('refused'), {
      code: 'ECONNREFUSED',
      address: '127.0.0.1',
      port: 6379,
    })
    const error = plainError(new Error('no', { cause }))
    expect(error).toMatchObject({
      message: 'no',
      cause: { code: 'ECONNREFUSED', address: '127.0.0.1', port: 6379, message: 'refused' },
    })
    expect(error.stack).toMatch(/^Error: no\n +at .*plain-error\.test/)
    expect(plainError(error)).toBe(error)
  })

  it('is made of what throws wherever it is touched', () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    for (const thrown of [
      proxy,
      new Error('no', { cause: proxy }),
      Object.assign(() => {}, { toString: null }),
    ])
      expect(plainError(thrown)).toBeInstanceOf(Error)
  })

  it('ends if causes are a circle', () => {
    const circle = new Error('round')
    circle.cause = circle
    expect(plainError(circle).message).toBe('round')
  })

  it('is what a logger gets as err', () => {
    const lines: object[] = []
    const write = (fields: object): void => void lines.push(fields)
    const logger = loggingPlainErrors({ debug: write, info: write, warn: write, error: write })
    logger.warn({ err: Object.assign(new Error('no'), carried), jobId: 'j' }, 'failed')
    expect(lines).toEqual([{ err: expect.any(Error), jobId: 'j' }])
    expect(inspect(lines, { depth: 20 })).not.toContain(SECRET)
  })
})

it.each([
  [
    `connect redis://user:${SECRET}@127.0.0.1:6379/0 failed`,
    'connect redis://[removed]@127.0.0.1:6379/0 failed',
  ],
  [`postgres://u:${SECRET}@part@host/db`, 'postgres://[removed]@host/db'],
  [`rediss://:${SECRET}@h`, 'rediss://[removed]@h'],
  [`GET https://api.example.org/v1?key=${SECRET}&x=1`, 'GET https://api.example.org/v1?key=[removed]&x=1'],
  [`authorization: Bearer ${SECRET}-and-more`, 'authorization: Bearer [removed]'],
  [`invalid header x-api-key: ${SECRET}`, 'invalid header x-api-key: [removed]'],
  [`Set-Cookie: sid=${SECRET}; Path=/`, 'Set-Cookie: [removed]; Path=/'],
  [`{ headers: { Authorization: '${SECRET}' } }`, "{ headers: { Authorization: '[removed]' } }"],
  [`host=h password=${SECRET} user=u`, 'host=h password=[removed] user=u'],
  [`{"apiKey":"${SECRET}"}`, '{"apiKey":"[removed]"}'],
  ['Incorrect API key provided: sk-abcdefghijklmnop', 'Incorrect API key provided: [removed]'],
  ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'token [removed]'],
])('hides what opens doors in %s', (text, clean) => {
  expect(withoutSecrets(text)).toBe(clean)
})

it.each([
  'The token has expired',
  'Redis refuses the user or the password: correct them in REDIS_URL',
  'Unexpected token: a brace; missing key: label',
  'duplicate key value violates unique constraint "task_external_id"',
  'file:///srv/node_modules/@fastify/cors/index.js',
  'The secret must have 32 characters: make another',
  'connect ECONNREFUSED 127.0.0.1:5432',
])('leaves %s as it is', (text) => {
  expect(withoutSecrets(text)).toBe(text)
})
