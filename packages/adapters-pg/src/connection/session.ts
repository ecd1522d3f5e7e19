import pg from 'pg'
import { type Origin, originOf } from '../schema/origin.ts'

/**
 * The settings that Muster relies on in a session, whatever a role, a database, a server, `PGOPTIONS` or a host has set. All else is left as found, above all
 * `default_transaction_read_only` and `synchronous_commit`: an operator's word. See ADR 0029.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // How what is sent is read, and what comes back is written.
  client_encoding: 'UTF8',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  xmloption: 'content',
  quote_all_identifiers: 'off',
  // The isolation of statements. Each transaction says it too.
  default_transaction_isolation: 'read committed',
  default_transaction_deferrable: 'off',
  row_security: 'on',
  // How functions are compiled and planned.
  'plpgsql.extra_errors': 'none',
  plan_cache_mode: 'auto',
  jit: 'off',
  // Plans outlive the statistics they were made by. Each of ours goes by indexes, from what it was asked for: see ADR 0039.
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_indexscan: 'on',
  enable_indexonlyscan: 'on',
  enable_nestloop: 'on',
  // Longer than any statement of ours needs; what takes longer is stuck.
  statement_timeout: '30s',
  // A statement that waits so long for a lock is told that it is busy, and the connection stays.
  lock_timeout: '10s',
  // No transaction of ours waits for anything but the database, but for those that {@link READING} is set for.
  idle_in_transaction_session_timeout: '10s',
  idle_session_timeout: '0',
}

/** Settings that came after the oldest Postgres that Muster runs on, by the version that brought them. */
const NEWER: readonly (readonly [version: number, name: string, value: string])[] = [
  [170_000, 'transaction_timeout', '0'],
]

/** Migrations take as long as they take. */
export const NO_TIMEOUTS = 'set local statement_timeout = 0; set local lock_timeout = 0'

/** A snapshot may wait for those who take what it reads, such as a folder or a bucket. */
export const READING = `set local idle_in_transaction_session_timeout = '60s'`

/** Parts of a {@link Session}: asked of the first connection, in the words of `SessionRow`. */
export const LOOK = `select current_setting('search_path') as "searchPath", current_schema() as schema,
  current_setting('server_version_num')::int as version, has_function_privilege('pg_control_system()', 'execute') as "knowsSystem"`

export interface SessionRow {
  readonly searchPath: string
  /** The first on that path that exists; null: none does. */
  readonly schema: string | null
  readonly version: number
  /** Whether the role may ask for the cluster's id. */
  readonly knowsSystem: boolean
}

/** The settings of Muster's sessions on one database. The search path is the one that was found first, for as long as the process lives. */
export class Session {
  /** Sets them for as long as the session lasts. */
  readonly whole: string
  /** Sets them until the transaction ends. */
  readonly local: string
  readonly origin: Origin
  /** The schema that Muster's tables and functions are in. */
  readonly schema: string

  constructor(found: SessionRow) {
    const settings = [
      ...Object.entries(SETTINGS),
      ...NEWER.flatMap(([since, name, value]) => (found.version >= since ? [[name, value] as const] : [])),
    ]
    // One statement: as many as there are settings cost an embedded database three times as much.
    const set = (isLocal: boolean): string => {
      const calls = [...settings, ['search_path', searchPathOf(found)] as const].map(
        ([name, value]) => `set_config(${pg.escapeLiteral(name)}, ${pg.escapeLiteral(value)}, ${isLocal})`,
      )
      return `select ${calls.join(', ')}`
    }
    this.origin = originOf(found.knowsSystem)
    this.schema = found.schema ?? 'public'
    this.whole = set(false)
    this.local = set(true)
  }
}

/**
 * Unless a path names it, Postgres looks first for a temporary table, which a host may have on a connection that it shares. Behind no schema at all
 * it would be where tables are made.
 */
function searchPathOf({ searchPath, schema }: SessionRow): string {
  return schema === null || /\bpg_temp\b/.test(searchPath) ? searchPath : `${searchPath}, pg_temp`
}
