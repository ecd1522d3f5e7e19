import type { PGlite } from '@electric-sql/pglite'
import type { Pool } from 'pg'

/**
 * Where to keep things. A client that is given open (`pool`, a PGlite) is left open at `close`. Give Muster a database of its own, or a schema
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
