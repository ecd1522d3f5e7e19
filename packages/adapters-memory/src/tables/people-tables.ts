import type { Project, ProjectId, User, UserId } from '@muster/core'
import type { PersonSettings } from '@muster/core/inbox'
import type { AccessChange, QualityScore } from '@muster/core/ports'
import { byAge, byText } from '../jobs/order.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

interface Membership {
  readonly projectId: ProjectId
  readonly userId: UserId
}

/** The one group of an index that covers a whole table. */
export const ALL = 'all'

/** Rows of users, memberships, quality scores, projects and the system's gate. */
export class PeopleTables {
  readonly users
  readonly usersByAge
  readonly usersByExternalId
  /** Key: {@link keyOf}(projectId, userId). */
  readonly memberships
  readonly membersByProject
  readonly membershipsByUser
  /** Key: {@link keyOf}(userId, projectId, stepType). */
  readonly qualities
  readonly qualitiesByUser
  readonly settings
  readonly projects
  readonly projectsByAge
  readonly projectsByExternalId
  readonly accessChanges
  /** One row, {@link ALL}, once the system was paused. */
  readonly system

  constructor(journal: UndoJournal) {
    this.settings = new MemoryTable<UserId, PersonSettings>(journal)
    this.users = new MemoryTable<UserId, User>(journal)
    this.usersByAge = this.users.index(
      () => ALL,
      byAge(({ userId }) => userId),
    )
    this.usersByExternalId = this.users.index(
      ({ externalId }) => externalId ?? undefined,
      byAge(({ userId }) => userId),
    )
    this.memberships = new MemoryTable<string, Membership>(journal)
    this.membersByProject = this.memberships.index(
      ({ projectId }) => projectId,
      (a, b) => byText(a.userId, b.userId),
    )
    this.membershipsByUser = this.memberships.index(
      ({ userId }) => userId,
      (a, b) => byText(a.projectId, b.projectId),
    )
    this.qualities = new MemoryTable<string, QualityScore>(journal)
    this.qualitiesByUser = this.qualities.index(
      ({ userId }) => userId,
      (a, b) => byText(a.projectId, b.projectId) || byText(a.stepType, b.stepType),
    )
    this.projects = new MemoryTable<ProjectId, Project>(journal)
    this.projectsByAge = this.projects.index(
      () => ALL,
      byAge(({ projectId }) => projectId),
    )
    this.projectsByExternalId = this.projects.index(
      ({ externalId }) => externalId ?? undefined,
      byAge(({ projectId }) => projectId),
    )
    this.accessChanges = new MemoryTable<string, AccessChange & { readonly changedAt: number }>(journal)
    this.system = new MemoryTable<typeof ALL, { readonly paused: boolean }>(journal)
  }
}
