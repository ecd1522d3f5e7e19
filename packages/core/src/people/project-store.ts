import type { ProjectId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { Project } from './person.ts'

/** Keeps projects, and the gate of each: the row that control and work meet on. */
export interface ProjectStore {
  /** @throws ConflictError when the id or the externalId is taken */
  add(project: Project): Promise<void>
  find(projectId: ProjectId): Promise<Project | undefined>
  findByExternalId(externalId: string): Promise<Project | undefined>
  /** Newest first; only those among `within` if it is given. */
  list(slice: Slice<NewestKey>, within?: readonly ProjectId[]): Promise<Project[]>
  /**
   * Saves `project` if it is still at `project.version` and gives it back at the next version.
   * @throws VersionConflictError when somebody was faster; ConflictError when another project has the externalId
   */
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
