import createClient, { type Client } from 'openapi-fetch'
import { bytesOf, linesOf, listing, type Page } from './answers.ts'
import type { CallOptions, Calls, FileBody } from './call.ts'
import { errorOf, UnavailableError } from './errors.ts'
import { NO_ANSWER, persistent, waiting } from './fetching.ts'
import { NAMES, type OperationId } from './names.ts'
import { OPERATIONS } from './operations.ts'
import type { components, paths } from './schema.ts'
import { type WorkOptions, work } from './work.ts'

export type { Listing, Page } from './answers.ts'
export {
  AskCancelledError,
  AskChangedError,
  AskTimedOutError,
  type WorkAnswer,
  type WorkQuestion,
} from './asking.ts'
export type { CallOptions, Calls, FileBody, LinesBody } from './call.ts'
export {
  ConflictError,
  ForbiddenError,
  type Issue,
  MusterError,
  NotFoundError,
  RateLimitedError,
  type Refusal,
  UnauthorizedError,
  UnavailableError,
  ValidationError,
  VersionConflictError,
} from './errors.ts'
export type { ClaimedJob, WorkOptions, WorkTools, WorkUsage } from './work.ts'
export { JobFailedError } from './work-errors.ts'

/** Where the server is, and who calls. */
export interface MusterClientOptions {
  /** What the API lies below, such as `https://muster.example.com`. */
  readonly url: string
  /** The token, or where to get one whenever a call is made. Without: a page's cookies say who calls. */
  readonly token?: string | (() => string | Promise<string>)
  /** Where the routes lie below `url`. Default `/api/v1`. */
  readonly prefix?: string
  /** Instead of the platform's own. */
  readonly fetch?: (request: Request) => Promise<Response>
}

const OPTIONS = ['url', 'token', 'prefix', 'fetch'] as const satisfies readonly (keyof MusterClientOptions)[]

/** How it is waited for what goes on at the server. */
export interface FinishedOptions {
  readonly signal?: AbortSignal
  /** Between two looks, at most. Default 5 000 ms. */
  readonly pollMs?: number
}

/** What the server answers with, by its name in the API's document: `Answers['Run']` is a run. */
export type Answers = components['schemas']

/** A server, by its calls. */
export interface MusterClient extends Omit<Calls, 'runs' | 'imports' | 'exports'> {
  readonly runs: Calls['runs'] & {
    /** The run once it is completed or cancelled, looked at again and again until then. */
    finished(runId: string, options?: FinishedOptions): Promise<Answers['RunWithUsage']>
  }
  readonly imports: Calls['imports'] & {
    /** The import once it has ended, however: its `status` says it. */
    finished(importId: string, options?: FinishedOptions): Promise<Answers['ImportView']>
  }
  readonly exports: Calls['exports'] & {
    /** The export once it has ended, however: its `status` says it. */
    finished(exportId: string, options?: FinishedOptions): Promise<Answers['ExportView']>
  }
  /**
   * Does jobs, with the token of a worker, until the signal aborts: claims them, says that it lives, settles them, and opens a new worker if this one was declared
   * dead. Resolves once all that ran has ended or gone back.
   */
  work(options: WorkOptions): Promise<void>
  /** Any operation by its method and path. */
  readonly http: Client<paths>
}

/**
 * Calls a server with the types of its API. A refusal is a `MusterError`, such as `NotFoundError`, by its status. What may be repeated is tried
 * four times while the server is away or asks to wait.
 * @throws TypeError for an address that is none, or an unknown option
 */
export function createMusterClient(options: MusterClientOptions): MusterClient {
  assertKnown(options)
  const { url, token, prefix = '/api/v1', fetch = (request) => globalThis.fetch(request) } = options
  if (!URL.canParse(url))
    throw new TypeError(`url: must be an address such as https://muster.example.com, not ${url}`)
  const http = createClient<paths>({
    baseUrl: url.replace(/\/+$/, '') + prefix,
    fetch: persistent(fetch),
    // As the document says of every list in a query.
    querySerializer: { array: { style: 'form', explode: false } },
    ...(token === undefined && { credentials: 'include' as const }),
  })
  http.use({
    async onRequest({ request }) {
      if (token === undefined) return
      request.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`)
    },
  })
  const calls = Object.fromEntries(
    Object.entries(NAMES).map(([subject, verbs]) => [
      subject,
      Object.fromEntries(Object.entries(verbs).map(([verb, id]) => [verb, callOf(http, id, fetch)])),
    ]),
  ) as unknown as Calls
  const { runs, imports, exports } = calls
  return {
    ...calls,
    http,
    work: (options) => work(calls.workers, options),
    runs: { ...runs, finished: (id, options) => finished((look) => runs.get(id, look), RUN_ENDS, options) },
    imports: {
      ...imports,
      finished: (id, options) => finished((look) => imports.get(id, look), IMPORT_ENDS, options),
    },
    exports: {
      ...exports,
      finished: (id, options) => finished((look) => exports.get(id, look), EXPORT_ENDS, options),
    },
  }
}

/** A misspelt option would be passed over: a token, say, with which nothing is sent. */
function assertKnown(options: MusterClientOptions): void {
  const names: readonly string[] = OPTIONS
  const unknown = Object.entries(options).find(
    ([name, value]) => value !== undefined && !names.includes(name),
  )
  if (unknown === undefined) return
  throw new TypeError(`${unknown[0]}: is no option of createMusterClient, which has ${names.join(', ')}`)
}

const RUN_ENDS = ['completed', 'cancelled'] as const
const IMPORT_ENDS = ['completed', 'refused', 'failed', 'cancelled'] as const
const EXPORT_ENDS = ['completed', 'failed'] as const
const FIRST_POLL_MS = 250

/** What is looked at until its status is one of `ends`. */
async function finished<Thing extends { readonly status: string }>(
  look: (options: CallOptions) => Promise<Thing>,
  ends: readonly string[],
  { signal, pollMs = 5_000 }: FinishedOptions = {},
): Promise<Thing> {
  for (let waitMs = FIRST_POLL_MS; ; waitMs *= 2) {
    const thing = await look(signal ? { signal } : {})
    if (ends.includes(thing.status)) return thing
    await waiting(Math.min(pollMs, waitMs), signal)
  }
}

type Sent = Readonly<Record<string, unknown>>

/** What the types of `Call` promise, by what the document says of the operation. */
function callOf(
  http: Client<paths>,
  id: OperationId,
  fetch: (request: Request) => Promise<Response>,
): (...args: unknown[]) => unknown {
  const { method, path, input, answer, keyed } = OPERATIONS[id]
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  return (...args) => {
    const ids = Object.fromEntries(names.map((name, place) => [name, args[place]]))
    const missing = names.find((name) => typeof ids[name] !== 'string' || ids[name] === '')
    if (missing !== undefined) throw new TypeError(`${id}: ${missing} must be a text`)
    const rest = args.slice(names.length)
    const sent = input === 'none' ? undefined : rest.shift()
    const isLines = input === 'body' && (sent instanceof ReadableStream || sent instanceof Blob)
    const options = (rest[0] ?? {}) as CallOptions & { readonly query?: Sent }
    const { signal, idempotencyKey = keyed ? crypto.randomUUID() : undefined, ifMatch } = options
    const request = async (
      query: Sent | undefined,
      more: Readonly<Record<string, string>> = {},
    ): Promise<Answered> => {
      let hasBegun = false
      const send = sent instanceof ReadableStream ? fetch : persistent(fetch)
      const init = {
        params: { path: ids, ...(query && { query }) },
        ...(input === 'body' && { body: sent ?? {} }),
        ...(isLines && { bodySerializer: (lines: unknown) => lines }),
        ...(sent instanceof ReadableStream && { duplex: 'half' }),
        fetch: async (request: Request) => {
          const answered = await send(request)
          hasBegun = true
          return answered
        },
        ...(input === 'file' && { body: sent as FileBody, bodySerializer: (file: FileBody) => file }),
        headers: {
          ...(input === 'file' && { 'content-type': 'application/octet-stream' }),
          ...(isLines && { 'content-type': 'application/x-ndjson' }),
          ...(typeof idempotencyKey === 'string' && { 'idempotency-key': idempotencyKey }),
          ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
          ...more,
        },
        ...(signal && { signal }),
        parseAs: PARSED_AS[answer],
      }
      // Which operation it is says the table, not the compiler.
      const { data, error, response } = await (http as unknown as AnyClient)
        .request(method, path, init)
        .catch((cause: unknown) => {
          // Once an answer has begun, what fails is the reading of it; what is no JSON has come whole.
          if (!hasBegun || signal?.aborted || cause instanceof SyntaxError) throw cause
          throw new UnavailableError('The answer ended before its end', NO_ANSWER, { cause })
        })
      if (!response.ok) throw errorOf(response.status, error)
      if (answer === 'page' && !isPage(data)) throw errorOf(response.status, data)
      return { data, response }
    }
    const ask = async (query: Sent | undefined): Promise<unknown> => (await request(query)).data
    const asked = input === 'query' ? (sent as Sent | undefined) : options.query
    if (answer === 'lines')
      return linesOf(() => ask(asked) as Promise<ReadableStream<Uint8Array> | undefined>)
    if (answer === 'bytes')
      return bytesOf(async (headers) => {
        const { data, response } = await request(asked, headers)
        const body = data as ReadableStream<Uint8Array> | undefined
        return { body, headers: response.headers, status: response.status }
      })
    if (answer === 'page')
      return listing(
        (cursor) => ask({ ...asked, ...(cursor !== undefined && { cursor }) }) as Promise<Page<unknown>>,
      )
    return ask(asked)
  }
}

/** Any address may answer well, with JSON of its own. */
function isPage(data: unknown): data is Page<unknown> {
  return Array.isArray((data as Partial<Page<unknown>> | null | undefined)?.items)
}

const PARSED_AS = {
  lines: 'stream',
  bytes: 'stream',
  page: 'json',
  json: 'json',
  text: 'text',
  nothing: 'json',
} as const

interface Answered {
  readonly data: unknown
  readonly response: Response
}

interface AnyClient {
  request(
    method: string,
    path: string,
    init: object,
  ): Promise<{ readonly data?: unknown; readonly error?: unknown; readonly response: Response }>
}
