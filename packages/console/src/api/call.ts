import type { Operations } from './schema.ts'
import { bearer, renewed } from './session.ts'
import { pathOf, settings } from './settings.ts'

/** A call of the API, as `METHOD /path`. */
export type CallName = keyof Operations

/** The answer of a call. */
export type AnswerOf<Name extends CallName> = Operations[Name]['answer']

type InputOf<Name extends CallName> = Omit<Operations[Name], 'answer'>

/** A fault of what was sent, by the place that it is at. */
export interface Issue {
  readonly path: string
  readonly message: string
  readonly question?: string | null
  readonly rule?: string
}

/** What the API says when it refuses (RFC 9457), and what is said here when it cannot be reached. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly requestId?: string
  readonly errors?: readonly Issue[]
  readonly [member: string]: unknown
}

/** A call that was refused, or that did not reach the server (`offline`). */
export class CallError extends Error {
  override readonly name = 'CallError'
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

interface More {
  /** Makes a repeat of the call the same call. */
  readonly key?: string
  /** Goes on after the page is closed. */
  readonly keepalive?: boolean
  /** The version that was seen: a change of another is refused. */
  readonly version?: number | null
  /** Waits and tries again by itself where the server asks for that. Default true. */
  readonly patient?: boolean
}

const MOST_TRIES = 4

/**
 * Makes a call. One that meets an ended session renews it once; one that the server puts off waits as long as it says.
 * @throws CallError
 */
export async function call<Name extends CallName>(
  name: Name,
  input: InputOf<Name>,
  more: More = {},
): Promise<AnswerOf<Name>> {
  for (let tries = 1; ; tries += 1) {
    const token = bearer()
    const response = await sent(name, input as Given, token, more)
    if (response.ok) return (response.status === 204 ? null : parsed(await response.text())) as AnswerOf<Name>
    const problem = await problemOf(response)
    if (response.status === 401 && tries === 1 && (await renewed(token))) continue
    const isPutOff = response.status === 429 || response.status === 503
    if (!isPutOff || more.patient === false || tries >= MOST_TRIES) throw new CallError(problem)
    await waited(Number(response.headers.get('retry-after') ?? 1) * 1_000)
  }
}

interface Given {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
}

async function sent(name: string, given: Given, token: string | undefined, more: More): Promise<Response> {
  const [method = 'GET', template = ''] = name.split(' ')
  const path = template.replaceAll(/\{(\w+)\}/g, (_, param: string) =>
    encodeURIComponent(given.params?.[param] ?? ''),
  )
  const query = new URLSearchParams(
    Object.entries(given.query ?? {}).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    ),
  ).toString()
  const { key, keepalive, version } = more
  try {
    return await fetch(`${pathOf(settings.api)}${path}${query === '' ? '' : `?${query}`}`, {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(given.body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...(version != null && { 'if-match': `"${version}"` }),
      },
      ...(given.body !== undefined && { body: JSON.stringify(given.body) }),
      ...(keepalive && { keepalive }),
      credentials: 'omit',
      cache: 'no-store',
    })
  } catch {
    throw new CallError({ status: 0, code: 'offline', detail: 'The server cannot be reached' })
  }
}

async function problemOf(response: Response): Promise<Problem> {
  return problemIn(response.status, await response.text())
}

/** What an answer says that refuses. */
export function problemIn(status: number, text: string): Problem {
  try {
    return JSON.parse(text) as Problem
  } catch {
    return { status, code: 'internal', detail: `The server answered ${status}, and not as Muster does` }
  }
}

/** Without so many digits in a row, and without so great an exponent, a double keeps every number. A function called for each value takes longer than all else. */
const MAYBE_CHANGED = /[\d.]{16}|(?:^|[\s,:[])-?\d[\d.]*e[+-]?\d{3}/i

/** JSON as it was sent: numbers that a double would change are kept digit by digit, where the browser can. */
export function parsed(text: string): unknown {
  const { rawJSON } = JSON as { readonly rawJSON?: (digits: string) => unknown }
  if (rawJSON === undefined || !MAYBE_CHANGED.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    const source = context?.source
    if (typeof value !== 'number' || source === undefined) return value
    return isChanged(value, source) ? rawJSON(source) : value
  })
}

function isChanged(value: number, source: string): boolean {
  const digits = (text: string): string =>
    text
      .replace(/e.*$/i, '')
      .replace(/[-.]/g, '')
      .replace(/^0+|0+$/g, '')
  return digits(String(value)) !== digits(source)
}

const waited = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(ms, 30_000)))
