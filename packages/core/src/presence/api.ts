import type { ProjectId, UserId } from '../ids.ts'
import type { Present } from './ports.ts'

/** Who has a project open. */
export interface PresenceUseCases {
  /** Seen now through this connection. */
  see(connectionId: string, userId: UserId, projectId: ProjectId): Promise<void>
  leave(connectionId: string, projectId: ProjectId): Promise<void>
  /** One entry a person, by userId. */
  list(projectId: ProjectId): Promise<Present[]>
}
