import { classify } from '@muster/core/rules'
import { usageFrom } from '@muster/core/usage'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLIENTS, type Client } from './clients.ts'
import { type GRPC_ANSWERS, startGrpc } from './grpc.ts'
import { ANSWERS, type Answer, NOW, STREAMED, startProvider } from './provider.ts'
import { startAnswering } from './usage-answers.ts'

/** Long for an answer, short for a silence. */
const TIMEOUT_MS = { answer: 10_000, silence: 150 }

/** What Muster makes of each answer, unless a client hides it. */
const EXPECTED: Readonly<Record<Answer, string>> = {
  '400': 'http_400, final',
  '401': 'http_401, final',
  '402': 'http_402, final',
  '403': 'http_403, final',
  '404': 'http_404, final',
  '408': 'http_408, again',
  '409': 'http_409, again',
  '413': 'http_413, final',
  '422': 'http_422, final',
  '429': 'http_429, not now',
  '429 with seconds': 'http_429, not now, 7000 ms',
  '429 with a fraction': 'http_429, not now, 500 ms',
  '429 with a date': 'http_429, not now, 60000 ms',
  '429 with milliseconds': 'http_429, not now, 40 ms',
  '429 with retryDelay': 'http_429, not now',
  '429 for an empty account': 'http_429, final',
  '500': 'http_500, again',
  '503': 'http_503, again',
  '503 with seconds': 'http_503, not now, 20000 ms',
  '529': 'http_529, again',
  '529 with seconds': 'http_529, not now, 30000 ms',
  'a page with 200': 'http_200, final',
  'a page with 502': 'http_502, again',
  'a cut connection': 'network_error, again',
  'a cut body': 'network_error, again',
  silence: 'timeout, again',
  'a stream: overloaded': 'http_529, again',
  'a stream: rate limit': 'http_429, not now',
  'a stream: cut': 'network_error, again',
}

/** The client gives the page as its answer: only the job type's schema of results can tell. */
const TAKES_PAGES = { 'a page with 200': 'no error' }
/** The page is no JSON, and the error says no more. */
const BARE_SYNTAX_ERROR = { 'a page with 200': 'handler_failed, again' }
/** The error has no headers. */
const NO_HEADERS = {
  '429 with seconds': 'http_429, not now',
  '429 with a fraction': 'http_429, not now',
  '429 with a date': 'http_429, not now',
  '429 with milliseconds': 'http_429, not now',
  '503 with seconds': 'http_503, again',
  '529 with seconds': 'http_529, again',
}
/** The provider has no word for an empty account, or the client does not show it. */
const NO_WORDS = { '429 for an empty account': 'http_429, not now' }
/** OpenAI's word for too much at once. */
const SERVER_ERROR = { 'a stream: overloaded': 'http_500, again' }

const DIFFERENT: Readonly<Record<keyof typeof CLIENTS, Partial<Readonly<Record<Answer, string>>>>> = {
  openai: { ...TAKES_PAGES, ...SERVER_ERROR },
  anthropic: TAKES_PAGES,
  groq: { ...TAKES_PAGES, ...SERVER_ERROR },
  ai: SERVER_ERROR,
  google: {
    ...NO_HEADERS,
    ...BARE_SYNTAX_ERROR,
    ...NO_WORDS,
    '429 with retryDelay': 'http_429, not now, 34500 ms',
    silence: 'aborted, again',
  },
  mistral: {
    'a stream: overloaded': 'handler_failed, again',
    'a stream: rate limit': 'handler_failed, again',
  },
  cohere: {
    ...TAKES_PAGES,
    ...NO_WORDS,
    'a stream: overloaded': 'no error',
    'a stream: rate limit': 'no error',
  },
  bedrock: NO_WORDS,
  ollama: {
    ...NO_HEADERS,
    ...BARE_SYNTAX_ERROR,
    ...NO_WORDS,
    'a stream: overloaded': 'handler_failed, again',
    'a stream: rate limit': 'handler_failed, again',
  },
  fetch: { ...BARE_SYNTAX_ERROR, ...NO_WORDS },
  axios: TAKES_PAGES,
  got: {},
  undici: { ...BARE_SYNTAX_ERROR, ...NO_WORDS },
}

async function verdict(asked: Promise<unknown>): Promise<string> {
  try {
    await asked
    return 'no error'
  } catch (thrown) {
    const { error, notNow, retryAfterMs } = classify(thrown, NOW)
    const how = notNow ? 'not now' : error.retryable ? 'again' : 'final'
    return [error.code, how, ...(retryAfterMs === undefined ? [] : [`${retryAfterMs} ms`])].join(', ')
  }
}

describe('reads what the other side answered from an error of', () => {
  let provider: Awaited<ReturnType<typeof startProvider>>
  beforeAll(async () => {
    provider = await startProvider()
  })
  afterAll(() => provider.close())

  it.each(Object.keys(CLIENTS) as (keyof typeof CLIENTS)[])('%s', async (name) => {
    const { dialect, ask, stream }: Client = CLIENTS[name]
    const read = async (answer: Answer, by: Client['ask']): Promise<readonly [Answer, string]> => {
      const timeoutMs = answer === 'silence' ? TIMEOUT_MS.silence : TIMEOUT_MS.answer
      return [answer, await verdict(by(provider.url(dialect, answer), timeoutMs))]
    }
    const seen = await Promise.all([
      ...ANSWERS.map((answer) => read(answer, ask)),
      ...(stream ? STREAMED.map((answer) => read(answer, stream)) : []),
    ])
    const expected = seen.map(([answer]) => [answer, DIFFERENT[name][answer] ?? EXPECTED[answer]])
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(expected))
  })
})

describe('reads what a gRPC server answered', () => {
  let grpc: Awaited<ReturnType<typeof startGrpc>>
  beforeAll(async () => {
    grpc = await startGrpc()
  })
  afterAll(() => grpc.close())

  it.each<[keyof typeof GRPC_ANSWERS, string]>([
    ['INVALID_ARGUMENT', 'grpc_invalid_argument, final'],
    ['UNAUTHENTICATED', 'grpc_unauthenticated, final'],
    ['PERMISSION_DENIED', 'grpc_permission_denied, final'],
    ['NOT_FOUND', 'grpc_not_found, final'],
    ['UNIMPLEMENTED', 'grpc_unimplemented, final'],
    ['INTERNAL', 'grpc_internal, again'],
    ['ABORTED', 'grpc_aborted, again'],
    ['UNAVAILABLE', 'grpc_unavailable, again'],
    ['UNAVAILABLE with retry-after', 'grpc_unavailable, not now, 20000 ms'],
    ['RESOURCE_EXHAUSTED', 'grpc_resource_exhausted, not now'],
    ['RESOURCE_EXHAUSTED with RetryInfo', 'grpc_resource_exhausted, not now, 34500 ms'],
    ['silence', 'grpc_deadline_exceeded, again'],
  ])('by %s', async (answer, expected) => {
    const timeoutMs = answer === 'silence' ? TIMEOUT_MS.silence : TIMEOUT_MS.answer
    expect(await verdict(grpc.ask(answer, timeoutMs))).toBe(expected)
  })

  it('by not being there', async () => {
    expect(await verdict(grpc.askNobody(TIMEOUT_MS.answer))).toBe('grpc_unavailable, again')
  })
})

describe('the usage in an answer', () => {
  const all = { input: 100, output: 30, cached: 40, cacheWrite: 5, reasoning: 20 }
  let provider: Awaited<ReturnType<typeof startAnswering>>
  beforeAll(async () => {
    provider = await startAnswering()
  })
  afterAll(() => provider.close())

  const responses = (url: string) =>
    new OpenAI({ apiKey: 'none', baseURL: url, maxRetries: 0 }).responses.create({
      model: 'm',
      input: 'Hello',
    })

  it.each<[string, (url: string) => Promise<unknown>, object]>([
    ['openai chat', (url) => CLIENTS.openai.ask(url, 10_000), all],
    ['openai responses', responses, all],
    ['groq', (url) => CLIENTS.groq.ask(url, 10_000), all],
    ['anthropic', (url) => CLIENTS.anthropic.ask(url, 10_000), all],
    // Its provider for openai chat does not read what was written to a cache.
    ['ai', (url) => CLIENTS.ai.ask(url, 10_000), { ...all, cacheWrite: expect.any(Number) }],
    ['google', (url) => CLIENTS.google.ask(url, 10_000), { ...all, cacheWrite: 0 }],
    ['bedrock', (url) => CLIENTS.bedrock.ask(url, 10_000), { ...all, reasoning: 0 }],
  ])('is read as %s gives it', async (_, ask, expected) => {
    expect(usageFrom(await ask(provider.url))).toEqual(expected)
  })
})
