import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { COMMON_HEADERS } from './policy.ts'

/** A request below the prefix, as every host can give it. */
export interface Asked {
  readonly method: string
  /** Below the prefix, without its query: `` for the prefix itself, else with a slash in front. */
  readonly path: string
  /** What stands behind the `?`. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  /** The address that asks. */
  readonly from: string
  readonly request: IncomingMessage
  /** Reads it, and no more of it than a call of this page has. @throws TooLargeError */
  readonly body: () => Promise<string>
}

/** An answer, as every host can send it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body?: Buffer | string
}

/** The body of a request is longer than any that this page sends. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError'
}

/** Longest body of a call to the page, in characters: a code or a token. */
export const MOST_BODY = 16_384

/** The codes of refusals of the page's own server. */
export type RefusalCode =
  | 'validation_failed'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'payload_too_large'
  | 'unsupported_media_type'
  | 'rate_limited'
  | 'internal'

const TITLES: Readonly<Record<RefusalCode, readonly [status: number, title: string]>> = {
  validation_failed: [400, 'The request is not valid'],
  unauthorized: [401, 'Who is calling?'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'Not found'],
  payload_too_large: [413, 'Too large'],
  unsupported_media_type: [415, 'Unsupported media type'],
  rate_limited: [429, 'Too many requests'],
  internal: [500, 'Something went wrong here'],
}

/** A refusal as the API words its own (RFC 9457). */
export function problem(
  code: RefusalCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const [status, title] = TITLES[code]
  const body = { type: `urn:muster:problem:${code}`, title, status, detail, code, requestId: randomUUID() }
  return {
    status,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify(body),
  }
}

/** JSON that nobody may keep. */
export function json(value: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status: 200,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'application/json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify(value),
  }
}
