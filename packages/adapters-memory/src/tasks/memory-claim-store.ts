import type { Assignment, ProjectId, UserId } from '@muster/core'
import type {
  Claim,
  Claimed,
  ClaimRequest,
  ClaimStore,
  ClaimSurvey,
  OpenShelf,
  Shelf,
  ShelfCount,
} from '@muster/core/ports'
import { byText } from '../jobs/order.ts'
import { ALL, type PeopleTables } from '../tables/people-tables.ts'
import type { MemoryContext } from '../tables/tables.ts'
import { TaskClaims } from './task-claims.ts'
import { TaskRows } from './task-rows.ts'
import type { TaskTables } from './task-tables.ts'

/** Claims in memory, one after another. */
export class MemoryClaimStore implements ClaimStore {
  readonly #tables: TaskTables
  readonly #people: PeopleTables
  readonly #claims: TaskClaims

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.tasks
    this.#people = tables.people
    this.#claims = new TaskClaims(this.#tables, new TaskRows(this.#tables))
  }

  async claim(claims: readonly Claim[], now: Date): Promise<(Claimed | undefined)[]> {
    return claims.map((claim) => this.#claims.claim(claim, now))
  }

  async surveyClaims(requests: readonly ClaimRequest[]): Promise<ClaimSurvey> {
    const claimants = [...new Set(requests.map(({ userId }) => userId))].sort(byText).flatMap((userId) => {
      const user = this.#people.users.get(userId)
      if (!user) return []
      const { status, skills, maxConcurrentAssignments: ownLimit } = user
      const live = this.#tables.liveByUser.in(userId).length
      const memberships = this.#people.membershipsByUser.in(userId).map(({ projectId }) => projectId)
      return [{ userId, status, skills, live, ownLimit, memberships }]
    })
    const membershipsOf = new Map(claimants.map(({ userId, memberships }) => [userId, memberships]))
    const asked = requests.flatMap(({ userId, projectId }) =>
      projectId === null ? (membershipsOf.get(userId) ?? []) : [projectId],
    )
    const open = this.#people.system.get(ALL)?.paused !== true
    const projects = [...new Set(asked)].sort(byText).flatMap((projectId) => {
      const project = this.#people.projects.get(projectId)
      if (!project) return []
      const { assignment: config, quality } = project
      const gateOpen = open && !project.paused
      return [{ projectId, config, gateOpen, ...(quality && { quality }) }]
    })
    const shelves = this.#shelves(projects.map(({ projectId }) => projectId))
    return { claimants, projects, shelves: shelves.sort((a, b) => b.priority - a.priority) }
  }

  async listAhead(userIds: readonly UserId[]): Promise<Assignment[]> {
    return userIds.flatMap((userId) => this.#tables.liveByUser.in(userId).filter(({ ahead }) => ahead))
  }

  async countShelves(userId: UserId, shelves: readonly OpenShelf[]): Promise<ShelfCount[]> {
    return this.#claims.count(userId, shelves)
  }

  #shelves(projectIds: readonly ProjectId[]): Shelf[] {
    return projectIds
      .flatMap((projectId) => this.#tables.shelvesByProject.in(projectId))
      .filter(({ shelfId }) => this.#tables.standingByShelf.in(shelfId).length > 0)
  }
}
