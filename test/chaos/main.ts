import { parseArgs } from 'node:util'
import { startPostgres } from '@muster/test-services'
import { Client } from 'pg'
import { claimsUnderFire } from './claims/round.ts'

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    claims: { type: 'string', default: '50000' },
    processes: { type: 'string', default: '4' },
    connections: { type: 'string', default: '16' },
    people: { type: 'string', default: '250' },
  },
})

const CHAOS: Readonly<Record<string, (url: string) => Promise<boolean>>> = { claims }

/** R3: claims from several processes under fire; whether no rule was broken. */
async function claims(url: string): Promise<boolean> {
  const report = await claimsUnderFire({
    url,
    seed: Number(values.seed),
    claims: Number(values.claims),
    processes: Number(values.processes),
    connections: Number(values.connections),
    people: Number(values.people),
    killEveryMs: 2_000,
    askEveryMs: 5_000,
  })
  console.log(JSON.stringify(report, null, 2))
  return report.violations.length === 0
}

const [name = ''] = positionals
const chaos = CHAOS[name]
if (!chaos) {
  console.error(`There is no chaos "${name}". There is: ${Object.keys(CHAOS).join(', ')}`)
  process.exit(2)
}
const postgres = await startPostgres({ settings: { max_connections: '200' } })
const url = new URL(postgres.connectionString)
url.pathname = `/muster_chaos_${process.pid}`
const server = new Client({ connectionString: postgres.connectionString })
await server.connect()
await server.query(`create database ${url.pathname.slice(1)}`)
try {
  if (!(await chaos(url.href))) process.exitCode = 1
} finally {
  await server.query(`drop database if exists ${url.pathname.slice(1)} with (force)`)
  await server.end()
  await postgres.stop()
}
