import { type Connection, statement } from '../connection/queryable.ts'
import type { Migration } from './schema.ts'

/** A migration as it was noted. */
interface Applied {
  readonly version: number
  readonly name: string
  readonly checksum: string
}

/** Functions as they were noted: `objects` is what `drop` takes, `results` what each gives. */
export interface Installed {
  readonly hash: string
  readonly objects: readonly string[]
  readonly results: readonly string[]
}

/** A right to a function or view. */
export interface Grant {
  readonly name: string
  readonly kind: string
  readonly privilege: string
  readonly grantable: boolean
  readonly grantee: string
}

/** The notes of a database on itself: migrations in order, functions newest first. */
export interface Notes {
  readonly applied: readonly Applied[]
  readonly installed: readonly Installed[]
}

/** A function, view or trigger of the current schema. */
export interface SchemaObject {
  readonly name: string
  readonly object: string
  readonly result: string
}

// Any number will do, if it is always the same: a process that migrates holds this advisory lock.
const LOCK = 7_077_237_001

const TAKE_LOCK = statement('migrate_lock', 'select pg_advisory_xact_lock($1::bigint)')
const MIGRATION_TABLE = statement(
  'migrate_migration_table',
  `create table if not exists muster_migration (
     version int primary key, name text not null, applied_at timestamptz(3) not null)`,
)
const CHECKSUM_COLUMN = statement(
  'migrate_checksum_column',
  'alter table muster_migration add column if not exists checksum text',
)
const FUNCTIONS_TABLE = statement(
  'migrate_functions_table',
  `create table if not exists muster_functions (
     hash text primary key, turn int generated always as identity, objects text[] not null, results text[] not null,
     installed_at timestamptz(3) not null)`,
)
// Of the schema that would be created in, whatever stands further down the search path.
const NOTED = statement(
  'migrate_noted',
  `select to_regclass(quote_ident(current_schema()) || '.muster_functions') is not null as noted`,
)
const APPLIED = statement(
  'migrate_applied',
  'select version, name, checksum from muster_migration order by version',
)
const INSTALLED = statement(
  'migrate_installed',
  'select hash, objects, results from muster_functions order by turn desc',
)
const NOTE_MIGRATION = statement(
  'migrate_note_migration',
  'insert into muster_migration (version, name, checksum, applied_at) values ($1, $2, $3, $4)',
)
const NOTE_FUNCTIONS = statement(
  'migrate_note_functions',
  `insert into muster_functions (hash, objects, results, installed_at) values ($1, $2, $3, $4)
   on conflict (hash) do update set turn = default, objects = excluded.objects, results = excluded.results,
     installed_at = excluded.installed_at`,
)
const OBJECTS = statement(
  'migrate_objects',
  `select p.proname::text as name, format('function %I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) as object,
     pg_get_function_result(p.oid) as result
   from pg_proc p
   where p.pronamespace = quote_ident(current_schema())::regnamespace and p.prokind = 'f'
     and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
   union all
   select c.relname, format('view %I', c.relname), '' from pg_class c
   where c.relnamespace = quote_ident(current_schema())::regnamespace and c.relkind = 'v'
   union all
   select t.tgname, format('trigger %I on %I', t.tgname, c.relname), '' from pg_trigger t join pg_class c on c.oid = t.tgrelid
   where c.relnamespace = quote_ident(current_schema())::regnamespace and not t.tgisinternal`,
)

// The owner's rights need no grant. Functions are everybody's unless somebody said otherwise.
const GRANTS = statement(
  'migrate_grants',
  `select c.relname::text as name, '' as kind, a.privilege_type as privilege, a.is_grantable as grantable,
     case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end as grantee
   from pg_class c cross join aclexplode(c.relacl) as a
   where c.relnamespace = quote_ident(current_schema())::regnamespace and c.relkind = 'v' and a.grantee <> c.relowner
   union all
   select p.proname, 'function', a.privilege_type, a.is_grantable,
     case when a.grantee = 0 then 'public' else quote_ident(pg_get_userbyid(a.grantee)) end
   from pg_proc p cross join aclexplode(p.proacl) as a
   where p.pronamespace = quote_ident(current_schema())::regnamespace and p.prokind = 'f'`,
)

/** Dependent objects go first. */
const DROP_ORDER = ['trigger', 'view', 'function']

/** Waits for another process that migrates. The lock ends with the transaction. */
export async function takeLock(connection: Connection): Promise<void> {
  await connection.rows(TAKE_LOCK, [LOCK])
}

/** Makes the tables that notes are kept in. */
export async function prepareNotes(connection: Connection): Promise<void> {
  await connection.rows(MIGRATION_TABLE)
  await connection.rows(CHECKSUM_COLUMN)
  await connection.rows(FUNCTIONS_TABLE)
}

/** The notes, read without a lock; undefined if there are none, or only those of a version without checksums. */
export async function notesIn(connection: Connection): Promise<Notes | undefined> {
  const [row] = await connection.rows<{ noted: boolean }>(NOTED)
  if (row?.noted !== true) return undefined
  return {
    applied: await connection.rows<Applied>(APPLIED),
    installed: await connection.rows<Installed>(INSTALLED),
  }
}

export async function noteMigration(
  connection: Connection,
  { version, name }: Migration,
  checksum: string,
  now: Date,
): Promise<void> {
  await connection.rows(NOTE_MIGRATION, [version, name, checksum, now])
}

export async function noteFunctions(
  connection: Connection,
  hash: string,
  objects: readonly SchemaObject[],
  now: Date,
): Promise<void> {
  const [names, results] = [objects.map(({ object }) => object), objects.map(({ result }) => result)]
  await connection.rows(NOTE_FUNCTIONS, [hash, names, results, now])
}

/** All functions, views and triggers of the schema, other people's too, but for what extensions brought. */
export function objectsIn(connection: Connection): Promise<SchemaObject[]> {
  return connection.rows<SchemaObject>(OBJECTS)
}

/** The rights that somebody gave or took beside what holds by default. */
export function grantsIn(connection: Connection): Promise<Grant[]> {
  return connection.rows<Grant>(GRANTS)
}

/** Gives objects that were created anew the rights that those of their names had. */
export async function grantAgain(
  connection: Connection,
  grants: readonly Grant[],
  objects: readonly SchemaObject[],
): Promise<void> {
  for (const { name, object } of objects) {
    const what = object.replace(/^view /, '')
    const had = grants.filter((grant) => grant.name === name)
    if (had.some(({ kind }) => kind === 'function'))
      await connection.rows(statement('migrate_revoke', `revoke all on ${what} from public`))
    for (const { privilege, grantee, grantable } of had) {
      const more = grantable ? ' with grant option' : ''
      await connection.rows(statement('migrate_grant', `grant ${privilege} on ${what} to ${grantee}${more}`))
    }
  }
}

/** Drops what {@link SchemaObject} names, if it is still there. */
export async function dropObjects(connection: Connection, objects: readonly string[]): Promise<void> {
  for (const kind of DROP_ORDER) {
    for (const object of objects) {
      if (!object.startsWith(`${kind} `)) continue
      await connection.rows(
        statement('migrate_drop', `drop ${kind} if exists ${object.slice(kind.length + 1)}`),
      )
    }
  }
}
