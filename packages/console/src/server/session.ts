import { UnauthorizedError } from '@muster/core'
import { trustedPages } from '@muster/core/support'
import { type Answer, type Asked, json, problem } from './answer.ts'
import { cookieIn, pathOfPage } from './browser.ts'
import { CODE_MS, consoleCode, tokenOfCode } from './codes.ts'
import type { ConsoleOptions } from './options.ts'
import { seal, unseal } from './seal.ts'

const COOKIE = 'muster_console'
/** Browsers keep no longer cookie. */
const MOST_COOKIE = 4_096
/** Codes of one address that may be refused in a minute. */
const MOST_REFUSED = 10
const MINUTE_MS = 60_000

/** The calls that sign in and out. */
export interface Sessions {
  /** Gives the token for a code, for the cookie of an earlier code, or by the host's session. */
  readonly open: (asked: Asked) => Promise<Answer>
  /** Clears the cookie. */
  readonly close: (asked: Asked) => Answer
  /** Answers a code to whoever has a token already. */
  readonly link: (asked: Asked) => Promise<Answer>
}

/**
 * Signs in by one-time codes and a sealed cookie, or by the host's own session. No cookie opens the API: it opens `open` alone.
 * @param secret seals the cookie
 */
export function sessions(options: ConsoleOptions & { readonly prefix: string }, secret: string): Sessions {
  const { muster } = options
  const host = options.signIn && 'token' in options.signIn ? options.signIn : undefined
  const old = options.signIn === undefined ? 'is older than 15 minutes' : 'is too old'
  const refused = new Refusals(() => muster.clock.now().getTime())

  const opened = async (asked: Asked, token: string, fromCode: boolean): Promise<Answer> => {
    const expiresAt = await endOf(options, token)
    if (expiresAt === undefined) return problem('unauthorized', 'The session has ended: sign in again')
    const body = { token, expiresAt: expiresAt.toISOString() }
    if (!fromCode) return json(body)
    const cookie = cookieOf(asked, options.prefix, seal(secret, 'cookie', token))
    // In place of one too long stays none: an earlier one would open another session.
    return json(body, { 'set-cookie': cookie.length > MOST_COOKIE ? noCookie(asked) : cookie })
  }

  const noCookie = (asked: Asked): string => `${cookieOf(asked, options.prefix, '')}; Max-Age=0`

  return {
    async open(asked) {
      const wrong = wrongPage(asked)
      if (wrong) return wrong
      const given = codeIn(await asked.body())
      if (given === undefined) return problem('validation_failed', 'The body must be {} or { "code": "…" }')
      if (host !== undefined) {
        const token = await host.token(asked.request)
        return token === null ? problem('unauthorized', 'Nobody is signed in') : opened(asked, token, false)
      }
      if (given.code !== undefined) {
        if (refused.tooMany(asked.from))
          return problem('rate_limited', 'Too many codes that do not hold: wait a minute', {
            'retry-after': '60',
          })
        const token = await tokenOfCode(muster, given.code)
        if (token !== undefined) return opened(asked, token, true)
        refused.add(asked.from)
        return problem('unauthorized', `The link was used already, or ${old}`)
      }
      const token = unseal(secret, 'cookie', cookieIn(asked, COOKIE) ?? '')
      return token === undefined
        ? problem('unauthorized', 'Nobody is signed in')
        : opened(asked, token, false)
    },

    close(asked) {
      const wrong = wrongPage(asked)
      if (wrong) return wrong
      return json({}, { 'set-cookie': noCookie(asked) })
    },

    async link(asked) {
      if (host !== undefined) return problem('not_found', 'The host signs in to this page: it has no links')
      const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(asked.headers.authorization ?? '')?.[1]
      if (token === undefined || (await endOf(options, token)) === undefined)
        return problem('unauthorized', 'A bearer token is needed: Authorization: Bearer <jwt>')
      const code = await consoleCode({ muster }, token)
      const expiresAt = new Date(muster.clock.now().getTime() + CODE_MS).toISOString()
      return json({ code, expiresAt })
    },
  }
}

/** When the token ends; undefined if it does not hold. */
async function endOf({ authenticator }: ConsoleOptions, token: string): Promise<Date | undefined> {
  try {
    return (await authenticator.authenticate(token)).expiresAt
  } catch (error) {
    if (error instanceof UnauthorizedError) return undefined
    throw error
  }
}

const isTrusted = trustedPages([])

/** Refuses what is not a call of this very page. */
function wrongPage({ headers }: Asked): Answer | undefined {
  const site = headers['sec-fetch-site']
  const isOurs =
    site === undefined ? headers.origin !== undefined && isTrusted(headers) : site === 'same-origin'
  if (!isOurs) return problem('forbidden', 'Only the page itself may ask for its session')
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? ''))
    return problem('unsupported_media_type', 'The body must be application/json')
  return undefined
}

/** The body of a call, checked; undefined if it is something else. */
function codeIn(body: string): { readonly code?: string } | undefined {
  try {
    const given: unknown = JSON.parse(body === '' ? '{}' : body)
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
    const { code, ...rest } = given as { readonly code?: unknown }
    if (Object.keys(rest).length > 0) return undefined
    return code === undefined ? {} : typeof code === 'string' ? { code } : undefined
  } catch {
    return undefined
  }
}

/** The cookie that opens {@link Sessions.open} again. */
function cookieOf(asked: Asked, prefix: string, value: string): string {
  const secure = asked.headers.origin?.startsWith('https:') ? '; Secure' : ''
  return `${COOKIE}=${value}; Path=${pathOfPage(asked, prefix)}session; HttpOnly; SameSite=Strict${secure}`
}

/** Counts refused codes by address, for as long as a minute lasts. */
class Refusals {
  readonly #now: () => number
  #began = 0
  readonly #counts = new Map<string, number>()

  constructor(now: () => number) {
    this.#now = now
  }

  tooMany(address: string): boolean {
    const now = this.#now()
    if (now - this.#began >= MINUTE_MS) {
      this.#began = now
      this.#counts.clear()
    }
    return (this.#counts.get(address) ?? 0) >= MOST_REFUSED
  }

  add(address: string): void {
    this.#counts.set(address, (this.#counts.get(address) ?? 0) + 1)
  }
}
