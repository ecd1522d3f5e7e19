import type { JobId, ProjectId, RunId } from '@muster/core'
import { OPEN } from '@muster/core/limits'
import type { Stores, WorkerId } from '@muster/core/ports'
import { freshDatabase } from '@muster/test-services/vitest'
import { newId } from '@muster/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { poolBackend } from '../connection/backend.ts'
import { type Connection, statement } from '../connection/queryable.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import { storesOn } from '../stores/stores-on.ts'
import { emptiedPostgres } from './emptied.test.support.ts'
import { addProject, addRun } from './job-world.test.support.ts'

const JOBS = 6_000
const NOON = new Date('2026-01-05T12:00:00Z')

const database = freshDatabase()
const open = emptiedPostgres(() => database)
let persistence: PgPersistence
let pool: Pool
let projectId: ProjectId
let runId: RunId
const workerId = newId() as WorkerId

beforeAll(async () => {
  pool = new Pool({ connectionString: await database })
})
afterAll(() => pool.end())
beforeEach(async () => {
  ;({ persistence } = await open())
  projectId = await addProject(persistence.stores)
  ;({ runId } = await addRun(persistence.stores, projectId, { scenarios: JOBS / 10, models: 10, now: NOON }))
  await persistence.stores.workers.openWorker({
    workerId,
    leaseUntil: new Date(NOON.getTime() + 60_000),
    now: NOON,
  })
})

// What this transaction has read of the table and of each of its indexes.
const SCANS = statement(
  'test_job_scans',
  `select indexrelid::regclass::text as name, pg_stat_get_xact_numscans(indexrelid)::int as scans, pg_stat_get_xact_tuples_returned(indexrelid)::int as rows
   from pg_index where indrelid = 'job'::regclass
   union all select 'job', pg_stat_get_xact_numscans('job'::regclass)::int, pg_stat_get_xact_tuples_returned('job'::regclass)::int`,
)
interface Scan {
  readonly name: string
  readonly scans: number
  readonly rows: number
}

/** Which of them `work` scanned, and how many rows or entries came out. */
async function readsOf(
  connection: Connection,
  work: (stores: Stores) => Promise<unknown>,
): Promise<Record<string, number>> {
  const look = (): Promise<Scan[]> => connection.rows<Scan>(SCANS)
  const before = new Map((await look()).map((scan) => [scan.name, scan]))
  await work(storesOn(connection, { clock: { now: () => NOON, wait: async () => {} }, ids: { next: newId } }))
  return Object.fromEntries(
    (await look()).flatMap(({ name, scans, rows }) =>
      scans > (before.get(name)?.scans ?? 0) ? [[name, rows - (before.get(name)?.rows ?? 0)]] : [],
    ),
  )
}

const WRITES = statement('test_writes', 'select pg_current_xact_id_if_assigned() is not null as "hasWritten"')

it('looks for jobs in vain without writing anything', async () => {
  const { stores } = persistence
  await stores.runs.lock(runId)
  await stores.runs.cancel(runId, NOON)
  const batch = { limit: 50, types: ['probe'], workerId, now: NOON }
  expect((await stores.workers.take(batch)).jobs).toEqual([])
  await poolBackend(pool, { owned: false, prepared: true }).transaction(async (connection) => {
    const { workers } = storesOn(connection, {
      clock: { now: () => NOON, wait: async () => {} },
      ids: { next: newId },
    })
    expect((await workers.take(batch)).jobs).toEqual([])
    expect(await connection.rows(WRITES)).toEqual([{ hasWritten: false }])
  })
})

describe.each([
  ['never analysed', ''],
  ['analysed', 'analyze'],
])('with %s tables', (_, prepare) => {
  it('lists jobs and reads no more than a few times as many', async () => {
    await pool.query(prepare)
    await poolBackend(pool, { owned: false, prepared: true }).transaction(async (connection) => {
      for (const projects of [null, [projectId]])
        for (let use = 1; use <= 7; use++) {
          const reads = await readsOf(connection, async ({ jobSearch }) => {
            const { found } = await jobSearch.find({ projects }, { limit: 50, order: 'desc' })
            expect(found).toHaveLength(50)
          })
          expect(Object.keys(reads), `use ${use}`).toEqual(['job_pkey'])
          expect(reads['job_pkey'], `use ${use}`).toBeLessThan(500)
        }
    })
  })

  it('hands over from the head of the line, begins and settles by the key', async () => {
    await pool.query(prepare)
    await poolBackend(pool, { owned: false, prepared: true }).transaction(async (connection) => {
      const batch = { limit: 50, types: ['probe'], now: NOON }
      // Plans settle after five uses.
      for (let use = 1; use <= 7; use++) {
        let deliveries: Awaited<ReturnType<Stores['workers']['feed']>> = []
        const feed = await readsOf(connection, async ({ workers }) => {
          deliveries = await workers.feed(batch)
        })
        expect(deliveries).toHaveLength(50)
        expect(Object.keys(feed), `feed ${use}`).not.toContain('job')
        expect(feed['job_line'], `feed ${use}`).toBeLessThan(200)
        let active: Awaited<ReturnType<Stores['workers']['begin']>> = []
        const begin = await readsOf(connection, async ({ workers }) => {
          active = await workers.begin({ deliveries, workerId, now: NOON })
        })
        expect(active).toHaveLength(50)
        expect(Object.keys(begin), `begin ${use}`).toEqual(['job_pkey'])
        const settle = await readsOf(connection, ({ workers }) =>
          workers.settle({
            outcomes: active.map(({ jobId, start }) => ({ jobId, start, kind: 'completed', result: 1 })),
            workerId,
            now: NOON,
          }),
        )
        expect(Object.keys(settle), `settle ${use}`).toEqual(['job_pkey'])
      }
    })
  })

  it('takes from the head of the line, and begins by the key', async () => {
    await pool.query(prepare)
    await poolBackend(pool, { owned: false, prepared: true }).transaction(async (connection) => {
      for (let use = 1; use <= 7; use++) {
        const take = await readsOf(connection, async ({ workers }) => {
          const { jobs: taken } = await workers.take({ limit: 50, types: ['probe'], workerId, now: NOON })
          expect(taken).toHaveLength(50)
        })
        expect(Object.keys(take), `take ${use}`).not.toContain('job')
        expect(take['job_line'], `take ${use}`).toBeLessThan(200)
        expect(take['job_pkey'], `take ${use}`).toBeLessThan(200)
      }
    })
  })

  it('tells what a run waits for from the oldest of its jobs, however many keys hold them back', async () => {
    const { limits, workers } = persistence.stores
    const keys = Array.from({ length: 60 }, (_, nth) => `model:m${nth}`)
    const sets = keys.map((key) => ({ keys: [key, 'provider:x'], units: 0 }))
    const wish = { scenarios: 100, models: keys.length, now: NOON, limits: sets }
    const waiting = await addRun(persistence.stores, projectId, wish)
    await limits.put('provider:x', { ...OPEN, paused: true })
    const batch = { limit: 50, types: ['probe'], workerId, now: NOON, keyed: true }
    for (let take = 0; take < 40; take++) expect((await workers.take(batch)).jobs).toEqual([])
    await pool.query(prepare)
    await poolBackend(pool, { owned: false, prepared: true }).transaction(async (connection) => {
      for (let use = 1; use <= 7; use++) {
        const reads = await readsOf(connection, async (stores) => {
          const found = await stores.limits.findInLine(waiting.runId, NOON)
          expect(found).toHaveLength(keys.length)
          expect(await stores.limits.findUse(keys, NOON)).toHaveLength(keys.length)
          expect(await stores.limits.findInLine(runId, NOON)).toHaveLength(1)
        })
        expect(Object.keys(reads), `use ${use}`).not.toContain('job')
        for (const [name, rows] of Object.entries(reads)) expect([name, rows < 500]).toEqual([name, true])
      }
    })
  })

  it('tells progress, counts and positions without reading the jobs', async () => {
    const { workers } = persistence.stores
    const deliveries = await workers.feed({ limit: 20, types: ['probe'], now: NOON })
    await workers.begin({ deliveries: deliveries.slice(0, 10), workerId, now: NOON })
    const last = (await persistence.stores.runs.listJobs(runId, {}, { limit: 1 }))[0]?.job.jobId as JobId
    await pool.query(prepare)
    await poolBackend(pool, { owned: false, prepared: true }).transaction(async (connection) => {
      for (let use = 1; use <= 7; use++) {
        const reads = await readsOf(connection, async (stores) => {
          await stores.runs.find(runId)
          await stores.jobs.countByType(projectId)
          expect((await stores.jobs.findItems([last]))[0]?.position).toBe(JOBS - 10)
          await stores.jobs.listItems({ projectId }, { limit: 20 })
        })
        expect(Object.keys(reads)).not.toContain('job')
        for (const [name, rows] of Object.entries(reads)) expect([name, rows < 500]).toEqual([name, true])
      }
    })
  })
})
