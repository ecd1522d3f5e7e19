import type { JobId, ProjectId, RunId } from '@muster/core'
import type { WorkerId } from '@muster/core/ports'
import { systemClock } from '@muster/host'
import { Client } from 'pg'
import { ids, openServer, openStores, query, type Server } from './databases.ts'
import { aRun, prepare, TYPE } from './fixtures.ts'
import { alternate, keep, machine, printSeries, roundsWished } from './rounds.ts'

const SIZES = [1_000_000, 1_000]
const MODELS = 10
const CALLS = 100
const ACTIVE = 50

/** A stored run of which a tenth is settled and a few jobs are active. */
interface Stored {
  readonly jobs: number
  readonly url: string
  /** Milliseconds that run progress, queue status and the position of the last in line take together, at the median. */
  time(): Promise<number>
  close(): Promise<void>
}

/** S7: run progress, queue status and a position, at a million stored jobs ÷ at a thousand. */
export async function progress(): Promise<void> {
  const server = await openServer()
  const stored: Stored[] = []
  try {
    for (const jobs of SIZES) stored.push(await store(server, jobs))
    const ms = await alternate(
      stored.map((one) => ({ name: `${one.jobs.toLocaleString('en')} stored jobs`, once: () => one.time() })),
      roundsWished(),
    )
    printSeries('progress + queue status + position', 'ms', ms)
    const explained = await Promise.all(
      stored.map(async ({ jobs, url }) => ({ jobs, reads: await readsOf(url) })),
    )
    for (const { jobs, reads } of explained)
      console.log(`  at ${jobs}: sequential scans of job: ${reads.sequentialScans}`)
    keep('progress', { machine: machine(server.version), ms, explained })
  } finally {
    for (const one of stored) await one.close()
    await server.stop()
  }
}

async function store(server: Server, jobs: number): Promise<Stored> {
  const url = await server.database()
  const persistence = await openStores({ connectionString: url })
  const { stores } = persistence
  const { projectId, definition } = await prepare(persistence, jobs / MODELS)
  const { run } = await stores.runs.add(aRun(projectId, definition, MODELS))
  const workerId = ids.next() as WorkerId
  await stores.workers.openWorker({ workerId, leaseUntil: new Date(Date.now() + 3_600_000), now: new Date() })
  await settleTenth(stores.workers, workerId, jobs)
  await query(url, 'vacuum analyze')
  const [last] = await stores.runs.listJobs(run.runId, {}, { limit: 1 })
  if (!last) throw new Error('The run has no jobs')
  return {
    jobs,
    url,
    time: () => timeOf(stores, { projectId, runId: run.runId, jobId: last.job.jobId }),
    close: () => persistence.close(),
  }
}

type WorkerStoreOf = Awaited<ReturnType<typeof openStores>>['stores']['workers']

async function settleTenth(workers: WorkerStoreOf, workerId: WorkerId, total: number): Promise<void> {
  const step = async (limit: number) => {
    const deliveries = await workers.feed({ limit, types: [TYPE], now: systemClock.now() })
    return workers.begin({ deliveries, workerId, now: systemClock.now() })
  }
  for (let settled = 0; settled < total / 10; ) {
    const active = await step(Math.min(500, total / 10 - settled))
    const outcomes = active.map(
      ({ jobId, start }) => ({ jobId, start, kind: 'completed', result: 1 }) as const,
    )
    settled += (await workers.settle({ outcomes, workerId, now: systemClock.now() })).recorded.length
  }
  await step(ACTIVE)
}

async function timeOf(
  stores: Awaited<ReturnType<typeof openStores>>['stores'],
  {
    projectId,
    runId,
    jobId,
  }: { readonly projectId: ProjectId; readonly runId: RunId; readonly jobId: JobId },
): Promise<number> {
  const times: number[] = []
  for (let call = 0; call < CALLS; call++) {
    const start = performance.now()
    await stores.runs.find(runId)
    await stores.jobs.countByType(projectId)
    await stores.jobs.listItems({ projectId }, { limit: 50 })
    await stores.jobs.findItems([jobId])
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[CALLS >> 1] ?? Number.NaN
}

/** The plans of the statements, and what they have read of `job` by scanning all of it. */
async function readsOf(
  url: string,
): Promise<{ readonly sequentialScans: number; readonly plans: readonly string[] }> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ project: string; last: string }>(
      'select project_id as project, (select max(job_id::text) from (select job_id from job order by job_id desc limit 1) as j) as last from project_gate',
    )
    const [{ project, last } = { project: '', last: '' }] = rows
    const scans = async (): Promise<number> =>
      (await client.query<{ n: number }>(`select pg_stat_get_xact_numscans('job'::regclass)::int as n`))
        .rows[0]?.n ?? 0
    await client.query('begin')
    const plans: string[] = []
    for (const text of [
      `select * from run where run_id = (select run_id from run limit 1)`,
      `select * from queue_counts('${project}')`,
      `select * from queue_line('${project}', null, null, null, 50)`,
      `select * from job_positions(array['${last}'::uuid])`,
    ]) {
      const explained = await client.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${text}`)
      plans.push(`${text}\n${explained.rows.map((row) => row['QUERY PLAN']).join('\n')}`)
    }
    const sequentialScans = await scans()
    await client.query('commit')
    return { sequentialScans, plans }
  } finally {
    await client.end()
  }
}
