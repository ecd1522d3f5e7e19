import type { ProjectId, User, UserId } from '@muster/core'
import { ConflictError, VersionConflictError } from '@muster/core'
import type {
  AccessChange,
  Clock,
  Member,
  NewestKey,
  PeopleStore,
  QualityScore,
  Slice,
} from '@muster/core/ports'
import { observedQuality } from '@muster/core/rules'
import { ACCESS_TOLD_MS } from '@muster/core/support'
import { byText, keyOf, sliceNewest } from './jobs/order.ts'
import { ALL, type PeopleTables } from './tables/people-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Users, memberships and quality scores in memory. */
export class MemoryPeopleStore implements PeopleStore {
  readonly #tables: PeopleTables
  readonly #clock: Clock
  #changes = 0

  constructor({ tables, clock }: MemoryContext) {
    this.#tables = tables.people
    this.#clock = clock
  }

  async add(user: User): Promise<void> {
    if (this.#tables.users.has(user.userId)) {
      throw new ConflictError(`There already is a user ${user.userId}`, { userId: user.userId })
    }
    this.#checkExternalId(user)
    this.#tables.users.set(user.userId, user)
    this.#noteAccess(user.userId)
  }

  async find(userId: UserId): Promise<User | undefined> {
    return this.#tables.users.get(userId)
  }

  async findByExternalId(externalId: string): Promise<User | undefined> {
    return this.#tables.usersByExternalId.in(externalId)[0]
  }

  async findMany(userIds: readonly UserId[]): Promise<User[]> {
    return [...new Set(userIds)].sort(byText).flatMap((userId) => this.#tables.users.get(userId) ?? [])
  }

  async list(slice: Slice<NewestKey>): Promise<User[]> {
    return sliceNewest(this.#tables.usersByAge, ALL, ({ userId }) => userId, slice)
  }

  async save(user: User): Promise<User> {
    const now = this.#tables.users.get(user.userId)
    if (now?.version !== user.version) {
      throw new VersionConflictError(`Somebody changed user ${user.userId} first`, {
        version: now?.version ?? null,
      })
    }
    this.#checkExternalId(user)
    this.#noteAccess(user.userId)
    return this.#tables.users.set(user.userId, { ...user, version: now.version + 1 })
  }

  /** Transactions run one after another, so each holds every lock there is. */
  async lock(_userIds: readonly UserId[]): Promise<void> {}

  async addMember(projectId: ProjectId, userId: UserId): Promise<void> {
    this.#tables.memberships.set(keyOf(projectId, userId), { projectId, userId })
    this.#noteAccess(userId)
  }

  async removeMember(projectId: ProjectId, userId: UserId): Promise<boolean> {
    this.#noteAccess(userId)
    return this.#tables.memberships.delete(keyOf(projectId, userId))
  }

  async listMembers(
    projectId: ProjectId,
    { limit, after }: Slice<{ readonly userId: UserId }>,
  ): Promise<Member[]> {
    const index = this.#tables.membersByProject
    const start = after ? index.placeOf(projectId, ({ userId }) => userId <= after.userId) : 0
    return index
      .in(projectId)
      .slice(start, start + limit)
      .flatMap(({ userId }) => {
        const user = this.#tables.users.get(userId)
        if (!user) return []
        const { displayName, role, status, scripted } = user
        return [{ userId, displayName, role, status, scripted }]
      })
  }

  async membershipsOf(userId: UserId): Promise<ProjectId[]> {
    return this.#tables.membershipsByUser.in(userId).map(({ projectId }) => projectId)
  }

  async accessChanges(): Promise<readonly AccessChange[]> {
    const from = this.#clock.now().getTime() - ACCESS_TOLD_MS
    const recent = [...this.#tables.accessChanges.values()].filter(({ changedAt }) => changedAt >= from)
    return recent.map(({ changeId, userId }) => ({ changeId, userId }))
  }

  #checkExternalId({ userId, externalId }: User): void {
    const taken = externalId !== null && this.#tables.usersByExternalId.in(externalId)[0]
    if (!taken || taken.userId === userId) return
    throw new ConflictError(`There already is a user with externalId ${externalId}`, { externalId })
  }

  #noteAccess(userId: UserId): void {
    const now = this.#clock.now().getTime()
    // In the order of time: the old ones come first.
    for (const { changeId, changedAt } of this.#tables.accessChanges.values()) {
      if (changedAt >= now - ACCESS_TOLD_MS) break
      this.#tables.accessChanges.delete(changeId)
    }
    const changeId = String(++this.#changes)
    this.#tables.accessChanges.set(changeId, { changeId, userId, changedAt: now })
  }

  async qualityOf(userId: UserId, projectId?: ProjectId): Promise<QualityScore[]> {
    return this.#tables.qualitiesByUser
      .in(userId)
      .filter((score) => projectId === undefined || score.projectId === projectId)
  }

  async saveQuality(score: QualityScore): Promise<void> {
    this.#tables.qualities.set(keyOf(score.userId, score.projectId, score.stepType), score)
  }

  async observeQuality(
    userId: UserId,
    projectId: ProjectId,
    stepType: string,
    outcome: 0 | 1,
  ): Promise<void> {
    const before = this.#tables.qualities.get(keyOf(userId, projectId, stepType))
    await this.saveQuality({ userId, projectId, stepType, ...observedQuality(before, outcome) })
  }
}
