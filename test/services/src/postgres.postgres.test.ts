import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
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

it('leaves no server and no file behind when the process that started it is killed', async () => {
  const starter = new URL('./postgres.ts', import.meta.url)
  const script = `
    const { startPostgres } = await import(${JSON.stringify(starter.href)})
    const { connectionString } = await startPostgres()
    process.send(connectionString)
  `
  const { DATABASE_URL: _, ...env } = process.env
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    env,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [connectionString] = await once(child, 'message')
  const [{ directory } = { directory: '' }] = await query<{ directory: string }>(
    connectionString,
    `select current_setting('data_directory') as directory`,
  )
  expect(existsSync(directory)).toBe(true)

  child.kill('SIGKILL')

  await expect.poll(() => existsSync(directory)).toBe(false)
  await expect(query(connectionString, 'select 1')).rejects.toThrow('ECONNREFUSED')
})
