import { UnauthorizedError } from '../errors.ts'
import { isUuid } from '../ids.ts'
import type { ExternalIdentity, Identity } from './authenticator.ts'
import { ROLES } from './person.ts'

/**
 * The caller whom a host's `authenticate(request)` names.
 * @throws UnauthorizedError for nobody, and for a session that has ended by `now`
 * @throws TypeError for an answer that names no user, no role or no time, by field
 */
export function sessionHolder(
  given: Identity | ExternalIdentity | null | undefined,
  now: Date,
): Identity | ExternalIdentity {
  if (given === undefined || given === null)
    throw new UnauthorizedError(
      'A bearer token (Authorization: Bearer <jwt>) or a session of the host is needed',
    )
  const { role, expiresAt } = given
  const named = 'userId' in given ? userOf(given) : externalOf(given)
  if (!ROLES.includes(role)) throw wrong('role', `one of ${ROLES.join(', ')}`)
  if (!(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime())) throw wrong('expiresAt', 'a Date')
  if (expiresAt <= now) throw new UnauthorizedError('The session has ended')
  return { ...named, role, expiresAt }
}

function externalOf({ externalId }: ExternalIdentity): Pick<ExternalIdentity, 'externalId'> {
  if (externalId === undefined) throw wrong('userId', 'a UUID')
  if (typeof externalId !== 'string') throw wrong('externalId', 'a text')
  return { externalId }
}

function userOf({ userId }: Identity): Pick<Identity, 'userId'> {
  if (!isUuid(userId)) throw wrong('userId', 'a UUID')
  return { userId: userId.toLowerCase() as Identity['userId'] }
}

function wrong(field: keyof Identity | keyof ExternalIdentity, rule: string): TypeError {
  return new TypeError(`authenticate gave a wrong ${field}: it must be ${rule}`)
}
