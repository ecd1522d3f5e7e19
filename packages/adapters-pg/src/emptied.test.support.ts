import { PGlite } from '@electric-sql/pglite'
import { SequentialIds, VirtualClock } from '@muster/core/testing'
import { Pool } from 'pg'
import { afterAll } from 'vitest'
import { openPg, type PgOptions } from './open-pg.ts'
import type { PgPersistence } from './pg-persistence.ts'
import type { Queryable } from './queryable.ts'

/** An empty adapter, and the clock it reads. */
export interface Emptied {
  readonly persistence: PgPersistence
  readonly clock: VirtualClock
  close(): Promise<void>
}

/** Opens one embedded database in memory for the whole test file, emptied for each case: making it is the slow part. */
export function emptiedPGlite(): () => Promise<Emptied> {
  let made: Promise<PGlite> | undefined
  afterAll(async () => {
    await (await made)?.close()
  })
  return async () => {
    made ??= PGlite.create()
    const pglite = await made
    return emptied({ pglite }, pglite)
  }
}

/** The same on a server's database. */
export function emptiedPostgres(database: () => Promise<string>): () => Promise<Emptied> {
  let made: Promise<Pool> | undefined
  afterAll(async () => {
    await (await made)?.end()
  })
  return async () => {
    made ??= database().then((connectionString) => new Pool({ connectionString, max: 40 }))
    const pool = await made
    return emptied({ pool }, pool)
  }
}

async function emptied(options: PgOptions, queryable: Queryable): Promise<Emptied> {
  const clock = new VirtualClock()
  const persistence = await openPg(options, { clock, ids: new SequentialIds() })
  const { rows } = await queryable.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename <> 'muster_migration'`,
  )
  await queryable.query(`truncate ${rows.map(({ name }) => name).join(', ')} restart identity`)
  await queryable.query('insert into system_gate (paused) values (false)')
  return { persistence, clock, close: () => persistence.close() }
}
