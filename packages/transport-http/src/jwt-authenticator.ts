import { type Authenticator, isUuid, type Role, Unauthorized, type UserId } from '@muster/core'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose'

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

const ROLES: readonly string[] = ['admin', 'manager', 'annotator'] satisfies Role[]

/**
 * Verifies JWTs (RFC 7519): `exp` required, the algorithm pinned by the kind of key, audience and issuer where configured. Claims: `sub`, a
 * user id, and `role`.
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
  if (secret !== undefined) {
    const bytes = new TextEncoder().encode(secret)
    return async () => bytes
  }
  if (jwksUrl === undefined) throw new TypeError('jwtAuthenticator needs a secret or a jwksUrl')
  return createRemoteJWKSet(new URL(jwksUrl))
}

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired'
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's claim ${error.claim} does not hold`
  return 'The token does not hold'
}
