import { type Connection, type Statement, statement } from '../connection/queryable.ts'

/** The statements that recognize a database. */
export interface Origin {
  readonly compare: Statement
  readonly note: Statement
}

/** Nobody notes it meanwhile. */
const LOCK = statement('origin_lock', 'select 1 from feed_epoch for update')
const FORGET_BOOKMARKS = statement('origin_forget_bookmarks', 'delete from bookmark')
// Without bookmarks there is nothing to come back behind, and marks of another cluster might stay ahead of its numbers for ever.
const FORGET_MARKS = statement(
  'origin_forget_marks',
  `update slot set late = false, freed_xid = null where state = 'free' and late and shelf_id is not null`,
)

/**
 * A restored dump is in another cluster or database, or has other tables; a promoted standby and a recovery to an earlier moment write another
 * timeline; a folder that was put back has other files. `knowsSystem`: whether the role may ask for the cluster's id.
 */
export function originOf(knowsSystem: boolean): Origin {
  const here = `select ${knowsSystem ? '(select system_identifier from pg_control_system())' : 'null::bigint'} as system_id,
      case when not pg_is_in_recovery() then ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int end as timeline,
      (select oid::bigint from pg_database where datname = current_database()) as database_id,
      'feed_epoch'::regclass::oid::bigint as table_id, pg_snapshot_xmax(pg_current_snapshot()) as next_xid, $1::text as place`
  const differs = ['system_id', 'timeline', 'database_id', 'table_id', 'place']
    .map((column) => `coalesce(here.${column} <> noted.${column}, false)`)
    .join(' or ')
  return {
    compare: statement(
      'origin_compare',
      `with here as (${here})
       select noted.database_id is null as unknown, ${differs} or coalesce(here.next_xid < noted.next_xid, false) as other
       from here, feed_epoch as noted`,
    ),
    note: statement(
      'origin_note',
      `with here as (${here})
       update feed_epoch set epoch = case when $2::boolean then gen_random_uuid() else epoch end, system_id = here.system_id, timeline = here.timeline,
         database_id = here.database_id, table_id = here.table_id, next_xid = here.next_xid, place = here.place from here`,
    ),
  }
}

interface Compared {
  readonly unknown: boolean
  readonly other: boolean
}

/**
 * Notices that the database is not where it was noted to be: then its bookmarks are forgotten and its facts begin another history, so that
 * every cursor of before is told to reload. Of several at once one does it.
 */
export async function recognize(connection: Connection, origin: Origin, place: string | null): Promise<void> {
  const isKnown = async (within: Connection): Promise<Compared | undefined> => {
    const [compared] = await within.rows<Compared>(origin.compare, [place])
    if (!compared) throw new Error('The database has lost its feed_epoch')
    return compared.unknown || compared.other ? compared : undefined
  }
  if (!(await isKnown(connection))) return
  await connection.atomically(async (within) => {
    await within.rows(LOCK)
    const compared = await isKnown(within)
    if (!compared) return
    await within.rows(FORGET_BOOKMARKS)
    await within.rows(FORGET_MARKS)
    await within.rows(origin.note, [place, compared.other])
  })
}
