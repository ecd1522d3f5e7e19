import { PGlite } from '@electric-sql/pglite'
import type { PgPersistence } from '@muster/adapters-pg'
import type { ProjectId } from '@muster/core'
import { fact } from '@muster/core/feed'
import { Pool } from 'pg'
import { openServer, openStores } from './databases.ts'
import { aRun, prepare } from './fixtures.ts'
import { alternate, keep, machine, printSeries, roundsWished, type Series } from './rounds.ts'

const MODELS = 20
const SCENARIOS = 5_000

/** What both sides run on. */
interface Database {
  query(text: string, values?: unknown[]): Promise<unknown>
}

/** S1: a run with 100 000 jobs, its counters and facts, in one transaction ÷ the bare insert of the same job rows. */
export async function startRun(): Promise<void> {
  const server = await openServer()
  const pool = new Pool({ connectionString: await server.database() })
  const pglite = await PGlite.create()
  try {
    const onPostgres = await compare(await openStores({ pool }), pool)
    const onPGlite = await compare(await openStores({ pglite }), pglite)
    printSeries('start-run on Postgres: 100 000 jobs', 'ms', onPostgres)
    printSeries('start-run on PGlite (in memory): 100 000 jobs', 'ms', onPGlite)
    keep('start-run', { machine: machine(server.version), jobs: MODELS * SCENARIOS, onPostgres, onPGlite })
  } finally {
    await pglite.close()
    await pool.end()
    await server.stop()
  }
}

async function compare(persistence: PgPersistence, database: Database): Promise<Series[]> {
  const { projectId, definition } = await prepare(persistence, SCENARIOS)
  await database.query('create table bare_job (like job including defaults, primary key (job_id))')
  const sides = [
    { name: 'startRun', once: () => timeOf(database, () => start(persistence, projectId, definition)) },
    { name: 'bare insert … select', once: () => timeOf(database, () => database.query(BARE)) },
  ]
  for (const side of sides) await side.once()
  return alternate(sides, roundsWished())
}

/** Milliseconds from an empty table and a database at rest. */
async function timeOf(database: Database, work: () => Promise<unknown>): Promise<number> {
  await database.query('truncate job, bare_job')
  await database.query('checkpoint')
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** What the use case does once it has decided: run, jobs and facts in one transaction. */
async function start(
  persistence: PgPersistence,
  projectId: ProjectId,
  definition: Awaited<ReturnType<typeof prepare>>['definition'],
): Promise<void> {
  const run = aRun(projectId, definition, MODELS)
  await persistence.transaction(async ({ runs, events }) => {
    await runs.add(run)
    const { runId } = run.run
    await events.append([
      fact(projectId, 'run_status_changed', { runId, status: 'pending', from: null, version: 1 }),
      fact(projectId, 'queue_item_added', { runId, count: run.run.tallies.total, createdBy: null }),
    ])
  })
}

// The same rows with the same values, and no index but the key.
const BARE = `
  insert into bare_job (job_id, seq, lane_no, project_no, run_no, place, type_no, model, max_attempts)
  select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n, 1, 1, 1, (n - 1) / ${MODELS} + 1, 1, (n - 1) % ${MODELS} + 1, 3
  from generate_series(1, ${MODELS * SCENARIOS}) as n`
