import type { Project, ProjectId } from '@muster/core'
import { ConflictError, VersionConflictError } from '@muster/core'
import type { NewestKey, ProjectStore, Slice } from '@muster/core/ports'
import { sliceNewest } from './jobs/order.ts'
import { ALL, type PeopleTables } from './tables/people-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Projects and gates in memory. */
export class MemoryProjectStore implements ProjectStore {
  readonly #tables: PeopleTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.people
  }

  async add(project: Project): Promise<void> {
    if (this.#tables.projects.has(project.projectId)) {
      throw new ConflictError(`There already is a project ${project.projectId}`, {
        projectId: project.projectId,
      })
    }
    this.#checkExternalId(project)
    this.#tables.projects.set(project.projectId, project)
  }

  async find(projectId: ProjectId): Promise<Project | undefined> {
    return this.#tables.projects.get(projectId)
  }

  async findByExternalId(externalId: string): Promise<Project | undefined> {
    return this.#tables.projectsByExternalId.in(externalId)[0]
  }

  async list(slice: Slice<NewestKey>, within?: readonly ProjectId[]): Promise<Project[]> {
    const wanted = within && new Set(within)
    return sliceNewest(
      this.#tables.projectsByAge,
      ALL,
      ({ projectId }) => projectId,
      slice,
      ({ projectId }) => wanted?.has(projectId) ?? true,
    )
  }

  async save(project: Project): Promise<Project> {
    const now = this.#tables.projects.get(project.projectId)
    if (now?.version !== project.version) {
      throw new VersionConflictError(`Somebody changed project ${project.projectId} first`, {
        version: now?.version ?? null,
      })
    }
    this.#checkExternalId(project)
    // The gate is not part of the versioned row: who saves a project must not open or shut it.
    return this.#tables.projects.set(project.projectId, {
      ...project,
      paused: now.paused,
      version: now.version + 1,
    })
  }

  #checkExternalId({ projectId, externalId }: Project): void {
    const taken = externalId !== null && this.#tables.projectsByExternalId.in(externalId)[0]
    if (!taken || taken.projectId === projectId) return
    throw new ConflictError(`There already is a project with externalId ${externalId}`, { externalId })
  }

  async setPaused(projectId: ProjectId | null, paused: boolean): Promise<boolean> {
    if (projectId === null) {
      const changed = (await this.systemPaused()) !== paused
      if (changed) this.#tables.system.set(ALL, { paused })
      return changed
    }
    const project = this.#tables.projects.get(projectId)
    if (!project || project.paused === paused) return false
    this.#tables.projects.set(projectId, { ...project, paused })
    return true
  }

  async systemPaused(): Promise<boolean> {
    return this.#tables.system.get(ALL)?.paused ?? false
  }

  async holdGates(projectIds: readonly ProjectId[]): Promise<ReadonlySet<ProjectId>> {
    if (await this.systemPaused()) return new Set()
    return new Set(projectIds.filter((projectId) => this.#tables.projects.get(projectId)?.paused === false))
  }
}
