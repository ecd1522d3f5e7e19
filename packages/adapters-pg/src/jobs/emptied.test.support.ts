import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SequentialIds, VirtualClock } from '@muster/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { type Backend, embeddedBackend, poolBackend } from '../connection/backend.ts'
import type { Queryable } from '../connection/queryable.ts'
import { HostPGlite } from '../pglite/embedded.ts'
import { openPGliteDirectory } from '../pglite/pglite-directory.ts'
import { emptyPGlite, putEmptyDatabase } from '../pglite/pglite-template.test.support.ts'
import { migrate } from '../schema/migrate.ts'
import { shippedSchema } from '../schema/schema.ts'
import { PgPersistence } from '../stores/pg-persistence.ts'

/** Random histories of a line of jobs that are compared with the model, step by step: MUSTER_WORLDS, of which `full` is 200, or few enough for every run. */
export const WORLDS = Number(process.env['MUSTER_WORLDS']?.replace('full', '200') ?? 10)

/** Read once: each case opens an adapter. */
const SCHEMA = shippedSchema()

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

/** Whose the sessions are: Muster's alone, which prepares them once, or a host's, in which each transaction brings all that it needs. */
export interface Sessions {
  readonly ofHost?: boolean
}

/** Opens one embedded database for the whole test file, emptied for each case: making it is the slow part. */
export function emptiedPGlite({ ofHost = false }: Sessions = {}): () => Promise<Emptied> {
  return started(ofHost ? hostPGlite : ownPGlite)
}

/** The same on a server's database. */
export function emptiedPostgres(
  database: () => Promise<string>,
  { ofHost = false }: Sessions = {},
): () => Promise<Emptied> {
  return started(async () => {
    const pool = new Pool({ connectionString: await database(), max: 40 })
    const backend = poolBackend(pool, { owned: !ofHost, prepared: true })
    return {
      backend,
      queryable: pool,
      end: async () => {
        await backend.close()
        if (ofHost) await pool.end()
      },
    }
  })
}

async function hostPGlite(): Promise<Started> {
  const pglite = await emptyPGlite()
  const backend = await embeddedBackend(new HostPGlite(pglite))
  return {
    backend,
    queryable: pglite,
    end: async () => {
      await backend.close()
      await pglite.close()
    },
  }
}

async function ownPGlite(): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-emptied-'))
  await putEmptyDatabase(join(folder, 'database'))
  const { embedded, place, room, close } = await openPGliteDirectory(folder)
  const backend = await embeddedBackend(embedded, { place, room, release: close })
  const query: Queryable['query'] = (text, values = []) =>
    embedded.alone((session) => session.query(text, values as string[]))
  return {
    backend,
    queryable: { query },
    end: async () => {
      await backend.close()
      await rm(folder, { recursive: true })
    },
  }
}

interface Started {
  readonly backend: Backend
  readonly queryable: Queryable
  readonly end: () => Promise<void>
}

/** What is opened is opened once, as a process does it: its sessions keep their settings, plans and compiled functions from case to case. */
function started(start: () => Promise<Started>): () => Promise<Emptied> {
  let made: Started | undefined
  beforeAll(async () => {
    made = await start()
    await migrate(made.backend, SCHEMA, new Date())
    await made.backend.recognize()
    await made.queryable.query(MAKE_EMPTYING)
    await emptied(made)
  }, START_MS)
  afterAll(() => made?.end())
  return () => {
    if (!made) throw new Error('a database is opened in a case, after the file has begun')
    return emptied(made)
  }
}

/** A table that has grown beyond this is truncated: to take a few rows out costs a tenth of making its files and those of its indexes anew. */
const LARGE_BYTES = 256 * 1024

/**
 * Makes the function that empties the tables which hold rows. Its session keeps the plans: to look at the files of all tables in each case took longer than
 * most cases. References cascade, and the changes of access that a trigger notes go last. The gate's row stays; so does that of the origin: a connection
 * that finds none noted in it takes the database for another one, and forgets all bookmarks.
 */
const MAKE_EMPTYING = `do $$
declare
  body text;
begin
  select string_agg(format(
    'if exists (select from %1$s) then
       if pg_relation_size(%2$s) > ${LARGE_BYTES} then truncate %1$s cascade; else delete from %1$s; end if;
     end if;', oid::regclass, oid), ' ' order by relname = 'access_change', oid)
    into body from pg_class
   where relnamespace = 'public'::regnamespace and relkind = 'r'
     and relname not like 'muster\\_%' and relname not in ('feed_epoch', 'system_gate');
  create schema emptying;
  execute format('create function emptying.all_tables() returns void language plpgsql as %L', 'begin ' || body || '
    perform setval(seqrelid::regclass, seqstart, false) from pg_sequence where pg_sequence_last_value(seqrelid) is not null;
    update system_gate set paused = false where paused;
    update feed_epoch set epoch = gen_random_uuid();
  end');
end
$$`

const EMPTY = 'select emptying.all_tables()'

async function emptied({ backend, queryable }: Started): Promise<Emptied> {
  const clock = new VirtualClock()
  // A case closes what it opened, and the next one needs it.
  const kept: Backend = { ...backend, close: async () => {} }
  const persistence = new PgPersistence(kept, { clock, ids: new SequentialIds() }, SCHEMA)
  // A reader that the last case closed may still be under way, and hold some of the tables: the next try finds it gone.
  const deadlocked = (error: unknown) => (error as { code?: string }).code === '40P01'
  for (let tries = 1; ; tries++) {
    try {
      await queryable.query(EMPTY)
      break
    } catch (error) {
      if (tries === 5 || !deadlocked(error)) throw error
    }
  }
  return { persistence, clock, queryable, close: () => persistence.close() }
}
