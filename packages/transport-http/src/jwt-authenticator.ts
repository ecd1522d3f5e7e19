import {
  type Authenticator,
  isUuid,
  plainError,
  type Role,
  Unauthorized,
  Unavailable,
  type UserId,
} from '@muster/core'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose'

/** What tokens are held to: exactly one of `secret` and `jwksUrl`. */
export interface JwtOptions {
  /** The shared key of HS256, at least 32 bytes; or `jwksUrl`. */
  readonly secret?: string
  /** Where the issuer publishes its keys. RS256, PS256, ES256 and EdDSA are taken. */
  readonly jwksUrl?: string
  /** Checked where given. */
  readonly audience?: string
  /** Checked where given. */
  readonly issuer?: string
}

/** HS256 wants a key at least as long as its hash (RFC 7518, 3.2). */
const MIN_SECRET_BYTES = 32
/** How long the issuer may take, so that who is calling is answered within 5 seconds. */
const JWKS_TIMEOUT_MS = 4_000
/** The issuer's fault, not the token's: its keys cannot be had. */
const KEYS_AWAY = new Set([errors.JWKSTimeout.code, errors.JWKSInvalid.code, errors.JOSEError.code])

const ROLES: readonly string[] = ['admin', 'manager', 'annotator'] satisfies Role[]

/**
 * Verifies JWTs (RFC 7519): `exp` required, the algorithm pinned by the kind of key, audience and issuer where configured. Claims: `sub`, a
 * user id, and `role`. `authenticate` throws Unauthorized for a token that does not hold, and Unavailable while the issuer's keys cannot be had.
 *
 * @throws TypeError for neither a secret nor a jwksUrl, both, or a secret that is too short
 */
export function jwtAuthenticator(options: JwtOptions): Authenticator {
  const key = keyOf(options)
  const checks: JWTVerifyOptions = {
    algorithms: options.secret === undefined ? ['RS256', 'PS256', 'ES256', 'EdDSA'] : ['HS256'],
    requiredClaims: ['exp', 'sub'],
    ...(options.audience === undefined ? {} : { audience: options.audience }),
    ...(options.issuer === undefined ? {} : { issuer: options.issuer }),
  }
  return {
    async authenticate(token) {
      const { payload } = await jwtVerify(token, key, checks).catch((error: unknown) => {
        throw error instanceof errors.JOSEError ? new Unauthorized(reasonOf(error)) : error
      })
      const { sub, role = 'annotator', exp } = payload
      if (sub === undefined || !isUuid(sub))
        throw new Unauthorized('The token names no user: its sub must be a UUID')
      if (typeof role !== 'string' || !ROLES.includes(role))
        throw new Unauthorized(`The token's role must be one of ${ROLES.join(', ')}`)
      return {
        userId: sub.toLowerCase() as UserId,
        role: role as Role,
        expiresAt: new Date((exp ?? 0) * 1000),
      }
    },
  }
}

function keyOf({ secret, jwksUrl }: JwtOptions): JWTVerifyGetKey {
  if ((secret === undefined) === (jwksUrl === undefined))
    throw new TypeError('jwtAuthenticator needs either a secret or a jwksUrl')
  if (secret !== undefined) {
    const bytes = new TextEncoder().encode(secret)
    if (bytes.length < MIN_SECRET_BYTES)
      throw new TypeError(`jwtAuthenticator needs a secret of at least ${MIN_SECRET_BYTES} bytes`)
    // Bytes would be made a key of again for each token.
    const key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
    return () => key
  }
  const keys = createRemoteJWKSet(new URL(jwksUrl ?? ''), { timeoutDuration: JWKS_TIMEOUT_MS })
  return async (header, token) => {
    try {
      return await keys(header, token)
    } catch (error) {
      if (error instanceof errors.JOSEError && !KEYS_AWAY.has(error.code)) throw error
      throw new Unavailable(
        'The keys of the issuer of tokens cannot be had right now',
        {},
        { cause: plainError(error), backend: 'token issuer' },
      )
    }
  }
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's claim ${error.claim} does not hold`
  return 'The token does not hold'
}
