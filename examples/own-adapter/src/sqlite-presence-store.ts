import type { DatabaseSync } from 'node:sqlite'
import type { ProjectId, UserId } from '@muster/core'
import type { PresenceStore } from '@muster/core/ports'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS presence (
    project_id TEXT NOT NULL, connection_id TEXT NOT NULL, user_id TEXT NOT NULL,
    seen_at INTEGER NOT NULL, lapses_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, connection_id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS presence_seen (
    project_id TEXT NOT NULL, user_id TEXT NOT NULL, seen_at INTEGER NOT NULL,
    PRIMARY KEY (project_id, user_id)
  ) STRICT, WITHOUT ROWID`
const KEPT_MS = 72 * 3_600_000
const NOTE = `
  INSERT INTO presence_seen VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)`
const FORGET_SEEN = 'DELETE FROM presence_seen WHERE project_id = ? AND seen_at < ?'
const LIST_SEEN = `
  SELECT user_id, seen_at FROM presence_seen
  WHERE project_id = ? AND seen_at >= ? ORDER BY seen_at DESC, user_id LIMIT 200`
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
    this.#database.prepare(FORGET_SEEN).run(projectId, now.getTime() - KEPT_MS)
    this.#database.prepare(NOTE).run(projectId, userId, now.getTime())
  }

  async leave(connectionId: string, projectId: ProjectId): Promise<void> {
    this.#database.prepare(LEAVE).run(projectId, connectionId)
  }

  async list(projectId: ProjectId, now: Date): Promise<{ userId: UserId; lastSeenAt: Date }[]> {
    return peopleOf(this.#database.prepare(LIST).all(projectId, now.getTime()))
  }

  async listSeen(projectId: ProjectId, since: Date): Promise<{ userId: UserId; lastSeenAt: Date }[]> {
    return peopleOf(this.#database.prepare(LIST_SEEN).all(projectId, since.getTime()))
  }
}

function peopleOf(rows: readonly Record<string, unknown>[]): { userId: UserId; lastSeenAt: Date }[] {
  return rows.map((row) => ({
    userId: row['user_id'] as UserId,
    lastSeenAt: new Date(row['seen_at'] as number),
  }))
}
