import type { ProjectId, UserId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { Member, QualityScore, User } from './person.ts'

/** How long a change of rights is told. */
export const ACCESS_TOLD_MS = 120_000

/** Somebody's role, status or memberships may be others than before. */
export interface AccessChange {
  readonly changeId: string
  readonly userId: UserId
}

/** Keeps users, memberships and quality scores. */
export interface PeopleStore {
  /** Keeps a new user. @throws ConflictError when the id or the externalId is taken */
  add(user: User): Promise<void>
  find(userId: UserId): Promise<User | undefined>
  findByExternalId(externalId: string): Promise<User | undefined>
  /** The users among `userIds` that exist, by id ascending. */
  findMany(userIds: readonly UserId[]): Promise<User[]>
  /** Newest first. */
  list(slice: Slice<NewestKey>): Promise<User[]>
  /**
   * Saves `user` if it is still at `user.version` and gives it back at the next version.
   * @throws VersionConflictError when somebody was faster; ConflictError when another user has the externalId
   */
  save(user: User): Promise<User>
  /**
   * Takes the person locks of `userIds`, ascending, and holds them to the end of the transaction. A caller that gives a
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
   * The people whose rights (role, status, memberships) may have changed in the last {@link ACCESS_TOLD_MS}, each change with an id of its own. A change is here as soon as
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
