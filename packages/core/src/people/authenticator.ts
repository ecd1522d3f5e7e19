import type { ProjectId, UserId } from '../ids.ts'
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

/** The work that a token lets a worker over HTTP do. */
export interface WorkerGrant {
  /** The owner of the token: workers that were opened with a token of another are not there for it. */
  readonly subject: string
  /** Names of job types; workers do jobs of these alone. */
  readonly types: readonly string[]
  /** Workers do jobs of these projects alone. */
  readonly projects: readonly ProjectId[]
}

/** A worker over HTTP, as its token names it. */
export interface WorkerIdentity extends WorkerGrant {
  readonly expiresAt: Date
}

/** Turns a bearer token into the identity that it names. @throws UnauthorizedError when it does not hold */
export interface Authenticator {
  authenticate(token: string): Promise<Identity | ExternalIdentity>
  /** Reads the token of a worker over HTTP; absent: it takes none. @throws UnauthorizedError when it does not hold; ForbiddenError for one of a person */
  authenticateWorker?(token: string): Promise<WorkerIdentity>
  /** The issuers whose tokens it takes, for those who operate; absent or empty: it does not look. */
  readonly issuers?: readonly string[]
}
