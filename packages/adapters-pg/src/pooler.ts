import { MisconfiguredError } from '@muster/core'
import { Client, type Pool, type PoolClient } from 'pg'

/** How often is tried to meet another client of a pooler in the same session: others may take it in between. */
const TRIES = 5
/** A pooler that gives each client a session has none for another one where all are taken. */
const PATIENCE_MS = 2_000

const PID = 'select pg_backend_pid() as pid'

/**
 * What is prepared and set in a session must be there in the next transaction. A pooler of transactions gives the session to others in between, whom
 * another connection is here: it finds itself in the session that `client` has just been in.
 * @throws MisconfiguredError, before anything was done
 */
export async function assertKeepsSessions(pool: Pool, client: PoolClient): Promise<void> {
  // A server tells each connection the id of its own process. A pooler tells another number.
  if ((await pidOf(client)) === (client as { processID?: number }).processID) return
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
  } catch (error) {
    if (error instanceof MisconfiguredError) throw error
    // Whatever keeps the other one from a session, it was not given ours.
  } finally {
    other.end().catch(() => {})
  }
}

const SHARED =
  'What stands before the database gives a session to others between two transactions, as PgBouncer does with ' +
  'pool_mode = transaction. Set preparedStatements: false (MUSTER_POSTGRES_PREPARED=0), or let it keep sessions (pool_mode = session)'

function otherOf({ options }: Pool): Client {
  const other = new Client({
    ...options,
    // The pool hides it from whoever lists its options.
    ...(options.password === undefined ? {} : { password: options.password }),
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  })
  other.on('error', () => {})
  return other
}

async function pidOf(client: Pick<Client, 'query'>): Promise<number | undefined> {
  const text = { text: PID, types: { getTypeParser: () => Number } as never }
  return (await client.query<{ pid: number }>(text)).rows[0]?.pid
}
