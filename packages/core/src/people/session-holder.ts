import { Unauthorized } from '../errors.ts'
import { isUuid } from '../ids.ts'
import type { Identity } from './authenticator.ts'
import { ROLES } from './person.ts'

/**
 * The caller whom a host's `authenticate(request)` names.
 * @throws Unauthorized for nobody, and for a session that has ended by `now`
 * @throws TypeError for an answer that names no user, no role or no time, by field
 */
export function sessionHolder(given: Identity | null | undefined, now: Date): Identity {
  if (given === undefined || given === null)
    throw new Unauthorized('A bearer token (Authorization: Bearer <jwt>) or a session of the host is needed')
  const { userId, role, expiresAt } = given
  if (!isUuid(userId)) throw wrong('userId', 'a UUID')
  if (!ROLES.includes(role)) throw wrong('role', `one of ${ROLES.join(', ')}`)
  if (!(expiresAt instanceof Date) || Number.isNaN(expiresAt.getTime())) throw wrong('expiresAt', 'a Date')
  if (expiresAt <= now) throw new Unauthorized('The session has ended')
  return { userId: userId.toLowerCase() as Identity['userId'], role, expiresAt }
}

function wrong(field: keyof Identity, rule: string): TypeError {
  return new TypeError(`authenticate gave a wrong ${field}: it must be ${rule}`)
}
