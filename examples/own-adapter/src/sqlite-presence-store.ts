import type { DatabaseSync } from 'node:sqlite'
import type { PresenceStore, ProjectId, UserId } from '@muster/core'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS presence (
    project_id TEXT NOT NULL, connection_id TEXT NOT NULL, user_id TEXT NOT NULL,
    seen_at INTEGER NOT NULL, lapses_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, connection_id)
  ) STRICT, WITHOUT ROWID`
const SEE = `
  INSERT INTO presence VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET user_id = excluded.user_id, seen_at = excluded.seen_at, lapses_at = excluded.lapses_at`
const LEAVE = 'DELETE FROM presence WHERE project_id = ? AND connection_id = ?'
const FORGET = 'DELETE FROM presence WHERE project_id = ? AND lapses_at <= ?'
const LIST = `
  SELECT user_id, max(seen_at) AS seen_at FROM presence
  WHERE project_id = ? AND lapses_at > ? GROUP BY user_id ORDER BY user_id`

/** Who is present, in a SQLite database: one file, shared by the processes of one machine. Whoever opened the database closes it. */
export class SqlitePresenceStore implements PresenceStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    database.exec(SCHEMA)
    this.#database = database
  }

  async see(connection: Parameters<PresenceStore['see']>[0]): Promise<void> {
    const { projectId, connectionId, userId, now, lapsesAt } = connection
    this.#database.prepare(FORGET).run(projectId, now.getTime())
    this.#database.prepare(SEE).run(projectId, connectionId, userId, now.getTime(), lapsesAt.getTime())
  }

  async leave(connectionId: string, projectId: ProjectId): Promise<void> {
    this.#database.prepare(LEAVE).run(projectId, connectionId)
  }

  async list(projectId: ProjectId, now: Date): Promise<{ userId: UserId; lastSeenAt: Date }[]> {
    const rows = this.#database.prepare(LIST).all(projectId, now.getTime())
    return rows.map((row) => ({
      userId: row['user_id'] as UserId,
      lastSeenAt: new Date(row['seen_at'] as number),
    }))
  }
}
