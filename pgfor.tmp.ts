import { startPostgres } from './test/services/src/index.ts'
import { execFileSync } from 'node:child_process'
const pg = await startPostgres({ settings: { fsync: 'off', autovacuum: 'off' } })
const { default: { Client } } = await import('pg')
for (const size of ['8', '80']) for (let r = 0; r < 3; r++) for (const base of ['/work/main', '/work/wt/sql']) {
  const c = new Client({ connectionString: pg.connectionString }); await c.connect()
  const name = `b${Math.random().toString(36).slice(2)}`
  await c.query(`create database ${name}`)
  const u = new URL(pg.connectionString); u.pathname = '/' + name
  process.stdout.write(size + ' ' + execFileSync(process.execPath, ['--conditions=source', '/tmp/jsonbench.mjs', base, u.href, size], { encoding: 'utf8' }))
  await c.query(`drop database ${name}`); await c.end()
}
await pg.stop(); process.exit(0)
