import type { UserId } from '../ids.ts'
import type { Role } from './person.ts'

/** The caller of a transport, as a token or a session of the host names them. */
export interface Identity {
  readonly userId: UserId
  /** If the directory knows the user, the role there counts. */
  readonly role: Role
  /** Sockets are closed then, and their clients connect anew. */
  readonly expiresAt: Date
}

/** The caller of a transport by an id of the host: the `externalId` of a user. */
export interface ExternalIdentity extends Omit<Identity, 'userId'> {
  readonly externalId: string
}

/** Turns a bearer token into the identity that it names. @throws UnauthorizedError when it does not hold */
export interface Authenticator {
  authenticate(token: string): Promise<Identity | ExternalIdentity>
  /** The issuers whose tokens it takes, for those who operate; absent or empty: it does not look. */
  readonly issuers?: readonly string[]
}
