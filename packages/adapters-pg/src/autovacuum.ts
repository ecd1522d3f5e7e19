import type { PGlite } from '@electric-sql/pglite'
import { Unavailable } from '@muster/core'
import type { DiskRoom } from './disk-room.ts'

const LOOK_MS = 10_000

// What Postgres has by default, but for small tables: reading through them costs nothing, and vacuum keeps the process from all else.
const DUE = `
  select * from (
    select format('%I.%I', schemaname, relname) as name,
      n_dead_tup > 10000 + 0.2 * n_live_tup as bloated, n_mod_since_analyze > 10000 + 0.1 * n_live_tup as changed
    from pg_stat_user_tables where schemaname = current_schema()) as tables
  where bloated or changed`

/**
 * Vacuums and analyzes the tables of an embedded database now and then, which has no processes in the background that would: an index of what is active
 * would keep an entry for all that ever was. Gives what ends it, once what it is at is done.
 * https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM
 */
export function autovacuum(pglite: PGlite, room?: DiskRoom): () => Promise<void> {
  let working: Promise<void> | undefined
  const timer = globalThis
    .setInterval(() => {
      working ??= vacuum(pglite, room).finally(() => {
        working = undefined
      })
    }, LOOK_MS)
    .unref()
  return async () => {
    clearInterval(timer)
    await working
  }
}

async function vacuum(pglite: PGlite, room: DiskRoom | undefined): Promise<void> {
  try {
    await room?.assert()
    const { rows } = await pglite.query<{ name: string; bloated: boolean; changed: boolean }>(DUE)
    for (const due of rows) {
      const what = due.bloated ? `vacuum${due.changed ? ' (analyze)' : ''}` : 'analyze'
      await pglite.exec(`${what} ${due.name}`)
    }
  } catch (error) {
    if (error instanceof Unavailable) return
    // Nobody waits for it and nothing is lost: it is tried again. Whoever gave a PGlite may have closed it.
    if (!pglite.closed) process.emitWarning(`The embedded database could not be vacuumed: ${String(error)}`)
  }
}
