import { BusyError, type JobId, type ProjectId, type Run } from '@muster/core'
import { OPEN } from '@muster/core/limits'
import type { KeyedJob } from '@muster/core/making'
import type { ActiveJob, NewJob, Outcome, Stores, WorkerId } from '@muster/core/ports'
import { freshDatabase } from '@muster/test-services/vitest'
import { newId } from '@muster/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import { addProject, addRun } from './job-world.test.support.ts'

let persistence: PgPersistence
let others: Pool

beforeAll(async () => {
  const connectionString = await freshDatabase()
  const clock = { now: () => new Date(), wait: async () => {} }
  persistence = await openPg({ connectionString, poolSize: 8 }, { clock, ids: { next: newId } })
  others = new Pool({ connectionString, max: 2 })
})
afterAll(async () => {
  await others.end()
  await persistence.close()
})

/** How many sessions of this database wait for a lock. */
async function waiting(): Promise<number> {
  const { rows } = await others.query<{ count: number }>(
    `select count(distinct pid)::int as count from pg_locks join pg_stat_activity using (pid)
     where not granted and datname = current_database()`,
  )
  return rows[0]?.count ?? 0
}

/** What somebody else holds, until `work` has ended. */
async function whileHeld<Answer>(locks: string, ids: readonly string[], work: () => Promise<Answer>) {
  const held = await others.connect()
  try {
    await held.query('begin')
    await held.query(locks, [ids])
    return await work()
  } finally {
    await held.query('rollback')
    held.release()
  }
}

/** Says whether `work` ended or waits for somebody, whichever is seen first. */
async function endsOrWaits(work: Promise<unknown>, before: number): Promise<'ends' | 'waits'> {
  let ended = false
  const watched = work.then(() => {
    ended = true
  })
  await expect.poll(async () => ended || (await waiting()) > before).toBe(true)
  if (ended) await watched
  return ended ? 'ends' : 'waits'
}

interface Setting {
  readonly runs: readonly Run[]
  readonly workerId: WorkerId
  readonly active: readonly ActiveJob[]
}

/** Runs of one project and type, each with two jobs that have begun. */
async function runsUnderWay(count: number): Promise<Setting> {
  const { stores } = persistence
  const projectId = await addProject(stores)
  const runs: Run[] = []
  for (let n = 0; n < count; n++)
    runs.push(await addRun(stores, projectId, { scenarios: 2, models: 1, now: new Date() }))
  const workerId = newId() as WorkerId
  await stores.workers.openWorker({ workerId, leaseUntil: new Date(Date.now() + 60_000), now: new Date() })
  const active: ActiveJob[] = []
  const ids = new Set(runs.map(({ runId }) => runId))
  while (active.length < 2 * count) {
    const { jobs: taken } = await stores.workers.take({
      limit: 10,
      types: ['probe'],
      workerId,
      now: new Date(),
    })
    // Earlier cases leave jobs in line.
    active.push(...taken.filter(({ runId }) => runId !== null && ids.has(runId)))
  }
  return { runs, workerId, active }
}

const settle = (outcomes: readonly Outcome[], workerId: WorkerId) =>
  persistence.stores.workers.settle({ outcomes, workerId, now: new Date() })
/** Before anything that this file does. */
const NOON = new Date('2026-01-05T12:00:00Z')
const ODD = { code: 'odd', message: 'It went oddly', retryable: true }
const RUNS = 'select from run where run_id = any($1::uuid[]) for no key update'
const JOBS = 'select from job where job_id = any($1::uuid[]) for update'

describe('what holds many jobs, runs and counters at once', () => {
  it('holds no counter of a queue while it waits for the second of two runs that are tried again', async () => {
    const { runs, workerId, active } = await runsUnderWay(3)
    const [first, second, third] = runs.map(({ runId }) => active.filter((job) => job.runId === runId))
    const failing = [...(first ?? []), ...(second ?? [])]
    await settle(
      failing.map(({ jobId, start }) => ({ jobId, start, kind: 'failed', error: ODD })),
      workerId,
    )
    const [job] = third ?? []
    if (job === undefined) throw new Error('No job of the third run has begun')
    let retried: Promise<unknown> | undefined
    let settled: Promise<unknown> | undefined
    const seen = await whileHeld(RUNS, [runs[1]?.runId ?? ''], async () => {
      retried = persistence.transaction(({ jobSearch }) =>
        jobSearch.moveMany(
          failing.map(({ jobId }) => jobId),
          { action: 'retry' },
          new Date(),
        ),
      )
      await expect.poll(waiting).toBe(1)
      settled = settle([{ jobId: job.jobId, start: job.start, kind: 'completed', result: 1 }], workerId)
      return endsOrWaits(settled, 1)
    })
    await Promise.all([retried, settled])
    expect(seen).toBe('ends')
    for (const { runId } of runs.slice(0, 2)) {
      const run = await persistence.stores.runs.find(runId)
      expect(run).toMatchObject({ status: 'running', tallies: { failed: 0 } })
    }
  })

  it('settles jobs in the order of their ids, however they come', async () => {
    const { runs, workerId, active } = await runsUnderWay(1)
    const [low, high] = active.toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1))
    if (low === undefined || high === undefined) throw new Error('The run has not begun')
    const outcomes = [high, low].map(
      ({ jobId, start }): Outcome => ({ jobId, start, kind: 'completed', result: null }),
    )
    let settled: ReturnType<typeof settle> | undefined
    const free = await whileHeld(JOBS, [low.jobId], async () => {
      settled = settle(outcomes, workerId)
      await expect.poll(waiting).toBe(1)
      const { rows } = await others.query<{ id: JobId }>(
        'select job_id as id from job where job_id = $1 for update skip locked',
        [high.jobId],
      )
      return rows.map(({ id }) => id)
    })
    expect(free).toEqual([high.jobId])
    expect((await settled)?.recorded).toEqual([high.jobId, low.jobId])
    expect(await persistence.stores.runs.find(runs[0]?.runId as Run['runId'])).toMatchObject({
      status: 'completed',
    })
  })

  it('records what is tried again without a wait for runs and counters', async () => {
    const { runs, workerId, active } = await runsUnderWay(2)
    const outcomes = active.map(
      ({ jobId, start }): Outcome => ({ jobId, start, kind: 'notNow', error: ODD, availableAt: new Date() }),
    )
    let settled: Promise<unknown> | undefined
    const seen = await whileHeld(
      `select from run as r join queue_count using (project_no) where r.run_id = any($1::uuid[]) for no key update`,
      runs.map(({ runId }) => runId),
      async () => {
        settled = settle(outcomes, workerId)
        return endsOrWaits(settled, 0)
      },
    )
    await settled
    expect(seen).toBe('ends')
    const hour = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 60_000), step: 3_600 }
    const rates = await persistence.stores.rates.jobs(runs[0]?.projectId ?? null, hour)
    expect(rates.reduce((sum, { retried }) => sum + retried, 0)).toBe(4)
  })
})

describe('what is added', () => {
  interface Adding {
    readonly workerId: WorkerId
    /** Adds a job, and gives its id. */
    readonly add: (stores: Stores) => Promise<JobId>
    readonly take: (now?: Date) => Promise<readonly ActiveJob[]>
    /** What comes of `work` while a job is added and not committed; and the id of that job. */
    readonly beforeCommit: <Answer>(work: () => Promise<Answer>) => Promise<readonly [JobId, Answer]>
  }

  async function adding(): Promise<Adding> {
    const { stores } = persistence
    const projectId = await addProject(stores)
    const type = `added_${projectId}`
    const workerId = newId() as WorkerId
    await stores.workers.openWorker({ workerId, leaseUntil: new Date(Date.now() + 60_000), now: NOON })
    const add: Adding['add'] = async ({ jobs }) => {
      const jobId = newId() as JobId
      const rest = { taskId: null, payload: 1, priority: 900, maxAttempts: 3, createdBy: null }
      await jobs.addItems([{ jobId, projectId, type, availableAt: NOON, createdAt: NOON, ...rest }], [], NOON)
      return jobId
    }
    return {
      workerId,
      add,
      take: async (now = NOON) =>
        (await stores.workers.take({ limit: 10, types: [type], workerId, now })).jobs,
      beforeCommit: (work) =>
        persistence.transaction(async (inside) => [await add(inside), await work()] as const),
    }
  }

  it('keeps nobody waiting who takes from the same lane or settles jobs of the same type', async () => {
    const { add, take, beforeCommit, workerId } = await adding()
    const first = await add(persistence.stores)
    const [added, taken] = await beforeCommit(async () => {
      const taking = take()
      expect(await endsOrWaits(taking, 0)).toBe('ends')
      const settling = settle(
        (await taking).map(({ jobId, start }) => ({ jobId, start, kind: 'completed', result: 1 })),
        workerId,
      )
      expect(await endsOrWaits(settling, 0)).toBe('ends')
      return taking
    })
    expect(taken.map(({ jobId }) => jobId)).toEqual([first])
    expect((await take()).map(({ jobId }) => jobId)).toEqual([added])
  })

  it.each([
    ['at once', 0],
    ['long after it was last served', 10_000],
  ])('is found although its lane was empty to who looked before the commit, %s', async (_, later) => {
    const { add, take, beforeCommit } = await adding()
    await add(persistence.stores)
    expect(await take()).toHaveLength(1)
    const after = new Date(NOON.getTime() + later)
    const [added, taken] = await beforeCommit(() => take(after))
    expect(taken).toEqual([])
    expect((await take(after)).map(({ jobId }) => jobId)).toEqual([added])
  })

  it('is found in a lane that was emptied a while ago', async () => {
    const { add, take } = await adding()
    await add(persistence.stores)
    expect(await take()).toHaveLength(1)
    const after = new Date(NOON.getTime() + 10_000)
    expect(await take(after)).toEqual([])
    const added = await add(persistence.stores)
    expect((await take(after)).map(({ jobId }) => jobId)).toEqual([added])
  })

  it('has the turns of lanes that were served lately and are empty', async () => {
    const { stores } = persistence
    const projectId = await addProject(stores)
    const { workerId } = await runsUnderWay(0)
    const type = `low_${projectId}`
    const job = (priority: number) => ({
      jobId: newId() as JobId,
      projectId,
      type,
      priority,
      taskId: null,
      payload: 1,
      maxAttempts: 3,
      createdBy: null,
      availableAt: NOON,
      createdAt: NOON,
    })
    const high = Array.from({ length: 40 }, (_, nth) => job(300 + nth))
    await stores.jobs.addItems(high, [], NOON)
    const take = async (limit: number) =>
      (await stores.workers.take({ limit, types: [type], workerId, now: NOON })).jobs
    expect(await take(40)).toHaveLength(40)
    const low = [job(200), job(200)]
    await stores.jobs.addItems(low, [], NOON)
    expect((await take(2)).map(({ jobId }) => jobId)).toEqual(low.map(({ jobId }) => jobId))
  })
})

describe('a transaction of the host that adds jobs', () => {
  const arriving = (projectId: ProjectId, type: string, key?: string): NewJob => ({
    jobId: newId() as JobId,
    projectId,
    type,
    priority: 5,
    taskId: null,
    payload: { b: 'as given', a: 1 },
    maxAttempts: 3,
    createdBy: null,
    availableAt: NOON,
    createdAt: NOON,
    ...(key && { unique: { key, states: ['pending', 'active'], until: null, digest: 'ab' } }),
  })
  const collect = (limit = 9) => persistence.transaction(({ arrivals }) => arrivals.collect(limit, false))

  /** A project with a type of its own, and an open transaction on a connection of the host. */
  async function hosting() {
    const { stores } = persistence
    const projectId = await addProject(stores)
    const type = `host_${projectId}`
    await stores.arrivals.know([type])
    await collect(1_000)
    const { workerId } = await runsUnderWay(0)
    const client = await others.connect()
    onTestFinished(() => client.release())
    await client.query('begin')
    const take = async () =>
      (await stores.workers.take({ limit: 9, types: [type], workerId, now: NOON })).jobs
    const add = (key?: string) => persistence.joining.add(client, arriving(projectId, type, key))
    return { stores, projectId, type, client, take, add }
  }

  it('keeps the keys of its jobs', async () => {
    const { stores, projectId, type, client, take } = await hosting()
    const limits = { keys: [`host:${projectId}`], units: 0 }
    await persistence.joining.add(client, { ...arriving(projectId, type), limits })
    await client.query('commit')
    await stores.limits.put(`host:${projectId}`, { ...OPEN, paused: true })
    expect(await collect()).toHaveLength(1)
    expect(await take()).toEqual([])
    await stores.limits.put(`host:${projectId}`, OPEN)
    expect(await take()).toMatchObject([{ limitSet: expect.any(Number) }])
  })

  it('holds up nobody who adds or takes, and its jobs are in line in the order of their ids once it has committed', async () => {
    const { stores, projectId, type, client, take, add } = await hosting()
    const ids = [(await add()).jobId, (await add()).jobId]
    expect(await stores.jobs.find(ids[0] as JobId)).toBeUndefined()
    const own = arriving(projectId, type)
    const work = (async () => {
      await stores.jobs.addItems([own], [], NOON)
      return take()
    })()
    expect(await endsOrWaits(work, 0)).toBe('ends')
    expect((await work).map(({ jobId }) => jobId)).toEqual([own.jobId])
    expect(await collect()).toEqual([])
    await client.query('commit')
    expect(await stores.jobs.find(ids[0] as JobId)).toMatchObject({ state: 'pending', priority: 5 })
    expect((await stores.arrivals.look(true)).arrived).toBe(true)
    expect((await collect(1)).map(({ jobId }) => jobId)).toEqual([ids[0]])
    expect((await collect()).map(({ jobId }) => jobId)).toEqual([ids[1]])
    expect((await stores.arrivals.look(false)).arrived).toBe(false)
    const taken = await take()
    expect(taken.map(({ jobId, payload }) => [jobId, JSON.stringify(payload)])).toEqual(
      ids.map((id) => [id, '{"b":"as given","a":1}']),
    )
    expect((await stores.jobs.countByType(projectId)).get(type)).toMatchObject({ pending: 0, active: 3 })
  })

  it('leaves nothing if it is rolled back, and finds one that arrived long ago', async () => {
    const { stores, projectId, client, add, type } = await hosting()
    await add()
    await client.query('rollback')
    expect((await stores.arrivals.look(false)).arrived).toBe(false)
    await client.query('begin')
    const { jobId } = await add()
    await client.query('commit')
    await client.query(`update job set arrived_at = arrived_at - interval '1 hour' where job_id = $1`, [
      jobId,
    ])
    expect((await stores.arrivals.look(true)).arrived).toBe(false)
    expect((await stores.arrivals.look(false)).arrived).toBe(true)
    expect(await collect()).toHaveLength(1)
    expect((await stores.jobs.countByType(projectId)).get(type)).toMatchObject({ pending: 1 })
  })

  it('keeps those of its key waiting, and nobody else', async () => {
    const { stores, projectId, type, client, add } = await hosting()
    const first = await add('k')
    expect(await add('k')).toMatchObject({
      jobId: first.jobId,
      status: 'existing',
      state: 'pending',
      differs: false,
    })
    const take = (key: string, waitMs = 5_000) =>
      persistence.transaction(({ uniques }) =>
        uniques.take([arriving(projectId, type, key) as KeyedJob], NOON, waitMs),
      )
    await expect(take('k', 50)).rejects.toThrow(BusyError)
    expect(await take('other', 50)).toMatchObject([{ holder: null }])
    const waits = take('k')
    await expect.poll(waiting).toBe(1)
    await client.query('commit')
    expect(await waits).toMatchObject([{ holder: first.jobId }])
    await collect()
    await expect(stores.jobs.find(first.jobId)).resolves.toMatchObject({ state: 'pending' })
  })

  it('has its jobs cancelled and moved before they are in line', async () => {
    const { stores, projectId, type, client, add } = await hosting()
    const [gone, kept] = [await add(), await add()]
    await client.query('commit')
    await persistence.transaction(async ({ jobs }) => {
      await jobs.lock(gone.jobId)
      await jobs.cancelPending(gone.jobId, NOON)
      await jobs.lock(kept.jobId)
      await jobs.setPriority(kept.jobId, 9)
    })
    expect((await collect()).map(({ jobId, priority }) => [jobId, priority])).toEqual([[kept.jobId, 9]])
    expect(await stores.jobs.find(gone.jobId)).toMatchObject({ state: 'cancelled' })
    expect((await stores.jobs.countByType(projectId)).get(type)).toMatchObject({ pending: 1, cancelled: 1 })
  })

  it('does not hold up the collector with a row that somebody is at', async () => {
    const { client, add } = await hosting()
    const [held, free] = [await add(), await add()]
    await client.query('commit')
    await client.query('begin')
    await client.query(JOBS, [[held.jobId]])
    expect((await collect()).map(({ jobId }) => jobId)).toEqual([free.jobId])
    await client.query('rollback')
    expect((await collect()).map(({ jobId }) => jobId)).toEqual([held.jobId])
  })
})
