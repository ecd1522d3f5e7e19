import { UnavailableError } from '@muster/core'
import type { Joining } from '@muster/core/making'
import type { DatabaseDescription, Persistence, Stores } from '@muster/core/ports'
import type { Backend } from '../connection/backend.ts'
import { type Connection, statement } from '../connection/queryable.ts'
import { toMusterError } from '../errors/errors.ts'
import { PgJoining } from '../jobs/pg-joining.ts'
import { assertCurrent } from '../schema/migrate.ts'
import { MigrationError } from '../schema/migration-error.ts'
import type { Schema } from '../schema/schema.ts'
import type { PgPorts } from './pg-ports.ts'
import { storesOn } from './stores-on.ts'

const DESCRIBE = statement(
  'describe',
  `select split_part(version(), ' on ', 1) as server, count(*)::int as migrations,
     (select name from muster_migration order by version desc limit 1) as "latestMigration"
   from muster_migration`,
)
const TIME = statement('time', 'select clock_timestamp()::timestamptz(3) as time')

/** Keeps everything in Postgres, or in an embedded PGlite. {@link openPg} makes one. */
export class PgPersistence implements Persistence {
  readonly stores: Stores
  /** A server's time. An embedded database has this process' clock. */
  readonly time?: () => Promise<Date>
  readonly joining: Joining
  readonly #backend: Backend
  readonly #ports: PgPorts
  readonly #schema: Schema

  constructor(backend: Backend, ports: PgPorts, schema: Schema) {
    this.#backend = backend
    this.#ports = ports
    this.#schema = schema
    this.stores = storesOn(backend.root, ports, () => backend.recognize())
    this.joining = new PgJoining(() => backend.schema(), ports.logger)
    if (backend.ownClock) this.time = () => timeOf(backend.root)
  }

  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.#backend.transaction((connection: Connection) => work(storesOn(connection, this.#ports)))
  }

  snapshot<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.#backend.snapshot((connection: Connection) => work(storesOn(connection, this.#ports)))
  }

  async check(): Promise<void> {
    const final = this.#backend.misconfigured()
    if (final) throw final
    try {
      await assertCurrent(this.#backend.root, this.#schema)
      await this.#backend.probe()
    } catch (error) {
      const ours = toMusterError(error)
      if (ours instanceof UnavailableError) throw ours
      const why = ours instanceof MigrationError ? ours.message : 'The database cannot be read'
      throw new UnavailableError(why, {}, { cause: ours })
    }
  }

  async describe(): Promise<DatabaseDescription> {
    const [row] = await this.#backend.root.rows<DatabaseDescription>(DESCRIBE)
    if (!row) throw new UnavailableError('The database did not say what it is')
    return row
  }

  close(): Promise<void> {
    return this.#backend.close()
  }
}

async function timeOf(connection: Connection): Promise<Date> {
  const [row] = await connection.rows<{ time: Date }>(TIME)
  if (!row) throw new UnavailableError('The database did not say what time it is')
  return row.time
}
