import { freshDatabase } from '@muster/test-services/vitest'
import { Pool } from 'pg'
import { afterAll, expect, it } from 'vitest'
import { poolBackend } from './backend.ts'
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
  return { backend: poolBackend(pool, false), queryable: pool }
})

it('waits for another process that migrates, longer than any statement may take', async () => {
  const database = await freshDatabase()
  const [one, other] = [await openPool(database), await openPool(database)]
  const slow = { version: 1, name: '0001_slow.sql', text: 'create table slow (n int); select pg_sleep(1.5);' }
  await Promise.all([one, other].map((pool) => migrate(poolBackend(pool, false), [slow], new Date(0))))
  expect((await one.query('select version from muster_migration')).rows).toEqual([{ version: 1 }])
})
