import type { ProjectId, UserId } from '../ids.ts'

/** Somebody who has a project open. */
export interface Present {
  readonly userId: UserId
  readonly displayName: string
  readonly avatarUrl: string | null
  readonly lastSeenAt: Date
}

/** Keeps who is present where, by connection: a person is present while at least one of theirs is. */
export interface PresenceStore {
  /** The connection has the project open, seen now. It lapses unless seen again before `lapsesAt`. */
  see(connection: {
    readonly connectionId: string
    readonly userId: UserId
    readonly projectId: ProjectId
    readonly now: Date
    readonly lapsesAt: Date
  }): Promise<void>
  /** The connection no longer has it open. Doing it twice changes nothing. */
  leave(connectionId: string, projectId: ProjectId): Promise<void>
  /** One entry a person, by userId, of connections that have not lapsed at `now`. */
  list(projectId: ProjectId, now: Date): Promise<{ readonly userId: UserId; readonly lastSeenAt: Date }[]>
  /**
   * People seen at or after `since`, present or gone, the last seen first: 200 at most. For 72 hours; an adapter that forgets some sooner
   * leaves those who come back with people who have gone.
   */
  listSeen(
    projectId: ProjectId,
    since: Date,
  ): Promise<{ readonly userId: UserId; readonly lastSeenAt: Date }[]>
}
