import { MusterError } from '@muster/core'
import { Pool } from 'pg'

/** Only what the server has ended counts: a connection may close by itself in between. */
const CUT = `
  select count(*) filter (where pg_terminate_backend(pid))::int as n from (
    select pid from pg_stat_activity
    where datname = current_database() and application_name = 'muster' order by random() limit 1) victim`

/** Connections of a round's own, which live on when the server ends one of them, or the database is dropped before they are closed. */
export function openPool(connectionString: string, max: number): Pool {
  return new Pool({ connectionString, max }).on('error', () => {})
}

/** Ends one of the connections that Muster has to this database. @returns how many were ended */
export async function cutConnection(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(CUT)
  return rows[0]?.n ?? 0
}

/** What a connection that was cut keeps from being done is done the next time. */
export async function surviving(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (refusal) {
    if (!(refusal instanceof MusterError)) throw refusal
  }
}
