import type { ProjectId, UserId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { ExternalIdentity, Identity } from './authenticator.ts'
import type {
  AssignmentConfig,
  Member,
  PausePolicy,
  Principal,
  Project,
  QualityPolicy,
  QualityScore,
  Role,
  User,
  UserStatus,
} from './person.ts'

/** Fields left out take their default. */
export interface NewUser {
  readonly userId?: string | undefined
  /** The host's own id of the person: 1 to 200 characters, unique among users. */
  readonly externalId?: string | null | undefined
  readonly displayName: string
  readonly avatarUrl?: string | null | undefined
  readonly role?: Role | undefined
  readonly status?: UserStatus | undefined
  readonly skills?: Readonly<Record<string, number>> | undefined
  readonly maxConcurrentAssignments?: number | null | undefined
  readonly scripted?: boolean | undefined
}

/** Fields left out stay; `skills` is replaced whole. */
export type UserChange = { readonly [Field in keyof Omit<NewUser, 'userId'>]?: NewUser[Field] | undefined }

/** A project to be made; `assignment` says what differs from the defaults. */
export interface NewProject {
  /** The host's own id of the project: 1 to 200 characters, unique among projects. */
  readonly externalId?: string | null | undefined
  readonly name: string
  readonly workflowId?: string | null | undefined
  readonly assignment?: Partial<AssignmentConfig> | undefined
  readonly quality?: NewQualityPolicy | undefined
}

/** A policy of quality; of `pause` what is left out takes its default. */
export interface NewQualityPolicy extends Omit<QualityPolicy, 'pause'> {
  readonly pause?: Partial<PausePolicy> | undefined
}

/** The chance that somebody as good as they should be is paused all the same. */
export interface WrongPause {
  /** Their accuracy: `good` of the policy, and a little better. */
  readonly accuracy: number
  /** Answers within which. */
  readonly within: number
  readonly chance: number
}

/** A project after a change of it. */
export interface ChangedProject extends Project {
  /** Empty unless the project pauses people: seen before it does. */
  readonly wrongPauses: readonly WrongPause[]
}

/** Fields left out stay; `assignment` and `quality` are replaced whole (what it leaves out takes its default). */
export type ProjectChange = { readonly [Field in keyof NewProject]?: NewProject[Field] | undefined }

/** A user as the host knows them: made if no user has the `externalId`, else changed in what is given. */
export interface UpsertedUser extends Omit<NewUser, 'userId' | 'externalId'> {
  readonly externalId: string
}

/** A project as the host knows it: made if no project has the `externalId`, else changed in what is given. */
export interface UpsertedProject extends Omit<NewProject, 'externalId'> {
  readonly externalId: string
}

/** Narrows a list to the one with this id of the host, or none. */
export interface ByExternalId {
  readonly externalId?: string | undefined
}

/**
 * Users and what is known of them. In every change `ifVersion` is the version the caller has seen: another one now is a
 * {@link VersionConflictError}. Input schemas: `newUser`, `userChange`, `qualityChange` in `people/input.ts`.
 */
export interface PeopleUseCases {
  /** @throws ValidationError; ConflictError when the userId or the externalId is taken, naming the latter in `details.errors` */
  add(input: NewUser): Promise<User>
  /**
   * Makes the user with this `externalId`, or changes what is given of the one who has it; `created` says which. Repeating the call
   * changes nothing more, and of calls at the same time one creates. @throws ValidationError
   */
  upsert(input: UpsertedUser): Promise<{ readonly userId: UserId; readonly created: boolean }>
  /** @throws NotFoundError */
  get(userId: UserId): Promise<User>
  /** Newest first. */
  list(request: PageRequest, where?: ByExternalId): Promise<Page<User>>
  /** Suspending ends the person's live assignments as `reassigned` and opens their slots at once. @throws NotFoundError, VersionConflictError; ConflictError when the externalId is taken */
  change(userId: UserId, change: UserChange, ifVersion?: number): Promise<User>
  qualityOf(userId: UserId): Promise<QualityScore[]>
  /** Sets the score as it is. @throws NotFoundError */
  setQuality(score: QualityScore): Promise<QualityScore>
  /** Finds the user of an externalId; a caller who has a user id is given back. @throws UnauthorizedError if no user has the externalId */
  identify(caller: Identity | ExternalIdentity): Promise<Identity>
  /** The subject of a token: with the directory's role and memberships if it knows the user, else with the token's role and none. @throws UnauthorizedError when suspended */
  principalOf(userId: UserId, tokenRole: Role): Promise<Principal>
}

/** Projects and their members. Input schemas: `newProject`, `projectChange`. */
export interface ProjectUseCases {
  /** @throws ValidationError, e.g. for a workflow or a strategy that does not exist; ConflictError when the externalId is taken */
  add(input: NewProject): Promise<Project>
  /**
   * Makes the project with this `externalId`, or changes what is given of the one that has it; `created` says which. Repeating the
   * call changes nothing more, and of calls at the same time one creates. @throws ValidationError
   */
  upsert(input: UpsertedProject): Promise<{ readonly projectId: ProjectId; readonly created: boolean }>
  get(projectId: ProjectId): Promise<Project>
  /** Newest first: all of them for an admin, else the caller's. */
  list(viewer: Principal, request: PageRequest, where?: ByExternalId): Promise<Page<Project>>
  /** @throws ConflictError when the externalId is taken */
  change(projectId: ProjectId, change: ProjectChange, ifVersion?: number): Promise<ChangedProject>
  /** By userId. */
  members(projectId: ProjectId, request: PageRequest): Promise<Page<Member>>
  /** Twice is fine. @throws NotFoundError for the project or the user */
  addMember(projectId: ProjectId, userId: UserId): Promise<void>
  /** Ends the person's live assignments in the project as `reassigned`; their slots open at once. @throws NotFoundError when no member */
  removeMember(projectId: ProjectId, userId: UserId): Promise<void>
}
