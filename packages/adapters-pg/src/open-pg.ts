import type { PGlite } from '@electric-sql/pglite'
import { MisconfiguredError, Unavailable } from '@muster/core'
import { Pool } from 'pg'
import { type Backend, embeddedBackend, poolBackend } from './backend.ts'
import { assertConnectionString, assertOptions, assertPostgres } from './checked-options.ts'
import { HostPGlite } from './embedded.ts'
import { assertCurrent, migrate } from './migrate.ts'
import { PgPersistence } from './pg-persistence.ts'
import { openPGliteDirectory } from './pglite-directory.ts'
import type { PgPorts } from './ports.ts'
import { reportingTo } from './reporting.ts'
import { shippedSchema } from './schema.ts'

/**
 * Where to keep things. What is given open (`pool`, a PGlite) is left open at `close`. Give Muster a database of its own, or a schema
 * through the connection's `search_path`.
 */
export type PgOptions = PgPlace & {
  /**
   * `false`: the schema is left to `npx muster-pg migrate`, and a database that is not current is refused. Without it the schema is brought up
   * to date, which needs no right to create if it is current already.
   */
  readonly migrate?: boolean
}

/** A server, or an embedded database. */
type PgPlace =
  /** A server; a pool of `poolSize` (default 10) connections is opened. */
  | ({ readonly connectionString: string; readonly poolSize?: number } & Pooled)
  /** A pool that a host uses too: what Muster sets ends with each of its transactions. */
  | ({ readonly pool: Pool } & Pooled)
  /** A folder for an embedded database, made where missing, which one process may use at a time; or an open PGlite. */
  | { readonly pglite: string | PGlite }

/** Whether something between Muster and the server gives a session to others in the middle. */
interface Pooled {
  /** `false` behind a pooler that gives out a session for a transaction at a time (PgBouncer's `pool_mode = transaction`): nothing is kept in one then. */
  readonly preparedStatements?: boolean
}

/** A connection that does not come within this is not to be had: callers are told within 5 s. */
const CONNECT_TIMEOUT_MS = 4_000
/**
 * Opens the database and brings its schema up to date, unless told not to.
 * @throws MigrationError; Unavailable when the server is away; DirectoryInUse when another process uses the folder; MisconfiguredError for a
 * connection string or a folder that cannot be used; TypeError for options that name no database
 */
export async function openPg(options: PgOptions, ports: PgPorts): Promise<PgPersistence> {
  const opened = await open(options, ports)
  const backend = ports.outages ? reportingTo(ports.outages, opened) : opened
  try {
    const schema = shippedSchema()
    if (options.migrate === false) await assertCurrent(backend.root, schema)
    // Nobody else has an embedded database open, who could miss functions that this version lacks.
    else await migrate(backend, schema, ports.clock.now(), { takeBack: 'pglite' in options })
    await backend.recognize()
    return new PgPersistence(backend, ports, schema)
  } catch (error) {
    // Why it failed says more than that what failed does not close.
    await backend.close().catch(() => undefined)
    const isAway = error instanceof Unavailable && !(error instanceof MisconfiguredError)
    if (isAway && 'connectionString' in options) await assertPostgres(options.connectionString)
    throw error
  }
}

async function open(options: PgOptions, { logger }: Pick<PgPorts, 'logger'>): Promise<Backend> {
  assertOptions(options)
  if ('pglite' in options) {
    if (typeof options.pglite !== 'string') return embeddedBackend(new HostPGlite(options.pglite))
    const { embedded, place, room, close } = await openPGliteDirectory(options.pglite)
    return embeddedBackend(embedded, { place, release: close, room })
  }
  const { preparedStatements: prepared = true } = options
  if ('pool' in options) return poolBackend(options.pool, { owned: false, prepared, logger })
  assertConnectionString(options.connectionString)
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'muster',
  })
  return poolBackend(pool, { owned: true, prepared, logger })
}

/** Brings a server's database to the shipped schema, this version's functions included, and gives its number. @throws MigrationError; Unavailable */
export async function migrateServer(connectionString: string): Promise<number> {
  const backend = await open({ connectionString, poolSize: 1 }, {})
  try {
    const schema = shippedSchema()
    await migrate(backend, schema, new Date(), { takeBack: true })
    return schema.migrations.length
  } finally {
    await backend.close()
  }
}
