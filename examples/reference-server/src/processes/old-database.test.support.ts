import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'

const MIGRATIONS = new URL('../../../../packages/adapters-pg/migrations/', import.meta.url)

/** Where the old database stands: jobs are kept, but neither bookmarks nor the feed. */
const VERSION = 2

/** A database as an older version left it, with a project, somebody in it, jobs in line, and facts. */
export class OldDatabase {
  readonly projectId = '019af000-0000-7000-8000-000000000001'
  readonly userId = '019af000-0000-7000-8000-000000000002'
  readonly jobIds = Array.from({ length: 20 }, (_, nth) => `019af000-0000-7000-8000-0000000001${nth + 10}`)
  readonly #client: pg.Client

  private constructor(client: pg.Client) {
    this.#client = client
  }

  /** Makes an empty database an old one. */
  static async at(connectionString: string): Promise<OldDatabase> {
    const client = new pg.Client({ connectionString })
    await client.connect()
    const old = new OldDatabase(client)
    await old.#migrate()
    await old.#fill()
    return old
  }

  async sql(text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    return (await this.#client.query<Record<string, unknown>>(text, [...values])).rows
  }

  /** The numbers of the project's facts, and how many it has been given. */
  async facts(): Promise<readonly Record<string, unknown>[]> {
    return this.sql(
      `select array_agg(fact.seq::int order by fact.seq) as numbers, feed_head.seq::int as head
       from feed_head join fact using (project_id) where project_id = $1 group by feed_head.seq`,
      [this.projectId],
    )
  }

  /** Which migrations are noted, how often, and when each was applied. */
  migrations(): Promise<readonly Record<string, unknown>[]> {
    return this.sql('select version, applied_at from muster_migration order by version')
  }

  /** The versions that an up-to-date database notes. */
  async versions(): Promise<readonly number[]> {
    return (await shipped()).map((_, index) => index + 1)
  }

  async close(): Promise<void> {
    await this.#client.end()
  }

  async #migrate(): Promise<void> {
    await this.sql(
      'create table muster_migration (version int primary key, name text not null, applied_at timestamptz(3) not null)',
    )
    for (const [index, name] of (await shipped()).slice(0, VERSION).entries()) {
      await this.sql(await readFile(new URL(name, MIGRATIONS), 'utf8'))
      await this.sql('insert into muster_migration values ($1, $2, $3)', [index + 1, name, new Date(0)])
    }
  }

  async #fill(): Promise<void> {
    const then = new Date('2026-01-05T12:00:00Z')
    await this.sql('insert into project_gate (project_id, paused) values ($1, false)', [this.projectId])
    await this.sql("insert into project values ($1, 'Old', null, '{}', 1, $2)", [this.projectId, then])
    await this.sql(
      `insert into person values ($1, 'Ann', null, 'active', 'annotator', '{}', null, false, 1, $2)`,
      [this.userId, then],
    )
    await this.sql('insert into membership (user_id, project_id) values ($1, $2)', [
      this.userId,
      this.projectId,
    ])
    await this.sql("insert into job_type (name) values ('stub:probe')")
    await this.sql(
      `insert into lane (project_no, priority, held, started, last_seq, ready) values (1, 5, false, true, $1, true)`,
      [this.jobIds.length],
    )
    await this.sql(
      `insert into job (job_id, lane_no, seq, project_no, type_no, max_attempts, due_at, created_at, payload)
       select job_id, 1, seq, 1, 1, 3, $2, $2, '{}' from unnest($1::uuid[]) with ordinality as given (job_id, seq)`,
      [this.jobIds, then],
    )
    await this.sql('insert into queue_count (project_no, type_no, total) values (1, 1, $1)', [
      this.jobIds.length,
    ])
    await this.sql('insert into feed_head values ($1, 3)', [this.projectId])
    await this.sql(
      `insert into fact select $1, seq, gen_random_uuid(), 'queue_cleared', 'members', null, now(), '{"cancelled": 0}' from generate_series(1, 3) as seq`,
      [this.projectId],
    )
  }
}

/** The names of all migrations, in order. */
async function shipped(): Promise<readonly string[]> {
  return (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort()
}
