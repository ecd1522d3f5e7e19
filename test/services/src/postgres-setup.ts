import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The run's Postgres server, and what the names of this run's databases begin with. */
    postgres: { readonly connectionString: string; readonly prefix: string }
  }
}

/** One Postgres for the whole test run. The databases that its test files made are dropped at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Nothing here outlives the run, so nothing needs to survive a power cut.
  const postgres = await startPostgres({ settings: { fsync: 'off', full_page_writes: 'off' } })
  const { connectionString, origin } = postgres
  const prefix = `muster_test_${randomUUID().slice(0, 8)}_`
  project.provide('postgres', { connectionString, prefix })
  console.log(`Postgres for tests: ${origin}`)
  return async () => {
    if (origin === 'DATABASE_URL') await dropDatabases(connectionString, prefix)
    await postgres.stop()
  }
}

async function dropDatabases(connectionString: string, prefix: string): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    )
    for (const { datname } of rows)
      await client.query(`drop database ${client.escapeIdentifier(datname)} with (force)`)
  } finally {
    await client.end()
  }
}
