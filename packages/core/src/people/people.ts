import type { ProjectId, UserId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type {
  AssignmentConfig,
  Member,
  Principal,
  Project,
  QualityScore,
  Role,
  User,
  UserStatus,
} from './person.ts'

/** Fields left out take their default. */
export interface NewUser {
  readonly userId?: string | undefined
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
  readonly name: string
  readonly workflowId?: string | null | undefined
  readonly assignment?: Partial<AssignmentConfig> | undefined
}

/** Fields left out stay; `assignment` is replaced whole (what it leaves out takes its default). */
export type ProjectChange = { readonly [Field in keyof NewProject]?: NewProject[Field] | undefined }

/**
 * Users and what is known of them. In every change `ifVersion` is the version the caller has seen: another one now is a
 * {@link VersionConflict}. Input schemas: `newUser`, `userChange`, `qualityChange` in `people/input.ts`.
 */
export interface PeopleUseCases {
  /** @throws ValidationError; Conflict when the userId is taken */
  add(input: NewUser): Promise<User>
  /** @throws NotFound */
  get(userId: UserId): Promise<User>
  /** Newest first. */
  list(request: PageRequest): Promise<Page<User>>
  /** Suspending ends the person's live assignments as `reassigned` and opens their slots at once. @throws NotFound, VersionConflict */
  change(userId: UserId, change: UserChange, ifVersion?: number): Promise<User>
  qualityOf(userId: UserId): Promise<QualityScore[]>
  /** Sets the score as it is. @throws NotFound */
  setQuality(score: QualityScore): Promise<QualityScore>
  /** Who a token's subject is: the directory's role and memberships where it knows the user, else the token's role and none. @throws Unauthorized when suspended */
  principalOf(userId: UserId, tokenRole: Role): Promise<Principal>
}

/** Projects and their members. Input schemas: `newProject`, `projectChange`. */
export interface ProjectUseCases {
  /** @throws ValidationError, e.g. for a workflow or a strategy that does not exist */
  add(input: NewProject): Promise<Project>
  get(projectId: ProjectId): Promise<Project>
  /** Newest first: all of them for an admin, else the caller's. */
  list(viewer: Principal, request: PageRequest): Promise<Page<Project>>
  change(projectId: ProjectId, change: ProjectChange, ifVersion?: number): Promise<Project>
  /** By userId. */
  members(projectId: ProjectId, request: PageRequest): Promise<Page<Member>>
  /** Twice is fine. @throws NotFound for the project or the user */
  addMember(projectId: ProjectId, userId: UserId): Promise<void>
  /** Ends the person's live assignments in the project as `reassigned`; their slots open at once. @throws NotFound when no member */
  removeMember(projectId: ProjectId, userId: UserId): Promise<void>
}
