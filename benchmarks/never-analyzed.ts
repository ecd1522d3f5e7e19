import type { PgPersistence } from '@muster/adapters-pg'
import { openServer, openStores, query, type Server } from './databases.ts'
import { aRun, prepare } from './fixtures.ts'
import { musterWorker } from './peers/muster.ts'
import { alternate, keep, machine, printSeries, roundsWished } from './rounds.ts'

const JOBS = Number(process.env['JOBS'] ?? 20_000)
/** Of the run that comes first, so that statements are planned while next to nothing is there. */
const FEW = 200
const MODELS = 10
const CONCURRENCY = 50
/** Without an end by then it is a failure, not a figure. */
const PATIENCE_MS = 180_000

/** Nothing is analyzed but by us. */
const BY_HAND = `
  do $$ declare t record; begin
    for t in select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = current_schema() loop
      execute format('alter table %s set (autovacuum_enabled = false)', t.name);
    end loop;
  end $$`
const ANALYZED =
  'select exists (select from pg_stat_user_tables where last_analyze is not null or last_autoanalyze is not null) as yes'

/**
 * Jobs a second of a run on a database that was never analyzed ÷ on one that was, just before: both have drained a few jobs on the same connections, and none
 * analyzes by itself. Each round is a database of its own; filling is not timed, nor is the first round, which finds cold code.
 */
export async function neverAnalyzed(): Promise<void> {
  const server = await openServer()
  try {
    await drained(server, true)
    const perSecond = await alternate(
      [
        { name: 'never analyzed', once: () => drained(server, false) },
        { name: 'analyzed', once: () => drained(server, true) },
      ],
      roundsWished(),
    )
    printSeries(`drain of ${JOBS} no-op jobs`, 'jobs/s', perSecond)
    keep('never-analyzed', { machine: machine(server.version), jobs: JOBS, perSecond })
  } finally {
    await server.stop()
  }
}

/** Jobs a second. */
async function drained(server: Server, isAnalyzed: boolean): Promise<number> {
  const url = await server.database()
  const persistence = await openStores({ connectionString: url })
  try {
    await query(url, BY_HAND)
    await drain(persistence, FEW)
    const ms = await drain(persistence, JOBS, async () => {
      await query(url, isAnalyzed ? 'analyze; checkpoint' : 'checkpoint')
    })
    const [told] = (await query<{ yes: boolean }>(url, ANALYZED)).rows
    if (told?.yes !== isAnalyzed) throw new Error(`Something else analyzed, or nothing did: ${told?.yes}`)
    return (JOBS / ms) * 1_000
  } finally {
    await persistence.close()
  }
}

/** Milliseconds from the start of a worker until a run of so many jobs is over. */
async function drain(
  persistence: PgPersistence,
  jobs: number,
  beforehand: () => Promise<void> = async () => {},
): Promise<number> {
  const { stores } = persistence
  const { projectId, definition } = await prepare(persistence, jobs / MODELS)
  const { run } = await stores.runs.add(aRun(projectId, definition, MODELS))
  await beforehand()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const tooLong = setTimeout(() => reject(new Error(`No end after ${PATIENCE_MS} ms`)), PATIENCE_MS)
  let left = jobs
  const startedAt = performance.now()
  const worker = musterWorker(persistence, undefined, CONCURRENCY, (done) => {
    left -= done
    if (left <= 0) resolve()
  })
  await worker.start()
  await promise
  const ms = performance.now() - startedAt
  clearTimeout(tooLong)
  await worker.close()
  const ended = await stores.runs.find(run.runId)
  if (ended?.tallies.completed !== jobs) throw new Error(`${ended?.tallies.completed} of ${jobs} completed`)
  return ms
}
