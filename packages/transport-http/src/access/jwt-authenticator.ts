import {
  ForbiddenError,
  isUuid,
  type ProjectId,
  type Role,
  UnauthorizedError,
  UnavailableError,
  type UserId,
} from '@muster/core'
import type { Authenticator } from '@muster/core/ports'
import type { WorkerIdentity } from '@muster/core/remote'
import { ROLES } from '@muster/core/schemas'
import { assertOptions, type OptionRules, option, plainError, unstorableText } from '@muster/core/support'
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  type JWTVerifyResult,
  jwtVerify,
} from 'jose'

/** Who a token is of, and as what: which of its claims say so. */
interface ClaimOptions {
  /**
   * The claim that holds the user id, a UUID, or else the `externalId` of a user. Default `sub`. A claim inside others is named by its path, as `app.user`; a claim whose own name has
   * dots, as `https://example.org/user`, by that name.
   */
  readonly userClaim?: string
  /** Finds the user id (a UUID), or else the `externalId` of a user, in a checked token, in place of `userClaim`; undefined lets nobody in. */
  readonly userIdOf?: (claims: JWTPayload) => string | undefined | Promise<string | undefined>
  /** The claim that holds the role: a text, words with blanks between, or a list; of several the highest counts. Default `role`. Absent: `annotator`. */
  readonly roleClaim?: string
  /**
   * What roles of the issuer mean here. Default: `admin`, `manager`, `annotator` and `worker` mean themselves. If given, no other name counts. A token that names
   * `worker` alone is one of a worker over HTTP: its claims `types` and `projects` list the job types and the ids of the projects that it may do jobs of.
   */
  readonly roles?: Readonly<Record<string, Role | 'worker'>>
}

/** One or several, of which a token must name one; `false`: not checked. */
type Expected = string | readonly string[] | false

/** What tokens are held to: exactly one of `secret` and `jwksUrl`. An issuer signs for many programs, so its keys need an audience and an issuer. */
export type JwtOptions = ClaimOptions &
  (
    | {
        /** The shared key of HS256, at least 32 bytes. */
        readonly secret: string
        readonly jwksUrl?: undefined
        /** Whom the token must be for (`aud`). Default: not checked. */
        readonly audience?: Expected | undefined
        /** Who must have issued the token (`iss`). Default: not checked. */
        readonly issuer?: Expected | undefined
      }
    | {
        readonly secret?: undefined
        /** Where the issuer publishes its keys. RS256, PS256, ES256 and EdDSA are taken. */
        readonly jwksUrl: string
        /** Whom the token must be for (`aud`); `false` takes tokens that the issuer made for other programs. */
        readonly audience: Expected
        /** Who must have issued the token (`iss`). */
        readonly issuer: Expected
      }
  )

/** A text, a list of them, or `false`; what is empty is told further on. */
const EXPECTED = option.either(option.either(option.anyText, option.list()), {
  rule: 'false',
  holds: (value) => value === false,
})

const RULES: OptionRules<JwtOptions> = {
  secret: option.anyText,
  jwksUrl: {
    rule: 'a URL such as https://login.example.org/.well-known/jwks.json',
    holds: (value) => typeof value === 'string' && /^https?:$/.test(URL.parse(value)?.protocol ?? ''),
  },
  audience: EXPECTED,
  issuer: EXPECTED,
  userClaim: option.anyText,
  userIdOf: option.callable,
  roleClaim: option.anyText,
  roles: option.having(),
}

/** HS256 wants a key at least as long as its hash (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32
/** How long the issuer may take, so that who is calling is answered within 5 seconds. */
const JWKS_TIMEOUT_MS = 4_000
/** How far the clocks of issuer and server may be apart: `exp` may be so long past, `nbf` so far ahead. `iat` is not held against the clock. */
const CLOCK_TOLERANCE_S = 5
/** The issuer's fault, not the token's: its keys cannot be had. */
const KEYS_AWAY = new Set([errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code])

export interface JwtAuthenticator extends Authenticator {
  /**
   * Asks the issuer for its keys now, which otherwise the first token does; does nothing beside a shared key.
   * @throws UnavailableError saying why there are none
   */
  checkKeys(): Promise<void>
  authenticateWorker(token: string): Promise<WorkerIdentity>
}

/**
 * Verifies JWTs (RFC 7519): `exp` required, the algorithm pinned by the kind of key, audience and issuer, 5 s of tolerance. `authenticate` throws
 * UnauthorizedError, naming the claim at fault, for a token that does not hold, ForbiddenError for one of a worker, and UnavailableError while the issuer's keys cannot be had.
 *
 * @throws TypeError for neither a secret nor a jwksUrl, both, a secret that is too short, a jwksUrl without audience and issuer or
 * with a password, or an empty setting
 */
export function jwtAuthenticator(options: JwtOptions): JwtAuthenticator {
  assertOptions('jwtAuthenticator', options, RULES)
  const { key, check } = keysOf(options)
  const isOfIssuer = options.jwksUrl !== undefined
  const audience = expectedOf('audience', options.audience, isOfIssuer)
  const issuer = expectedOf('issuer', options.issuer, isOfIssuer)
  const userIdOf = options.userIdOf ?? claimReader(options.userClaim)
  const roleOf = roleReader(options)
  const checks: JWTVerifyOptions = {
    algorithms: isOfIssuer ? ['RS256', 'PS256', 'ES256', 'EdDSA'] : ['HS256'],
    requiredClaims: ['exp'],
    clockTolerance: CLOCK_TOLERANCE_S,
    ...(audience === undefined ? {} : { audience }),
    ...(issuer === undefined ? {} : { issuer }),
  }
  const claimsOf = async (token: string): Promise<JWTPayload> => {
    const { payload } = await verified(token, key, checks).catch((error: unknown) => {
      throw error instanceof errors.JOSEError ? new UnauthorizedError(reasonOf(error)) : error
    })
    return payload
  }
  return {
    checkKeys: check,
    issuers: issuer ?? [],
    async authenticateWorker(token) {
      const claims = await claimsOf(token)
      if (roleOf(claims) !== 'worker')
        throw new ForbiddenError('These calls are for workers: they need a token of the role worker')
      return workerOf(claims)
    },
    async authenticate(token) {
      const claims = await claimsOf(token)
      const role = roleOf(claims)
      if (role === 'worker')
        throw new ForbiddenError('A token of the role worker opens the calls of workers alone')
      const named = await userIdOf(claims)
      if (typeof named !== 'string' || named === '') throw new UnauthorizedError('The token names no user')
      const rest = { role, expiresAt: expiryOf(claims) }
      return isUuid(named)
        ? { userId: named.toLowerCase() as UserId, ...rest }
        : { externalId: named, ...rest }
    },
  }
}

function expiryOf({ exp = 0 }: JWTPayload): Date {
  return new Date(exp * 1000)
}

/** The worker that a token of one names. @throws UnauthorizedError naming the claim at fault */
function workerOf(claims: JWTPayload): WorkerIdentity {
  const { sub } = claims
  if (sub === undefined || sub === '')
    throw new UnauthorizedError('The token names no worker: its claim sub must say whose it is')
  const unkept = unstorableText(sub)
  if (unkept !== undefined) throw new UnauthorizedError(`The claim sub of the token ${unkept}`)
  const types = listOf(claims, 'types', 'names of job types', (name) => name !== '')
  const projects = listOf(claims, 'projects', 'ids of projects', isUuid)
  return {
    subject: sub,
    types,
    projects: projects.map((id) => id.toLowerCase() as ProjectId),
    expiresAt: expiryOf(claims),
  }
}

function listOf(
  claims: JWTPayload,
  name: string,
  what: string,
  holds: (value: string) => boolean,
): readonly string[] {
  const values = claims[name]
  if (
    Array.isArray(values) &&
    values.length > 0 &&
    values.every((one) => typeof one === 'string' && holds(one))
  )
    return values
  throw new UnauthorizedError(`The token's claim ${name} must be a list of ${what}`)
}

/** A token that does not say which of the issuer's keys signed it holds if one of them did. */
async function verified(
  token: string,
  key: JWTVerifyGetKey,
  checks: JWTVerifyOptions,
): Promise<JWTVerifyResult> {
  try {
    return await jwtVerify(token, key, checks)
  } catch (ambiguous) {
    if (!(ambiguous instanceof errors.JWKSMultipleMatchingKeys)) throw ambiguous
    for await (const candidate of ambiguous) {
      try {
        return await jwtVerify(token, candidate, checks)
      } catch (error) {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
      }
    }
    throw new errors.JWSSignatureVerificationFailed()
  }
}

/** @throws TypeError for what would check nothing */
function expectedOf(
  name: 'audience' | 'issuer',
  expected: Expected | undefined,
  needed: boolean,
): string[] | undefined {
  if (expected === false) return undefined
  if (expected === undefined) {
    if (!needed) return undefined
    throw new TypeError(
      `jwtAuthenticator needs the ${name} of tokens beside a jwksUrl: its keys sign tokens for other programs too. Give ${name}: false to take those`,
    )
  }
  const names = typeof expected === 'string' ? [expected] : [...expected]
  if (names.length === 0 || names.some((each) => typeof each !== 'string' || each.trim() === ''))
    throw new TypeError(`jwtAuthenticator was given an empty ${name}: name one, or give false to check none`)
  return names
}

/** @throws TypeError for an empty name */
function claimReader(claim = 'sub'): (claims: JWTPayload) => string {
  if (claim === '') throw new TypeError('jwtAuthenticator was given an empty userClaim')
  return (claims) => {
    const value = claimAt(claims, claim)
    if (typeof value !== 'string' || value === '')
      throw new UnauthorizedError(
        `The token names no user: its claim ${claim} must be a user id or an externalId`,
      )
    return value
  }
}

/** @throws TypeError for an empty name, or a role that is none */
function roleReader({
  roleClaim: claim = 'role',
  roles,
}: ClaimOptions): (claims: JWTPayload) => Role | 'worker' {
  if (claim === '') throw new TypeError('jwtAuthenticator was given an empty roleClaim')
  const all = [...ROLES, 'worker'] as const
  const known = new Map<string, Role | 'worker'>(
    roles ? Object.entries(roles) : all.map((role) => [role, role]),
  )
  for (const [name, role] of known) {
    if (!all.includes(role))
      throw new TypeError(
        `jwtAuthenticator was given the role ${String(role)} for ${name}: there is none such`,
      )
  }
  return (claims) => {
    const value = claimAt(claims, claim)
    if (value === undefined) return 'annotator'
    const names = (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string')
    const held = new Set(names.flatMap((name) => [name, ...name.split(/\s+/)]).map((name) => known.get(name)))
    const highest = all.find((role) => held.has(role))
    if (highest === undefined)
      throw new UnauthorizedError(
        `The token's claim ${claim} must name one of ${[...known.keys()].join(', ')}`,
      )
    return highest
  }
}

/** A claim by its name, or by its path where it lies inside others; names may have dots. */
function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined
  if (Object.hasOwn(claims, path)) return (claims as Readonly<Record<string, unknown>>)[path]
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const found = claimAt(own(claims, path.slice(0, dot)), path.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

function own(claims: object, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims as Readonly<Record<string, unknown>>)[name] : undefined
}

interface Keys {
  readonly key: JWTVerifyGetKey
  readonly check: () => Promise<void>
}

function keysOf({ secret, jwksUrl }: JwtOptions): Keys {
  if ((secret === undefined) === (jwksUrl === undefined))
    throw new TypeError('jwtAuthenticator needs either a secret or a jwksUrl')
  if (secret !== undefined) {
    const bytes = new TextEncoder().encode(secret)
    if (bytes.length < MIN_SECRET_BYTES)
      throw new TypeError(`jwtAuthenticator needs a secret of at least ${MIN_SECRET_BYTES} bytes`)
    // Bytes would be made a key of again for each token.
    const key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
    return { key: () => key, check: async () => undefined }
  }
  const url = new URL(jwksUrl ?? '')
  if (url.username !== '' || url.password !== '')
    throw new TypeError('jwtAuthenticator takes no user or password in jwksUrl: no fetch sends them')
  const keys = createRemoteJWKSet(url, { timeoutDuration: JWKS_TIMEOUT_MS })
  const away = (why: string, cause?: unknown): UnavailableError =>
    new UnavailableError(
      `The keys of the issuer of tokens cannot be had right now${why}`,
      {},
      { backend: 'token issuer', ...(cause !== undefined && { cause: plainError(cause) }) },
    )
  return {
    async key(header, token) {
      try {
        return await keys(header, token)
      } catch (error) {
        if (error instanceof errors.JOSEError && !KEYS_AWAY.has(error.code)) throw error
        throw away('', error)
      }
    },
    async check() {
      await keys.reload().catch((error: unknown) => {
        throw away(`: ${plainError(error).message}`, error)
      })
      if (keys.jwks()?.keys.length === 0) throw away(': there are none')
    },
  }
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's claim ${error.claim} does not hold`
  return 'The token does not hold'
}
