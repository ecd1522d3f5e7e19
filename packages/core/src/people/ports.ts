import type { ProjectId, UserId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { Member, Project, QualityScore, Role, User } from './person.ts'

/** Somebody's role, status or memberships may be others than before. */
export interface AccessChange {
  readonly changeId: string
  readonly userId: UserId
}

/** Keeps users, memberships and quality scores. */
export interface PeopleStore {
  /** Keeps a new user. @throws Conflict when the id is taken */
  add(user: User): Promise<void>
  find(userId: UserId): Promise<User | undefined>
  /** The users among `userIds` that exist, by id ascending. */
  findMany(userIds: readonly UserId[]): Promise<User[]>
  /** Newest first. */
  list(slice: Slice<NewestKey>): Promise<User[]>
  /**
   * Saves `user` if it is still at `user.version` and gives it back at the next version.
   * @throws VersionConflict when somebody was faster
   */
  save(user: User): Promise<User>
  /**
   * Takes the person locks of `userIds`, ascending, and holds them to the end of the transaction. Whoever gives a
   * person an assignment holds that person's lock first; what is read *after* this call cannot change under it.
   */
  lock(userIds: readonly UserId[]): Promise<void>

  /** Makes the user a member; doing it twice changes nothing. */
  addMember(projectId: ProjectId, userId: UserId): Promise<void>
  /** Whether there was such a member to remove. */
  removeMember(projectId: ProjectId, userId: UserId): Promise<boolean>
  /** By userId ascending. */
  listMembers(projectId: ProjectId, slice: Slice<{ readonly userId: UserId }>): Promise<Member[]>
  membershipsOf(userId: UserId): Promise<ProjectId[]>
  /**
   * Whose rights (role, status, memberships) may have changed in the last minutes, each change with an id of its own. A change is here as soon as
   * the transaction that made it has committed: so who first reads a fact, and then this, knows of every change that came before the fact.
   */
  accessChanges(): Promise<readonly AccessChange[]>

  /** All scores of a user, or those of one project. */
  qualityOf(userId: UserId, projectId?: ProjectId): Promise<QualityScore[]>
  saveQuality(score: QualityScore): Promise<void>
  /**
   * Moves the score by one observation (1 good, 0 bad) by the Beta-mean rule of `quality.ts`, safely against others
   * doing the same.
   */
  observeQuality(userId: UserId, projectId: ProjectId, stepType: string, outcome: 0 | 1): Promise<void>
}

/** Keeps projects, and the gate of each: the row that control and work meet on. */
export interface ProjectStore {
  add(project: Project): Promise<void>
  find(projectId: ProjectId): Promise<Project | undefined>
  /** Newest first; only those among `within` where it is given. */
  list(slice: Slice<NewestKey>, within?: readonly ProjectId[]): Promise<Project[]>
  /** As {@link PeopleStore.save}. */
  save(project: Project): Promise<Project>
  /**
   * Opens or shuts the gate of a project, or of the whole system (`null`), and says whether that changed anything. Once it
   * has returned inside a committed transaction, no job begins and no assignment is given out until it is opened again.
   */
  setPaused(projectId: ProjectId | null, paused: boolean): Promise<boolean>
  systemPaused(): Promise<boolean>
  /**
   * Keeps the gates of these projects and of the system as they are to the end of the transaction, shared with all who do the same, and
   * gives the projects of which work may be given out: their own gate and the system's are open.
   */
  holdGates(projectIds: readonly ProjectId[]): Promise<ReadonlySet<ProjectId>>
}

/** The caller of a transport, as a token or a session of the host names them. */
export interface Identity {
  readonly userId: UserId
  /** If the directory knows the user, the role there counts. */
  readonly role: Role
  /** Sockets are closed then, and their clients connect anew. */
  readonly expiresAt: Date
}

/** Turns a bearer token into whoever it names, as the token says. @throws Unauthorized when it does not hold */
export interface Authenticator {
  authenticate(token: string): Promise<Identity>
}
