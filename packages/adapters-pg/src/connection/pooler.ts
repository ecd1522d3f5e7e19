import { MisconfiguredError } from '@muster/core'
import pg, { type Pool, type PoolClient } from 'pg'

/** How often is tried to meet another client of a pooler in the same session: others may take it in between. */
const TRIES = 5
/** A pooler that gives each client a session has none for another one where all are taken. */
const PATIENCE_MS = 2_000

/** As a text, which reads the same where a host has set its connections to bytes. */
const PID = 'select pg_backend_pid()::text as pid'

/**
 * Statements that are prepared in a session, and settings, must be there in the next transaction. A pooler of transactions gives the session to others in between, whom
 * another connection is here: it finds itself in the session that `client` has just been in. Gives whether that one was given a session at all.
 * @throws MisconfiguredError, before anything was done
 */
export async function assertKeepsSessions(pool: Pool, client: PoolClient): Promise<boolean> {
  if (!isPooled(client, await pidOf(client))) return true
  const other = otherOf(pool)
  try {
    await other.connect()
    for (let tries = 0; tries < TRIES; tries++) {
      const pid = await pidOf(client)
      await other.query('begin')
      const met = await pidOf(other)
      await other.query('rollback')
      if (met === pid) throw new MisconfiguredError(SHARED)
    }
    return true
  } catch (error) {
    if (error instanceof MisconfiguredError) throw error
    // The other one is kept from a session; it was not given ours.
    return false
  } finally {
    other.end().catch(() => {})
  }
}

const SHARED =
  'What stands before the database gives a session to others between two transactions, as PgBouncer does with ' +
  'pool_mode = transaction. Set preparedStatements: false (MUSTER_POSTGRES_PREPARED=0), or let it keep sessions (pool_mode = session)'

function otherOf({ options }: Pool): pg.Client {
  const other = new pg.Client({
    ...options,
    // The pool hides it from lists of its options.
    ...(options.password === undefined ? {} : { password: options.password }),
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  })
  other.on('error', () => {})
  return other
}

/** A server tells each connection the id of its own process. A pooler tells another number. */
export function isPooled(client: PoolClient, pid: number | undefined): boolean {
  return pid !== (client as { processID?: number }).processID
}

/** Of the server's process that answers `client`. */
export async function pidOf(client: Pick<pg.Client, 'query'>): Promise<number | undefined> {
  const text = { text: PID, types: { getTypeParser: () => Number } as never }
  return (await client.query<{ pid: number }>(text)).rows[0]?.pid
}
