import { createHash } from 'node:crypto'
import { UnauthorizedError, UnavailableError } from '@muster/core'
import * as client from 'openid-client'
import type { Answer, Asked } from './answer.ts'
import { addressOfPage, cookieIn, cookieNamesIn } from './browser.ts'
import { codeFor } from './codes.ts'
import type { ConsoleOptions, OidcSignIn } from './options.ts'
import { COMMON_HEADERS } from './policy.ts'
import { seal, unseal } from './seal.ts'

/** What went wrong on the way through the issuer, as the page is told in its address. */
type SignInFault =
  /** The issuer cannot be reached, or says that it is out of order. */
  | 'issuer_away'
  /** The issuer and this server do not fit: its client, secret, addresses or the issuer's own name. */
  | 'misconfigured'
  /** The clocks of the issuer and of this server are too far apart. */
  | 'clock'
  /** The person, or the issuer on their behalf, said no. */
  | 'denied'
  /** A silent round found nobody signed in at the issuer. */
  | 'login'
  /** The answer belongs to no sign-in that this browser has begun within ten minutes, or was used. */
  | 'state'
  /** The API does not take the token: it is for another audience, has no role, or has ended. */
  | 'refused'
  /** Something failed here. */
  | 'server'

const COOKIE = 'muster_oidc_'
/** Where the issuer sends the browser back to, below the page. */
const CALLBACK = 'oidc/callback'
/** How long somebody may take at the issuer. */
const PENDING_MS = 600_000
/** Sign-ins that one browser has under way at most: more than that, and the earlier ones are forgotten. */
const MOST_PENDING = 8
/** How long the code of a sign-in can be used. */
const CODE_MS = 60_000
/** How long the metadata of the issuer are good for. */
const METADATA_MS = 3_600_000
/** How long a call to the issuer may take, in seconds. */
const PATIENCE_SECONDS = 10
/** Longest place on the page that is kept on the way. */
const MOST_PLACE = 1_024

/** A sign-in that is under way, as its cookie keeps it. */
interface Pending {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  /** The address of the callback, as the issuer was told it. */
  readonly redirectUri: string
  /** Where on the page somebody was. */
  readonly to: string
  readonly at: number
}

/** The way through an issuer, and back. */
export interface OidcRounds {
  /** Sends the browser to the issuer. */
  readonly start: (asked: Asked) => Promise<Answer>
  /** Takes what the issuer answers, and sends the browser to the page with a code that opens it once. */
  readonly callback: (asked: Asked) => Promise<Answer>
}

/** Signs in by OpenID Connect: authorization code with PKCE, on the server alone. */
export function oidcRounds(
  { muster, authenticator, prefix }: ConsoleOptions & { readonly prefix: string },
  secret: string,
  { oidc }: OidcSignIn,
): OidcRounds {
  const issuer = issuerOf(oidc, () => muster.clock.now().getTime())

  const refuse = (to: string, fault: SignInFault, cookies: string[] = []): Answer =>
    redirect(`../#sign-in=${fault}${placeOf(to)}`, cookies)

  const failed = (to: string, error: unknown, cookies: string[] = []): Answer => {
    const fault = faultOf(error)
    // Neither the cause nor the answer of the issuer: they hold codes, tokens and secrets.
    if (fault !== 'denied' && fault !== 'login')
      muster.logger.warn({ fault, ...wordsOf(error) }, 'a sign-in by the issuer failed')
    return refuse(to, fault, cookies)
  }

  return {
    async start(asked) {
      const query = new URLSearchParams(asked.query)
      const to = placeIn(query.get('to'))
      const page =
        oidc.redirectUri === undefined
          ? addressOfPage(query.get('page'), asked, prefix)
          : pageOf(oidc.redirectUri)
      try {
        const configuration = await issuer()
        const pending: Pending = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
          redirectUri: `${page}${CALLBACK}`,
          to,
          at: muster.clock.now().getTime(),
        }
        const address = client.buildAuthorizationUrl(configuration, {
          ...oidc.parameters,
          redirect_uri: pending.redirectUri,
          scope: oidc.scope ?? 'openid',
          state: pending.state,
          nonce: pending.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
          code_challenge_method: 'S256',
          ...(query.has('silent') && { prompt: 'none' }),
        })
        const cookie = `${nameOf(pending.state)}=${seal(secret, 'oidc', JSON.stringify(pending))}`
        const others = cookieNamesIn(asked, COOKIE)
        return redirect(address.href, [
          `${cookie}; Max-Age=${PENDING_MS / 1_000}${attributesOf(page)}`,
          ...(others.length < MOST_PENDING ? [] : others.map((name) => cleared(name, page))),
        ])
      } catch (error) {
        return failed(to, error)
      }
    },

    async callback(asked) {
      const query = new URLSearchParams(asked.query)
      const state = query.get('state') ?? ''
      const pending = pendingOf(secret, state, asked, muster.clock.now().getTime())
      if (pending === undefined) return refuse('', 'state')
      // One answer ends it, whatever it says.
      const done = [cleared(nameOf(state), pageOf(pending.redirectUri))]
      try {
        const { access_token: token } = await client.authorizationCodeGrant(
          await issuer(),
          new URL(`${pending.redirectUri}?${asked.query}`),
          {
            pkceCodeVerifier: pending.verifier,
            expectedState: state,
            expectedNonce: pending.nonce,
            idTokenExpected: true,
          },
        )
        await authenticator.authenticate(token)
        const code = await codeFor(muster, token, CODE_MS)
        return redirect(`../#code=${code}${placeOf(pending.to)}`, done)
      } catch (error) {
        return failed(pending.to, error, done)
      }
    },
  }
}

/** The issuer's metadata, read when they are first needed and again every hour; a failure is not kept. */
function issuerOf(oidc: OidcSignIn['oidc'], now: () => number): () => Promise<client.Configuration> {
  let read: { readonly at: number; readonly configuration: Promise<client.Configuration> } | undefined
  return () => {
    const at = Date.now()
    if (read !== undefined && at - read.at < METADATA_MS) return read.configuration
    const address = new URL(oidc.issuer)
    const configuration = client.discovery(
      address,
      oidc.clientId,
      // The clock that tokens are held against is the host's.
      { [client.clockSkew]: Math.round((now() - at) / 1_000) },
      oidc.clientSecret === undefined ? client.None() : withSecret(oidc.clientSecret),
      {
        timeout: PATIENCE_SECONDS,
        ...(address.protocol === 'http:' && { execute: [client.allowInsecureRequests] }),
      },
    )
    const kept = { at, configuration }
    read = kept
    configuration.catch(() => {
      if (read === kept) read = undefined
    })
    return configuration
  }
}

/** Sends the secret as the issuer takes it. */
function withSecret(secret: string): client.ClientAuth {
  return (server, metadata, body, headers) => {
    const takesBasic = server.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true
    const send = takesBasic ? client.ClientSecretBasic(secret) : client.ClientSecretPost(secret)
    send(server, metadata, body, headers)
  }
}

const ASKS_FOR_THE_PERSON: ReadonlySet<string> = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
])
const OUT_OF_ORDER: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error'])
/** Codes of answers that are none of an issuer's: of a proxy before one that is away, say. */
const NO_ANSWER: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
])

function faultOf(error: unknown): SignInFault {
  if (error instanceof UnauthorizedError) return 'refused'
  // Its keys cannot be had.
  if (error instanceof UnavailableError) return 'issuer_away'
  if (error instanceof client.AuthorizationResponseError) {
    if (error.error === 'access_denied') return 'denied'
    if (ASKS_FOR_THE_PERSON.has(error.error)) return 'login'
    return OUT_OF_ORDER.has(error.error) ? 'issuer_away' : 'misconfigured'
  }
  if (error instanceof client.ResponseBodyError)
    return OUT_OF_ORDER.has(error.error) || error.status >= 500 ? 'issuer_away' : 'misconfigured'
  const { code } = error as { readonly code?: unknown }
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') return 'clock'
  if (error instanceof client.ClientError)
    return NO_ANSWER.has(String(code)) ? 'issuer_away' : 'misconfigured'
  // Of `fetch`, which says no more of a server that cannot be reached.
  if (error instanceof TypeError && /^(fetch failed|terminated)$/.test(error.message)) return 'issuer_away'
  return 'server'
}

/** The part of an error that no secret is in. */
function wordsOf(error: unknown): Readonly<Record<string, string>> {
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError)
    return { error: shortened(error.error), description: shortened(error.error_description ?? '') }
  const { code, message } = error as { readonly code?: unknown; readonly message: string }
  return { ...(typeof code === 'string' && { code }), description: shortened(message) }
}

const shortened = (text: string): string => text.slice(0, 200)

const pageOf = (redirectUri: string): string => redirectUri.slice(0, -CALLBACK.length)

function nameOf(state: string): string {
  return COOKIE + createHash('sha256').update(state).digest('hex').slice(0, 16)
}

function pendingOf(secret: string, state: string, asked: Asked, now: number): Pending | undefined {
  const text = unseal(secret, 'oidc', cookieIn(asked, nameOf(state)) ?? '')
  if (text === undefined) return undefined
  const pending = JSON.parse(text) as Pending
  return pending.state === state && now - pending.at < PENDING_MS ? pending : undefined
}

/** `page` is the address of the page as the browser sees it. */
function attributesOf(page: string): string {
  const { pathname, protocol } = new URL(page)
  return `; Path=${pathname}oidc; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`
}

const cleared = (name: string, page: string): string => `${name}=; Max-Age=0${attributesOf(page)}`

/** A place on the page that may stand in an address; `` if it is none. */
function placeIn(given: string | null): string {
  return given !== null && given.length <= MOST_PLACE && /^\/[\x21-\x7e]*$/.test(given) ? given : ''
}

const placeOf = (to: string): string => (to === '' ? '' : `&to=${to}`)

function redirect(location: string, cookies: string[]): Answer {
  return {
    status: 302,
    headers: {
      ...COMMON_HEADERS,
      'cache-control': 'no-store',
      location,
      ...(cookies.length > 0 && { 'set-cookie': cookies }),
    },
  }
}
