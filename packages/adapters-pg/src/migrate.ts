import { readdir, readFile } from 'node:fs/promises'
import { MisconfiguredError, Unavailable } from '@muster/core'
import type { Backend } from './backend.ts'
import { type Connection, statement } from './queryable.ts'

/** A step from one schema to the next: `0001_people_tasks_events.sql` is version 1. */
export interface Migration {
  readonly version: number
  readonly name: string
  readonly text: string
}

/** The schema cannot be brought to what this version of Muster needs. Nothing of the migration named remains. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

// Tools were looked at: umzug and postgrator take no lock and note a migration outside of its transaction; node-pg-migrate speaks to `pg`
// alone and fails where another process migrates, instead of waiting. What is left to write is shorter than what would be wrapped.
const FOLDER = new URL('../migrations/', import.meta.url)
const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/

// Any number will do, if it is always the same: whoever migrates holds this advisory lock.
const LOCK = 7_077_237_001

const NO_TIMEOUT = statement('migrate_no_timeout', 'set local statement_timeout = 0')
const TAKE_LOCK = statement('migrate_lock', 'select pg_advisory_xact_lock($1::bigint)')
const TABLE = statement(
  'migrate_table',
  `create table if not exists muster_migration (
     version int primary key, name text not null, applied_at timestamptz(3) not null)`,
)
const LATEST = statement(
  'migrate_latest',
  'select coalesce(max(version), 0)::int as version from muster_migration',
)
const RECORD = statement(
  'migrate_record',
  'insert into muster_migration (version, name, applied_at) values ($1, $2, $3)',
)

/** The migrations that come with this package, in order. @throws MigrationError where a number is missing or there twice */
export async function shippedMigrations(folder: URL = FOLDER): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const version = Number(FILE.exec(name)?.[1])
      if (version !== index + 1)
        throw new MigrationError(`${name} should be migration ${index + 1}, as in 0001_name.sql`)
      return { version, name, text: await readFile(new URL(name, folder), 'utf8') }
    }),
  )
}

/**
 * Brings the database to the last of `migrations`, each in one transaction with the note that it was applied. Of several processes
 * at once one migrates while the others wait, then find nothing to do.
 * @throws MigrationError naming the migration that failed, or when the database is newer than `migrations`; Unavailable
 */
export async function migrate(backend: Backend, migrations: readonly Migration[], now: Date): Promise<void> {
  await inTurn(backend, '', async (connection) => {
    await connection.rows(TABLE)
    assertKnown(await latest(connection), migrations)
    return false
  })
  for (const migration of migrations) {
    try {
      await inTurn(backend, migration.text, async (connection) => {
        const version = await latest(connection)
        assertKnown(version, migrations)
        if (version >= migration.version) return false
        await connection.rows(RECORD, [migration.version, migration.name, now])
        return true
      })
    } catch (error) {
      // A name that a script does not find is the script's fault, and says nothing of the schema.
      const cause = error instanceof MisconfiguredError ? error.cause : error
      if (cause instanceof MigrationError || cause instanceof Unavailable) throw error
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new MigrationError(`Migration ${migration.name} failed, and nothing of it remains: ${why}`, {
        cause: error,
      })
    }
  }
}

/** Whether the database stands at the last of `migrations`. */
export async function isCurrent(connection: Connection, migrations: readonly Migration[]): Promise<boolean> {
  return (await latest(connection)) === migrations.length
}

/** Under the lock, which is released with the transaction. */
function inTurn(
  backend: Backend,
  text: string,
  prepare: (connection: Connection) => Promise<boolean>,
): Promise<void> {
  return backend.script(async (connection) => {
    await connection.rows(NO_TIMEOUT)
    await connection.rows(TAKE_LOCK, [LOCK])
    return prepare(connection)
  }, text)
}

async function latest(connection: Connection): Promise<number> {
  const [row] = await connection.rows<{ version: number }>(LATEST)
  return row?.version ?? 0
}

function assertKnown(version: number, migrations: readonly Migration[]): void {
  if (version > migrations.length) {
    throw new MigrationError(
      `The database is at schema ${version}, this version of Muster knows ${migrations.length}: start the newer version again`,
    )
  }
}
