import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import './postgres-setup.ts'

/**
 * The connection string of a new, empty database on the run's Postgres, for the test file that asks. It is dropped when the
 * run ends. Only in files named `*.postgres.test.ts`: the others run without a server.
 */
export async function freshDatabase(): Promise<string> {
  const { connectionString, prefix } = inject('postgres')
  const name = prefix + randomUUID().replaceAll('-', '')
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await client.query(`create database ${name}`)
  } finally {
    await client.end()
  }
  const url = new URL(connectionString)
  url.pathname = `/${name}`
  return url.href
}
