import type { Stores } from '@muster/core'
import type { PgPorts } from './pg-persistence.ts'
import type { Connection } from './queryable.ts'

/** Every store, speaking to one connection. */
export function storesOn(connection: Connection, ports: PgPorts): Stores {
  return { connection, ports } as unknown as Stores
}
