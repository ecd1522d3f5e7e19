import { SequentialIds, VirtualClock } from '@muster/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import type { PgOptions } from '../connection/pg-options.ts'
import type { Queryable } from '../connection/queryable.ts'
import { emptyPGlite } from '../pglite/pglite-template.test.support.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'

/** Random histories of a line of jobs that are compared with the model, step by step: MUSTER_WORLDS, or few enough for every run of the tests. */
export const WORLDS = Number(process.env['MUSTER_WORLDS'] ?? 10)

/** An empty adapter, and the clock it reads. */
export interface Emptied {
  readonly persistence: PgPersistence
  readonly clock: VirtualClock
  /** What it stands on. */
  readonly queryable: Queryable
  close(): Promise<void>
}

/** Long enough on a busy machine for what only the first case would have to wait for. */
const START_MS = 60_000

/** Opens one embedded database in memory for the whole test file, emptied for each case: making it is the slow part. */
export function emptiedPGlite(): () => Promise<Emptied> {
  return started(async () => {
    const pglite = await emptyPGlite()
    return { options: { pglite }, queryable: pglite, end: () => pglite.close() }
  })
}

/** The same on a server's database. */
export function emptiedPostgres(database: () => Promise<string>): () => Promise<Emptied> {
  return started(async () => {
    const pool = new Pool({ connectionString: await database(), max: 40 })
    return { options: { pool }, queryable: pool, end: () => pool.end() }
  })
}

interface Started {
  readonly options: PgOptions
  readonly queryable: Queryable
  readonly end: () => Promise<void>
}

function started(start: () => Promise<Started>): () => Promise<Emptied> {
  let made: Started | undefined
  beforeAll(async () => {
    made = await start()
    await emptied(made)
  }, START_MS)
  afterAll(() => made?.end())
  return () => {
    if (!made) throw new Error('a database is opened in a case, after the file has begun')
    return emptied(made)
  }
}

/**
 * The tables to empty: those that something was written to, or took a number for, since they were made or last emptied. All of them take five
 * times as long as what a case uses. The gate's row is put back below, so there is always one.
 */
const USED = `
  select quote_ident(relname) as name from pg_class c
   where relnamespace = 'public'::regnamespace and relkind = 'r'
     and relname not like 'muster\\_%' and relname <> 'feed_epoch'
     and (pg_relation_size(oid) > 0 or exists (
       select from pg_depend join pg_sequence on seqrelid = objid
        where refobjid = c.oid and deptype in ('a', 'i') and pg_sequence_last_value(seqrelid) is not null))`

async function emptied({ options, queryable }: Started): Promise<Emptied> {
  const clock = new VirtualClock()
  const persistence = await openPg(options, { clock, ids: new SequentialIds() })
  const { rows } = await queryable.query<{ name: string }>(USED)
  const truncate = `truncate ${rows.map(({ name }) => name).join(', ')} restart identity cascade`
  // A reader that the last case closed may still be under way, and hold some of the tables: the next try finds it gone.
  const deadlocked = (error: unknown) => (error as { code?: string }).code === '40P01'
  for (let tries = 1; ; tries++) {
    try {
      await queryable.query(truncate)
      break
    } catch (error) {
      if (tries === 5 || !deadlocked(error)) throw error
    }
  }
  await queryable.query('insert into system_gate (paused) values (false)')
  // The row stays: a connection that finds no origin noted in it takes the database for another one, and forgets all bookmarks.
  await queryable.query('update feed_epoch set epoch = gen_random_uuid()')
  return { persistence, clock, queryable, close: () => persistence.close() }
}
