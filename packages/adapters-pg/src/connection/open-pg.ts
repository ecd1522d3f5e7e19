import { MisconfiguredError, UnavailableError } from '@muster/core'
import pg from 'pg'
import { assertConnectionString, assertDriver, assertPgOptions, assertPostgres } from '../checked-options.ts'
import { reportingTo } from '../errors/reporting.ts'
import { HostPGlite } from '../pglite/embedded.ts'
import { openPGliteDirectory } from '../pglite/pglite-directory.ts'
import { archiveOf } from '../pglite/prepared.ts'
import { assertCurrent, migrate } from '../schema/migrate.ts'
import { type Schema, shippedSchema } from '../schema/schema.ts'
import { PgPersistence } from '../stores/pg-persistence.ts'
import type { PgPorts } from '../stores/pg-ports.ts'
import { type Backend, embeddedBackend, poolBackend } from './backend.ts'
import type { PgOptions } from './pg-options.ts'

/** A connection that does not come within this is not to be had: callers are told within 5 s. */
const CONNECT_TIMEOUT_MS = 4_000
/**
 * Opens the database and brings its schema up to date, unless told not to.
 * @throws MigrationError; UnavailableError when the server is away; DirectoryInUseError when another process uses the folder; MisconfiguredError for a
 * connection string or a folder that cannot be used; TypeError for options that name no database
 */
export async function openPg(options: PgOptions, ports: PgPorts): Promise<PgPersistence> {
  const schema = shippedSchema()
  const opened = await open(options, ports, schema)
  const backend = ports.outages ? reportingTo(ports.outages, opened) : opened
  try {
    if (options.migrate === false) await assertCurrent(backend.root, schema)
    // Nobody else has an embedded database open, who could miss functions that this version lacks.
    else await migrate(backend, schema, ports.clock.now(), { takeBack: 'pglite' in options })
    await backend.recognize()
    return new PgPersistence(backend, ports, schema)
  } catch (error) {
    // Why it failed says more than that what failed does not close.
    await backend.close().catch(() => undefined)
    const isAway = error instanceof UnavailableError && !(error instanceof MisconfiguredError)
    if (isAway && 'connectionString' in options) await assertPostgres(options.connectionString)
    throw error
  }
}

async function open(
  options: PgOptions,
  { logger }: Pick<PgPorts, 'logger'>,
  schema: Schema,
): Promise<Backend> {
  assertPgOptions(options)
  if ('pglite' in options) {
    if (typeof options.pglite !== 'string') return embeddedBackend(new HostPGlite(options.pglite))
    const { embedded, place, room, close } = await openPGliteDirectory(options.pglite, archiveOf(schema))
    return embeddedBackend(embedded, { place, release: close, room })
  }
  const { preparedStatements: prepared = true } = options
  if ('pool' in options) return poolBackend(options.pool, { owned: false, prepared, logger })
  assertDriver(pg)
  assertConnectionString(options.connectionString)
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'muster',
  })
  return poolBackend(pool, { owned: true, prepared, logger })
}

/** Brings a server's database to the shipped schema, this version's functions included, and gives its number. @throws MigrationError; UnavailableError */
export async function migrateServer(connectionString: string): Promise<number> {
  const schema = shippedSchema()
  const backend = await open({ connectionString, poolSize: 1 }, {}, schema)
  try {
    await migrate(backend, schema, new Date(), { takeBack: true })
    return schema.migrations.length
  } finally {
    await backend.close()
  }
}
