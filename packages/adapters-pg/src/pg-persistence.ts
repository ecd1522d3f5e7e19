import { type Persistence, type Stores, Unavailable } from '@muster/core'
import type { Backend } from './backend.ts'
import { toMusterError } from './errors.ts'
import { isCurrent, type Migration } from './migrate.ts'
import type { PgPorts } from './ports.ts'
import { type Connection, statement } from './queryable.ts'
import { storesOn } from './stores-on.ts'

const TIME = statement('time', 'select clock_timestamp()::timestamptz(3) as time')

/** Keeps everything in Postgres, or in an embedded PGlite. {@link openPg} makes one. */
export class PgPersistence implements Persistence {
  readonly stores: Stores
  /** A server's time. An embedded database has this process' clock. */
  readonly time?: () => Promise<Date>
  readonly #backend: Backend
  readonly #ports: PgPorts
  readonly #migrations: readonly Migration[]

  constructor(backend: Backend, ports: PgPorts, migrations: readonly Migration[]) {
    this.#backend = backend
    this.#ports = ports
    this.#migrations = migrations
    this.stores = storesOn(backend.root, ports)
    if (backend.ownClock) this.time = () => timeOf(backend.root)
  }

  transaction<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.#backend.transaction((connection: Connection) => work(storesOn(connection, this.#ports)))
  }

  snapshot<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
    return this.#backend.snapshot((connection: Connection) => work(storesOn(connection, this.#ports)))
  }

  async check(): Promise<void> {
    let current: boolean
    try {
      current = await isCurrent(this.#backend.root, this.#migrations)
    } catch (error) {
      const ours = toMusterError(error)
      throw ours instanceof Unavailable
        ? ours
        : new Unavailable('The database cannot be read', {}, { cause: ours })
    }
    if (!current) throw new Unavailable('The database has another schema than this version of Muster needs')
  }

  close(): Promise<void> {
    return this.#backend.close()
  }
}

async function timeOf(connection: Connection): Promise<Date> {
  const [row] = await connection.rows<{ time: Date }>(TIME)
  if (!row) throw new Unavailable('The database did not say what time it is')
  return row.time
}
