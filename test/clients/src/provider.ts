import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How a provider words its errors. */
export type Dialect = 'openai' | 'anthropic' | 'google' | 'mistral' | 'cohere' | 'bedrock' | 'ollama'

/** An HTTP answer that is no success. */
interface Refusal {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** The provider's own word for it. */
  readonly code?: string
  /** Seconds of a `google.rpc.RetryInfo` in the body. */
  readonly retryDelay?: string
}

/** When the provider is asked. */
export const NOW: Date = new Date('2026-03-02T12:00:00Z')

/** A minute after {@link NOW}. */
const LATER = 'Mon, 02 Mar 2026 12:01:00 GMT'

const REFUSALS = {
  '400': () => ({ status: 400 }),
  '401': () => ({ status: 401 }),
  '402': () => ({ status: 402 }),
  '403': () => ({ status: 403 }),
  '404': () => ({ status: 404 }),
  '408': () => ({ status: 408 }),
  '409': () => ({ status: 409 }),
  '413': () => ({ status: 413 }),
  '422': () => ({ status: 422 }),
  '429': () => ({ status: 429 }),
  '429 with seconds': () => ({ status: 429, headers: { 'Retry-After': '7' } }),
  '429 with a fraction': () => ({ status: 429, headers: { 'retry-after': '0.5' } }),
  '429 with a date': () => ({ status: 429, headers: { 'Retry-After': LATER } }),
  '429 with milliseconds': () => ({ status: 429, headers: { 'retry-after-ms': '40', 'retry-after': '1' } }),
  '429 with retryDelay': () => ({ status: 429, retryDelay: '34.5s' }),
  '429 for an empty account': () => ({ status: 429, code: 'insufficient_quota' }),
  '500': () => ({ status: 500 }),
  '503': () => ({ status: 503 }),
  '503 with seconds': () => ({ status: 503, headers: { 'Retry-After': '20' } }),
  '529': () => ({ status: 529 }),
  '529 with seconds': () => ({ status: 529, headers: { 'Retry-After': '30' } }),
} as const satisfies Readonly<Record<string, () => Refusal>>

/** What the provider answers at once. */
export const ANSWERS = [
  ...(Object.keys(REFUSALS) as (keyof typeof REFUSALS)[]),
  'a page with 200',
  'a page with 502',
  'a cut connection',
  'a cut body',
  'silence',
] as const

/** What happens in the middle of a stream. */
export const STREAMED = ['a stream: overloaded', 'a stream: rate limit', 'a stream: cut'] as const

export type Answer = (typeof ANSWERS)[number] | (typeof STREAMED)[number]

const PAGE = '<html><head><title>Gateway</title></head><body><h1>Please wait</h1></body></html>'

/** The names that providers give to statuses. */
const WORDS: Readonly<Record<Dialect, Readonly<Record<number, string>>>> = {
  openai: { 429: 'rate_limit_exceeded', 503: 'server_error', 529: 'server_error' },
  anthropic: { 429: 'rate_limit_error', 529: 'overloaded_error', 503: 'api_error' },
  google: { 429: 'RESOURCE_EXHAUSTED', 503: 'UNAVAILABLE', 529: 'UNAVAILABLE' },
  mistral: { 429: 'rate_limited', 503: 'service_unavailable', 529: 'overloaded' },
  cohere: {},
  bedrock: {
    429: 'ThrottlingException',
    503: 'ServiceUnavailableException',
    529: 'ServiceUnavailableException',
  },
  ollama: {},
}

function bodyOf(dialect: Dialect, { status, code, retryDelay }: Refusal): unknown {
  const message = `The provider answers ${status}`
  const word = code ?? WORDS[dialect][status] ?? `error_${status}`
  switch (dialect) {
    case 'openai':
      return { error: { message, type: word, param: null, code: word } }
    case 'anthropic':
      return { type: 'error', error: { type: word, message } }
    case 'google': {
      const details =
        retryDelay === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }]
      return { error: { code: status, message, status: word, details } }
    }
    case 'mistral':
      return status === 422
        ? { detail: [{ loc: ['body'], msg: message, type: 'value_error' }] }
        : { object: 'error', message, type: word, param: null, code: word }
    case 'cohere':
    case 'bedrock':
      return { message }
    case 'ollama':
      return { error: message }
  }
}

function refuse(response: ServerResponse, dialect: Dialect, refusal: Refusal): void {
  const error = WORDS[dialect][refusal.status]
  response.writeHead(refusal.status, {
    'content-type': 'application/json',
    ...(dialect === 'bedrock' && error !== undefined ? { 'x-amzn-errortype': error } : {}),
    ...refusal.headers,
  })
  response.end(JSON.stringify(bodyOf(dialect, refusal)))
}

/** The beginning of a streamed answer. */
function opening(dialect: Dialect): string {
  switch (dialect) {
    case 'openai':
    case 'mistral':
      return sse(undefined, {
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [{ index: 0, delta: { role: 'assistant', content: 'Hel' }, finish_reason: null }],
      })
    case 'anthropic':
      return sse('message_start', {
        type: 'message_start',
        message: {
          id: 'm1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 1, output_tokens: 1 },
        },
      })
    case 'google':
      return sse(undefined, {
        candidates: [{ content: { role: 'model', parts: [{ text: 'Hel' }] }, index: 0 }],
      })
    case 'cohere':
      return sse('message-start', {
        type: 'message-start',
        id: 'm1',
        delta: { message: { role: 'assistant', content: [] } },
      })
    case 'ollama':
      return `${JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: 'Hel' }, done: false })}\n`
    case 'bedrock':
      return ''
  }
}

/** The provider's error in the middle of a stream. */
function interruption(dialect: Dialect, status: 429 | 529): string {
  const body = bodyOf(dialect, { status })
  switch (dialect) {
    case 'anthropic':
      return sse('error', body)
    case 'ollama':
      return `${JSON.stringify(body)}\n`
    case 'cohere':
      return sse('message-end', {
        type: 'message-end',
        delta: { finish_reason: 'ERROR', error: 'The provider broke off' },
      })
    case 'openai':
    case 'google':
    case 'mistral':
    case 'bedrock':
      return sse(undefined, body)
  }
}

function sse(event: string | undefined, data: unknown): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`
}

/** A provider on a port of its own, which answers as the path says: `/<dialect>/<answer>/…`. */
export async function startProvider() {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => answer(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    /** Where a client finds this answer. */
    url: (dialect: Dialect, what: Answer): string =>
      `http://127.0.0.1:${port}/${dialect}/${encodeURIComponent(what)}`,
    close: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isRefusal(what: Answer): what is keyof typeof REFUSALS {
  return what in REFUSALS
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const [, first, second] = (request.url ?? '').split('/')
  const dialect = first as Dialect
  const what = decodeURIComponent(second ?? '') as Answer
  if (isRefusal(what)) {
    refuse(response, dialect, REFUSALS[what]())
    return
  }
  switch (what) {
    case 'a page with 200':
    case 'a page with 502':
      response.writeHead(what === 'a page with 200' ? 200 : 502, { 'content-type': 'text/html' })
      response.end(PAGE)
      return
    case 'a cut connection':
      request.socket.destroy()
      return
    case 'a cut body':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"id":', () => request.socket.destroy())
      return
    case 'silence':
      return
    case 'a stream: overloaded':
    case 'a stream: rate limit':
    case 'a stream: cut':
      response.writeHead(200, {
        'content-type': dialect === 'ollama' ? 'application/x-ndjson' : 'text/event-stream',
      })
      response.write(opening(dialect), () => {
        if (what === 'a stream: cut') request.socket.destroy()
        else response.end(interruption(dialect, what === 'a stream: overloaded' ? 529 : 429))
      })
  }
}
