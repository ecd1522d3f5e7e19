import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { CommandError, EXIT, type Fault } from './command-error.ts'

/** Tries of one call while the server is away or asks to wait. */
const TRIES = 4
const FIRST_WAIT_MS = 250
const MOST_WAIT_MS = 30_000
/** A comparison of a million pairs takes a while. */
const TIMEOUT_MS = 300_000

/** A problem as the server tells it (RFC 9457). */
interface Problem {
  readonly detail?: string
  readonly errors?: readonly Fault[]
}

/** The API of a Muster server. */
export class Server {
  readonly #base: string
  readonly #token: string

  /** @throws CommandError if no address or token is given, or the address is none */
  constructor(address: string | undefined, token: string | undefined) {
    if (address === undefined || address === '')
      throw new CommandError(EXIT.usage, 'No server is named: set MUSTER_URL, or give --server')
    if (!URL.canParse(address)) throw new CommandError(EXIT.usage, `The server's address is none: ${address}`)
    if (token === undefined || token === '')
      throw new CommandError(EXIT.usage, 'No token is given: set MUSTER_TOKEN')
    this.#base = `${address.replace(/\/+$/, '')}/api/v1`
    this.#token = token
  }

  async get(path: string): Promise<unknown> {
    return jsonFrom(await this.#call('GET', path))
  }

  /** A document that is no JSON. */
  text(path: string): Promise<string> {
    return this.#call('GET', path)
  }

  /** A repeat of it has no further effect: each call has a key of its own. */
  async post(path: string, body: unknown): Promise<unknown> {
    return jsonFrom(await this.#call('POST', path, body))
  }

  /** The lines of an answer, as they come. @throws CommandError if it ends before its end */
  async *lines(path: string): AsyncGenerator<unknown> {
    const answer = await this.#answer(path, () => ({ method: 'GET' }))
    if (!answer.ok || answer.body === null) await readAnswer(answer)
    const decoder = new TextDecoder()
    let held = ''
    try {
      for await (const piece of answer.body ?? []) {
        held += decoder.decode(piece as Uint8Array, { stream: true })
        const lines = held.split('\n')
        held = lines.pop() ?? ''
        for (const line of lines) if (line !== '') yield JSON.parse(line)
      }
    } catch (error) {
      throw new CommandError(EXIT.away, `The server ended its answer too early: ${whyOf(error)}`)
    }
    if (held !== '') yield JSON.parse(held)
  }

  /** Streams lines, made anew for each try. The same `key` with the same lines has its effect once. */
  async postLines(path: string, lines: () => AsyncIterable<string>, key: string): Promise<unknown> {
    const answer = await this.#send(path, () => ({
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': key },
      body: ReadableStream.from(bytesOf(lines())),
      duplex: 'half',
    }))
    return jsonFrom(answer)
  }

  #call(method: string, path: string, body?: unknown): Promise<string> {
    const isGiven = body !== undefined
    const headers = isGiven ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}
    const request = { method, headers, ...(isGiven && { body: JSON.stringify(body) }) }
    return this.#send(path, () => request)
  }

  async #send(path: string, requestOf: () => RequestInit): Promise<string> {
    return readAnswer(await this.#answer(path, requestOf))
  }

  /** The first answer of a server that is there. */
  async #answer(path: string, requestOf: () => RequestInit): Promise<Response> {
    let away = ''
    for (let tries = 0; tries < TRIES; tries++) {
      const request = requestOf()
      const late = new AbortController()
      // Until an answer begins: one of many lines may take longer.
      const timer = setTimeout(() => late.abort(new Error('it gave no answer in time')), TIMEOUT_MS)
      const answer = await fetch(`${this.#base}${path}`, {
        ...request,
        headers: { ...(request.headers as Record<string, string>), authorization: `Bearer ${this.#token}` },
        signal: late.signal,
      })
        .catch((error: unknown) => whyOf(error))
        .finally(() => clearTimeout(timer))
      if (typeof answer !== 'string' && !isAway(answer)) return answer
      away = typeof answer === 'string' ? answer : `it answered ${answer.status}`
      if (tries < TRIES - 1) await wait(waitOf(answer, tries))
    }
    throw new CommandError(EXIT.away, `The server is away: ${away}`)
  }
}

async function* bytesOf(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of lines) yield Buffer.from(line)
}

function isAway({ status }: Response): boolean {
  return status === 429 || status === 502 || status === 503 || status === 504
}

/** As long as the server asks for, else twice as long each time. */
function waitOf(answer: Response | string, tries: number): number {
  const asked =
    typeof answer === 'string' ? Number.NaN : Number(answer.headers.get('retry-after') ?? Number.NaN)
  return Math.min(MOST_WAIT_MS, asked > 0 ? asked * 1_000 : FIRST_WAIT_MS * 2 ** tries)
}

async function readAnswer(answer: Response): Promise<string> {
  const text = await answer.text()
  if (answer.ok) return text
  const body: unknown = jsonIn(text)
  const { detail, errors = [] } = (typeof body === 'object' && body !== null ? body : {}) as Problem
  const said = errors.length > 0 ? errors.map(({ path, message }) => `${path} ${message}`) : [detail ?? text]
  throw new CommandError(exitOf(answer.status), said.join('\n'), errors)
}

function exitOf(status: number): number {
  if (status === 401 || status === 403) return EXIT.notAllowed
  if (status === 404) return EXIT.notFound
  if (status === 409 || status === 412) return EXIT.conflict
  return status >= 400 && status < 500 ? EXIT.usage : EXIT.away
}

/** @throws CommandError for an answer that is none of Muster's */
function jsonFrom(text: string): unknown {
  const body = jsonIn(text)
  if (body === undefined)
    throw new CommandError(EXIT.away, `The server answered no JSON: ${text.slice(0, 200)}`)
  return body
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Why a request got no answer: its cause says more than that it failed. */
function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message || cause.name : String(cause)
}
