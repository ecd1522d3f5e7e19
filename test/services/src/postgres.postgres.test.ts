import { Client } from 'pg'
import { expect, it } from 'vitest'
import { freshDatabase } from './fresh-database.ts'

async function query<Row extends object>(connectionString: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Row>(text)).rows
  } finally {
    await client.end()
  }
}

it('gives every caller a database of its own', async () => {
  const [first, second] = await Promise.all([freshDatabase(), freshDatabase()])
  await query(first, 'create table notes (text text)')
  expect(await query(second, `select to_regclass('notes') as notes`)).toEqual([{ notes: null }])
})

it('runs on a real Postgres, where sessions race', async () => {
  const database = await freshDatabase()
  const [one, two] = await Promise.all(
    [1, 2].map(() => query<{ pid: number }>(database, 'select pg_backend_pid() as pid')),
  )
  expect(one?.[0]?.pid).not.toBe(two?.[0]?.pid)
})
