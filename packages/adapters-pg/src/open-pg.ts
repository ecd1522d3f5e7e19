import type { PGlite } from '@electric-sql/pglite'
import { Pool } from 'pg'
import { type Backend, pgliteBackend, poolBackend } from './backend.ts'
import { migrate, shippedMigrations } from './migrate.ts'
import { PgPersistence } from './pg-persistence.ts'
import { openPGliteDirectory } from './pglite-directory.ts'
import type { PgPorts } from './ports.ts'

/**
 * Where to keep things. What is given open (`pool`, a PGlite) is left open at `close`. Give Muster a database of its own, or a schema
 * through the connection's `search_path`.
 */
export type PgOptions =
  /** A server; a pool of `poolSize` (default 10) connections is opened. */
  | { readonly connectionString: string; readonly poolSize?: number }
  | { readonly pool: Pool }
  /** A folder for an embedded database, made where missing, which one process may use at a time; or an open PGlite. */
  | { readonly pglite: string | PGlite }

/** A connection that does not come within this is not to be had: callers are told within 5 s. */
const CONNECT_TIMEOUT_MS = 4_000
/** Longer than any statement of ours needs; what takes longer is stuck. */
const STATEMENT_TIMEOUT_MS = 30_000
/** No transaction of ours waits for anything but the database. */
const IDLE_TIMEOUT_MS = 10_000

/**
 * Opens the database and brings its schema up to date.
 * @throws MigrationError; Unavailable when the server is away; DirectoryInUse when another process uses the folder
 */
export async function openPg(options: PgOptions, ports: PgPorts): Promise<PgPersistence> {
  const backend = await open(options)
  try {
    const migrations = await shippedMigrations()
    await migrate(backend, migrations, ports.clock.now())
    return new PgPersistence(backend, ports, migrations)
  } catch (error) {
    await backend.close()
    throw error
  }
}

async function open(options: PgOptions): Promise<Backend> {
  if ('pool' in options) return poolBackend(options.pool, false)
  if ('connectionString' in options) {
    return poolBackend(
      new Pool({
        connectionString: options.connectionString,
        max: options.poolSize ?? 10,
        connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
        statement_timeout: STATEMENT_TIMEOUT_MS,
        // Past the server's own limit: only a server that no longer answers at all runs into it.
        query_timeout: STATEMENT_TIMEOUT_MS + 5_000,
        idle_in_transaction_session_timeout: IDLE_TIMEOUT_MS,
        keepAlive: true,
        application_name: 'muster',
      }),
      true,
    )
  }
  if (typeof options.pglite !== 'string') return pgliteBackend(options.pglite, async () => {})
  const { pglite, close } = await openPGliteDirectory(options.pglite)
  return pgliteBackend(pglite, close)
}
