import { freshDatabase } from '@muster/test-services/vitest'
import { Pool } from 'pg'
import { afterAll, expect, it } from 'vitest'
import { type Backend, poolBackend } from './backend.ts'
import { migrationCases } from './migrate.test.support.ts'
import { migrate } from './migrate.ts'

const pools: Pool[] = []

async function openPool(connectionString: string): Promise<Pool> {
  const pool = new Pool({ connectionString, statement_timeout: 1_000 })
  pools.push(pool)
  return pool
}

afterAll(() => Promise.all(pools.map((pool) => pool.end())))

migrationCases('Postgres', async () => {
  const pool = await openPool(await freshDatabase())
  return { backend: poolBackend(pool, { owned: false, prepared: true }), queryable: pool }
})

const SLOW = { version: 1, name: '0001_slow.sql', text: 'create table slow (n int); select pg_sleep(1.5);' }

it('waits for another process that migrates, longer than any statement may take', async () => {
  const database = await freshDatabase()
  const [one, other] = [await openPool(database), await openPool(database)]
  await Promise.all(
    [one, other].map((pool) =>
      migrate(poolBackend(pool, { owned: false, prepared: true }), [SLOW], new Date(0)),
    ),
  )
  expect((await one.query('select version from muster_migration')).rows).toEqual([{ version: 1 }])
})

it('fails beside another process where nobody takes the lock', async () => {
  const database = await freshDatabase()
  const [one, other] = [await openPool(database), await openPool(database)]
  const ends = await Promise.allSettled(
    [one, other].map((pool) =>
      migrate(lockless(poolBackend(pool, { owned: false, prepared: true })), [SLOW], new Date(0)),
    ),
  )
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

/** The same backend, but for the lock of whoever migrates. */
function lockless(backend: Backend): Backend {
  return {
    ...backend,
    script: (prepare, text) =>
      backend.script(
        (connection) =>
          prepare({
            rows: async (statement, values) =>
              statement.name === 'migrate_lock' ? [] : connection.rows(statement, values),
            atomically: (work) => connection.atomically(work),
          }),
        text,
      ),
  }
}
