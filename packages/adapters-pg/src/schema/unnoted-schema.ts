import { type Connection, statement } from '../connection/queryable.ts'
import { MigrationError } from './migration-error.ts'
import { objectsIn } from './migration-notes.ts'
import { checksumOf, type Migration } from './schema.ts'

/**
 * The tables of the schemas that were made before migrations had checksums, by a hash over columns, constraints and indexes: what each schema has beside,
 * or otherwise than, the one before.
 */
const TABLES: readonly Readonly<Record<string, string>>[] = [
  {
    assignment: 'b1ff8afacf152b0950bcd3f47692962c',
    batch: '07e5209a8232b4945b7163971049ec58',
    decision: '8fc329e1b4f544ca160037c14d547712',
    fact: '2c5c4732e2e003251a2b562d92471882',
    feed_head: '3981f2f04420289409809d0f4537d13d',
    idempotency: '088501ddd4c7a3569f3972421e4ea005',
    membership: '17d98f794ebe9603e3803e18dea45e00',
    person: '35dc1ecb17f330fb57ab67851a9248dc',
    project: '03ea3c20a5cf3b32118a0c06bb5187f1',
    project_gate: 'bc8aab40040d926c0b98e257d7a84449',
    quality: '62288419ab948e91f6b271fd9df56a9c',
    shelf: 'fdd1e441294517f3eaf47adf42403458',
    slot: 'da0d32fb1039da007c0a0b86f7a725e6',
    strategy_state: 'ba5e7492d633db9c5ed17b883340144e',
    system_gate: '4c7fafae5341073a5adb8716cfedd871',
    task: '74435a4062f3d88220c4afa38298af06',
    workflow: 'ff769402980fc8d853b527ecd496a068',
    workflow_step: '00b0ccbe6f292462b4dfebddfd32d969',
  },
  {
    definition: '5103b557c3fc91c84332c9adb332e766',
    definition_name: '5df72e145abbdbf21adaa60aed20faed',
    handover: 'ce94e367a291fc020c1a2458c7396e99',
    job: 'b8a37a05a0013d89213a263af0dae96c',
    job_type: 'a55c8e9a929e3308b73a1c0c63fe52a2',
    lane: 'c699a0f303a2791144e92e6a1e76b280',
    lane_adjust: 'e6a8b97927e83d1359307940a5938157',
    queue_count: 'f333f224f5bab4071f88745d40713bde',
    run: '54e95bf202e58e83f1c0e95ce93bf02c',
    scenario: 'eaa13768d999ab1c0e20dd5b1d4a4b19',
    worker: '17b5fb54b6e0ba0e9a7f4c016779513c',
  },
  { bookmark: '9e0d56f2b5b48c2ec26e7c1613be5fad', slot: '5052ec9a40d0b581ab671309bc815dc8' },
  { access_change: '69b6d8935b78f62607abb63b051e1533', feed_epoch: '7ab2b13f9976e41c5e29768a22287356' },
  { fact: 'ef3b0a99346fa9fce19412f5123bf2bd' },
  { slot: 'f077a0734dacebd35daae9aecc90b22d' },
]

/** The objects that those schemas created, which noted nothing of them. */
const OBJECTS: ReadonlySet<string> = new Set([
  'claim_best',
  'claim_window',
  'counts_plus',
  'fact_append_all',
  'gate_take',
  'hold_gates',
  'intake_share',
  'intake_take',
  'job_add',
  'job_begin',
  'job_cancel',
  'job_count',
  'job_failures',
  'job_feed',
  'job_leave_line',
  'job_lock',
  'job_move',
  'job_positions',
  'job_record',
  'job_reopen',
  'job_report',
  'job_retry',
  'job_settle',
  'job_sweep',
  'job_take',
  'job_told',
  'job_type_no',
  'job_wake',
  'job_window',
  'jobs_start',
  'lane_cut',
  'membership_access',
  'move_bookmarks',
  'note_access_change',
  'person_access',
  'queue_clear',
  'queue_counts',
  'queue_line',
  'run_add',
  'run_cancel',
  'run_drop',
  'run_facts',
  'run_job_id',
  'run_job_nth',
  'run_left',
  'run_lock',
  'run_reopen',
  'runs_begun',
  'set_gate',
  'settled_page',
  'standing',
  'standing_behind',
  'survey_claims',
  'take_slots',
  'uuid_at',
  'worker_bury',
  'worker_close',
  'worker_reap',
])

const UNCHECKED = statement(
  'migrate_unchecked',
  'select version, name from muster_migration where checksum is null order by version',
)
const CHECK = statement('migrate_check', 'update muster_migration set checksum = $2 where version = $1')
const FINGERPRINTS = statement(
  'migrate_fingerprints',
  `select name, md5(string_agg(line, e'\\n' order by line collate "C")) as fingerprint from (
     select c.relname::text as name, format('%s %s %s %s%s %s', a.attname, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid, true)) as line
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where c.relnamespace = quote_ident(current_schema())::regnamespace and c.relkind = 'r'
     union all
     select c.relname, format('%s %s (%s) %s', x.relname, i.indisunique,
       (select string_agg(pg_get_indexdef(i.indexrelid, nth, true), ', ' order by nth) from generate_series(1, i.indnatts) as nth),
       pg_get_expr(i.indpred, i.indrelid, true))
     from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
     where c.relnamespace = quote_ident(current_schema())::regnamespace and c.relkind = 'r'
     union all
     select c.relname, format('%s %s', k.conname, pg_get_constraintdef(k.oid, true)) from pg_constraint k join pg_class c on c.oid = k.conrelid
     where c.relnamespace = quote_ident(current_schema())::regnamespace and k.contype = 'c') as lines
   group by name`,
)

/**
 * Notes the checksums of migrations that were applied without, if the tables are really those that these make.
 * @throws MigrationError naming tables that are others
 */
export async function takeOver(connection: Connection, migrations: readonly Migration[]): Promise<void> {
  const unchecked = await connection.rows<{ version: number; name: string }>(UNCHECKED)
  const version = unchecked.at(-1)?.version ?? 0
  // A newer database is refused as such.
  if (version === 0 || version > migrations.length) return
  const found = await fingerprints(connection)
  const others = Object.entries(tablesAt(version)).filter(
    ([name, fingerprint]) => found.get(name) !== fingerprint,
  )
  if (version > TABLES.length || others.length > 0) {
    const names = others.map(([name]) => name).sort()
    throw new MigrationError(
      `The database says schema ${version}, but ${names.join(', ') || 'it has no checksums and'} is not as that schema has it: a version of Muster made it that was never released; start with an empty database`,
    )
  }
  for (const migration of migrations.slice(0, version)) {
    await connection.rows(CHECK, [migration.version, checksumOf(migration)])
  }
}

/** Muster's functions, triggers and view where none were noted, whatever their arguments. */
export async function objectsWithoutNotes(connection: Connection): Promise<readonly string[]> {
  return (await objectsIn(connection)).filter(({ name }) => OBJECTS.has(name)).map(({ object }) => object)
}

/** A hash of each table, by its name. */
export async function fingerprints(connection: Connection): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.rows<{ name: string; fingerprint: string }>(FINGERPRINTS)
  return new Map(rows.map(({ name, fingerprint }) => [name, fingerprint]))
}

/** The tables of an early schema with their hashes. */
export function tablesAt(version: number): Readonly<Record<string, string>> {
  return Object.assign({}, ...TABLES.slice(0, version))
}
