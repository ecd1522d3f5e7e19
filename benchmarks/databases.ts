import { randomUUID } from 'node:crypto'
import { openPg, type PgOptions, type PgPersistence } from '@muster/adapters-pg'
import type { Ids } from '@muster/core/ports'
import { systemClock } from '@muster/host'
import { startPostgres } from '@muster/test-services'
import { Client } from 'pg'

/** A Postgres that benchmarks make databases on. */
export interface Server {
  readonly version: string
  /** Makes an empty database and gives its connection string. */
  database(): Promise<string>
  stop(): Promise<void>
}

/** The server of `DATABASE_URL`, else one started here with Postgres's own defaults: durable commits. */
export async function openServer(): Promise<Server> {
  const postgres = await startPostgres()
  const { connectionString } = postgres
  const made: string[] = []
  const { rows } = await query<{ version: string }>(
    connectionString,
    `select current_setting('server_version') as version`,
  )
  return {
    version: rows[0]?.version ?? 'unknown',
    async database() {
      const name = `muster_bench_${randomUUID().replaceAll('-', '')}`
      await query(connectionString, `create database ${name}`)
      made.push(name)
      const url = new URL(connectionString)
      url.pathname = `/${name}`
      return url.href
    },
    async stop() {
      for (const name of made) await query(connectionString, `drop database if exists ${name} with (force)`)
      await postgres.stop()
    },
  }
}

/** One statement on a connection of its own. */
export async function query<Row extends object>(
  connectionString: string,
  text: string,
  values: unknown[] = [],
): Promise<{ rows: Row[] }> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return await client.query<Row>(text, values)
  } finally {
    await client.end()
  }
}

export const ids: Ids = { next: randomUUID }

export function openStores(options: PgOptions): Promise<PgPersistence> {
  return openPg(options, { clock: systemClock, ids })
}
