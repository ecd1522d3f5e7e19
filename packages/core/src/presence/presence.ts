import type { ProjectId, UserId } from '../ids.ts'
import type { Present } from './presence-store.ts'

/** The people who have a project open. */
export interface PresenceUseCases {
  /** Seen now through this connection. */
  see(connectionId: string, userId: UserId, projectId: ProjectId): Promise<void>
  leave(connectionId: string, projectId: ProjectId): Promise<void>
  /** The connection has ended, which need not mean that its person has gone: it counts for a grace of {@link PRESENCE_GRACE_MS} more. */
  fade(connectionId: string, userId: UserId, projectId: ProjectId): Promise<void>
  /** One entry a person, by userId. */
  list(projectId: ProjectId): Promise<Present[]>
}
