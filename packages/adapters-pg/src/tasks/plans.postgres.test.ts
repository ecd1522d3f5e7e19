import type { JobId, ProjectId, RunId, UserId } from '@muster/core'
import type { ActiveJob, Stores, WorkerId } from '@muster/core/ports'
import { freshDatabase } from '@muster/test-services/vitest'
import { NINE, newId } from '@muster/testing'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import { addProject, addRun } from '../jobs/job-world.test.support.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import { ClaimWorld } from './claim-world.test.support.ts'
import { ExplainedStores, type PlanMode } from './plans.test.support.ts'

const MODES: readonly PlanMode[] = ['force_generic_plan', 'force_custom_plan']
const NOON = new Date('2026-01-05T12:00:00Z')
const BATCH = 20
/** Reading a table of `GROWN` rows from one end to the other takes thousands; a page of keys takes a few each. */
const GROWN = 20_000
/** A level more of each index, and what was taken back in between, at most double a small use. */
const MOST_BLOCKS_MORE = 250

let connectionString: string
/** One session for each way of planning. */
let clients: Client[]
let sessions: Map<PlanMode, ExplainedStores>
let persistence: PgPersistence
let projectId: ProjectId
let runId: RunId
let workerId: WorkerId
let claimWorld: ClaimWorld
let userId: UserId

beforeEach(async () => {
  connectionString = await freshDatabase()
  clients = MODES.map(() => new Client({ connectionString }))
  sessions = new Map()
  const ports = { clock: { now: () => NOON, wait: async () => {} }, ids: { next: newId } }
  persistence = await openPg({ connectionString, poolSize: 2 }, ports)
  for (const client of clients) await client.connect()
  // What analyzes here is the case alone.
  await clients[0]?.query(`do $$ declare name text; begin
    for name in select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace loop
      execute format('alter table %I set (autovacuum_enabled = off)', name);
    end loop; end $$`)
})
afterEach(async () => {
  for (const client of clients) await client.end()
  await persistence.close()
})

/** The least of everything. */
async function begin(): Promise<void> {
  const { stores } = persistence
  projectId = await addProject(stores)
  ;({ runId } = await addRun(stores, projectId, { scenarios: 300, models: 1, now: NOON }))
  workerId = newId() as WorkerId
  await stores.workers.openWorker({
    workerId,
    leaseUntil: new Date(NOON.getTime() + 60_000),
    types: [],
    now: NOON,
  })
  claimWorld = await ClaimWorld.in(persistence, 2)
  ;[userId] = (await claimWorld.people(1)) as [UserId]
  await claimWorld.tasksToLabel(10, 0)
}

/** Much of everything: jobs in line and settled, runs that have ended, projects, tasks and what people did. */
async function grow(): Promise<void> {
  const { stores } = persistence
  const worker = newId() as WorkerId
  await stores.workers.openWorker({
    workerId: worker,
    leaseUntil: new Date(NOON.getTime() + 60_000),
    types: [],
    now: NOON,
  })
  await addRun(stores, projectId, { scenarios: GROWN, models: 1, now: NOON })
  for (let run = 0; run < 60; run++) {
    const ended = await addRun(stores, projectId, { scenarios: 1, models: 2, now: NOON })
    await stores.runs.lock(ended.runId)
    await stores.runs.cancel(ended.runId, after(run))
  }
  for (let done = 0; done < 2_000; done += 100) {
    const { jobs: taken } = await stores.workers.take({
      limit: 100,
      types: ['probe'],
      workerId: worker,
      now: NOON,
    })
    for (let from = 0; from < 100; from += 20) {
      const outcomes = taken.slice(from, from + 20).map(completed)
      await stores.workers.settle({ outcomes, workerId: worker, now: after(done + from) })
    }
  }
  while ((await stores.workers.sweepCancelled(1_000)) > 0);
  await clients[0]?.query(`
    insert into project (project_id, name, assignment, version, created_at) select gen_random_uuid(), 'p', '{}', 1, now() from generate_series(1, ${GROWN});
    insert into project_gate (project_id, paused) select gen_random_uuid(), false from generate_series(1, ${GROWN});
    insert into lane (project_no, priority, held, started, head) select n + 10, 0, false, true, 2 from generate_series(1, ${GROWN}) as n;
    insert into lane_end (lane_no, last_seq) select lane_no, 1 from lane where project_no > 10;
    insert into queue_made (project_no, type_no, total) select n + 10, 1, 0 from generate_series(1, ${GROWN}) as n;
    insert into queue_count (project_no, type_no) select n + 10, 1 from generate_series(1, ${GROWN}) as n;
    insert into run (run_id, project_no, definition_no, type_no, priority, models, config, created_at, total, status, version, settled, completed, failed, cancelled)
      select gen_random_uuid(), 1, 1, 1, 'normal', '{m}', config, created_at - n * interval '1 s', 1, 'completed', 1, 1, '{1}', '{0}', '{0}'
      from run, generate_series(1, ${GROWN}) as n where run_no = 1;
    insert into assignment (assignment_id, task_id, project_id, step_id, step_type, user_id, slot_no, status, attempt, version, assigned_at)
      select gen_random_uuid(), gen_random_uuid(), (select project_id from project limit 1), 'label', 'annotation', gen_random_uuid(), 1, 'submitted', 1, 1, now()
      from generate_series(1, ${GROWN});`)
  await claimWorld.tasksToLabel(1_000, 0)
}

type Used = Readonly<Record<string, number>>

async function useInEachMode(): Promise<Used> {
  const blocks: Record<string, number> = {}
  for (const [index, client] of clients.entries()) {
    const mode = MODES[index] as PlanMode
    const explained = sessions.get(mode) ?? (await ExplainedStores.on(client, mode, () => NOON))
    sessions.set(mode, explained)
    // The first use reads the catalog, too, and so does one after an analyze.
    await useAll(explained)
    for (const [name, count] of Object.entries(await useAll(explained))) blocks[`${name}, ${mode}`] = count
  }
  return blocks
}

const after = (ms: number): Date => new Date(NOON.getTime() + ms)

const completed = ({ jobId, start }: ActiveJob) => ({ jobId, start, kind: 'completed', result: 1 }) as const

/** One use of each statement that runs again and again, with how many blocks it read. */
async function useAll(explained: ExplainedStores): Promise<Record<string, number>> {
  const blocks: Record<string, number> = {}
  const measured = async <Answer>(
    name: string,
    work: (stores: Stores) => Promise<Answer>,
  ): Promise<Answer> => {
    let answer: { readonly it: Answer } | undefined
    blocks[name] = await explained.blocksOf(async (stores) => {
      answer = { it: await work(stores) }
    })
    return (answer as { readonly it: Answer }).it
  }
  const batch = { limit: BATCH, types: ['probe'], now: NOON }
  const { jobs: taken } = await measured('take', ({ workers }) => workers.take({ ...batch, workerId }))
  expect(taken).toHaveLength(BATCH)
  await measured('beat', ({ workers }) =>
    workers.beat({ workerId, leaseUntil: new Date(NOON.getTime() + 60_000) }),
  )
  await measured('report', ({ workers }) =>
    workers.reportSteps(
      taken.map(({ jobId, start }) => ({
        jobId,
        start,
        step: { index: 1, total: 2, name: 'x' },
        progress: 1,
      })),
      workerId,
    ),
  )
  const ending = { workerId, now: NOON }
  await measured('settle', ({ workers }) =>
    workers.settle({ outcomes: taken.slice(4).map(completed), ...ending }),
  )
  await measured('settle again', ({ workers }) =>
    workers.settle({
      outcomes: taken.slice(0, 4).map(({ jobId, start }) => ({ jobId, start, kind: 'returned' })),
      ...ending,
    }),
  )
  const deliveries = await measured('feed', ({ workers }) => workers.feed({ ...batch, limit: 4 }))
  const begun = await measured('begin', ({ workers }) => workers.begin({ deliveries, ...ending }))
  expect(begun).toHaveLength(4)
  await measured('settle failed', ({ workers }) =>
    workers.settle({
      outcomes: begun.map(({ jobId, start }) => ({
        jobId,
        start,
        kind: 'failed',
        error: { code: 'x', message: 'x', retryable: false },
      })),
      ...ending,
    }),
  )
  await measured('undelivered', ({ workers }) => workers.listUndelivered(NOON, BATCH))
  await measured('wake', ({ workers }) => workers.wakeDue(NOON, BATCH))
  await measured('sweep', ({ workers }) => workers.sweepCancelled(BATCH))
  await measured('reap', ({ workers }) => workers.reapWorkers(NOON))
  await measured('counts', ({ jobs }) => jobs.countByType(projectId))
  await measured('items', ({ jobs }) => jobs.listItems({ projectId }, { limit: BATCH }))
  await measured('settled items', ({ jobs }) =>
    jobs.listItems({ projectId, state: ['completed', 'failed', 'cancelled'] }, { limit: BATCH }),
  )
  await measured('item', ({ jobs }) => jobs.findItems([taken[0]?.jobId as JobId]))
  await measured('run', ({ runs }) => runs.find(runId))
  await measured('live runs', ({ runs }) => runs.listLive(projectId, BATCH))
  await measured('runs', ({ runs }) => runs.list(projectId, { limit: BATCH }))
  await measured('run jobs', ({ runs }) => runs.listJobs(runId, {}, { limit: BATCH }))
  await measured('recent jobs', ({ runs }) => runs.recentJobs([runId], BATCH))
  await measured('results', ({ runs }) => runs.listResults(runId, { limit: BATCH }))
  const shelves = await claimWorld.openShelves()
  await measured('claim', ({ claims }) =>
    claims.claim([{ userId, shelves, assignmentId: newId() as never }], NINE),
  )
  const personal = { userId, sort: 'priority', order: 'desc' } as const
  await measured('personal queue', ({ inboxes }) => inboxes.listQueue(personal, { limit: BATCH }))
  await measured('queue stats', ({ inboxes }) => inboxes.queueStats(userId))
  await measured('tasks', ({ tasks }) => tasks.list({ projectId: claimWorld.projectId }, { limit: BATCH }))
  await measured('flagged tasks', ({ tasks }) =>
    tasks.list({ projectId: claimWorld.projectId, flagged: true }, { limit: BATCH }),
  )
  await measured('unflagged tasks', ({ tasks }) =>
    tasks.list({ projectId: claimWorld.projectId, flagged: false }, { limit: BATCH }),
  )
  return blocks
}

describe.each<[name: string, states: readonly ('begin' | 'grow' | 'analyze' | 'use')[]]>([
  ['never analyzed', ['begin', 'use', 'grow', 'use']],
  ['analyzed while it was empty', ['analyze', 'begin', 'use', 'grow', 'use']],
  ['analyzed while it was small', ['begin', 'analyze', 'use', 'grow', 'use']],
  ['analyzed when it was grown', ['begin', 'use', 'grow', 'analyze', 'use']],
])('a database that was %s', (_, states) => {
  it('reads no more for a hot statement than it needs, by generic plans and by custom ones', async () => {
    const used: Used[] = []
    for (const state of states) {
      if (state === 'begin') await begin()
      if (state === 'grow') await grow()
      if (state === 'analyze') await clients[0]?.query('analyze')
      if (state === 'use') used.push(await useInEachMode())
    }
    const [small, grown] = used as [Used, Used]
    const more = Object.entries(grown).filter(
      ([name, blocks]) => blocks > 2 * (small[name] ?? 0) + MOST_BLOCKS_MORE,
    )
    expect(more).toEqual([])
  })
})

it('looks at a queue without regard to how many runs of it have ended', async () => {
  await begin()
  const [client] = clients as [Client]
  const explained = await ExplainedStores.on(client, 'force_generic_plan', () => NOON)
  const look = (): Promise<number> =>
    explained.blocksOf(async ({ jobs, runs }) => {
      const items = await jobs.listItems({ projectId }, { limit: BATCH })
      const settled = await jobs.listItems({ projectId, state: ['completed'] }, { limit: 10 })
      expect([items.length, settled.length]).toEqual([BATCH, 10])
      await jobs.countByType(projectId)
      await runs.listLive(projectId, BATCH)
    })
  const used: number[] = []
  for (const [from, to] of [
    [1, 10],
    [11, 2_000],
  ]) {
    await client.query(
      `with ended as (
         insert into run (run_id, project_no, definition_no, type_no, priority, models, config, created_at, latest_at, total, status, version, settled, completed, failed, cancelled)
         select gen_random_uuid(), r.project_no, r.definition_no, r.type_no, 'normal', r.models, r.config, r.created_at, r.created_at, 1, 'completed', 1, 1, '{1}', '{0}', '{0}'
         from run as r, generate_series($1::int, $2::int) where r.run_id = $3 returning *),
       lanes as (
         insert into lane (project_no, run_no, type_no, priority, held, started, head)
         select project_no, run_no, type_no, 0, false, true, 2 from ended returning *),
       ends as (insert into lane_end (lane_no, last_seq) select lane_no, 1 from lanes)
       insert into job (job_id, seq, lane_no, project_no, run_no, place, type_no, model, state, max_attempts, finished_at)
       select gen_random_uuid(), 1, lane_no, project_no, run_no, 1, type_no, 1, 4, 3, $4::timestamptz + run_no * interval '1 ms' from lanes`,
      [from, to, runId, NOON],
    )
    await look()
    used.push(await look())
  }
  const [few, many] = used as [number, number]
  // Indexes are a level higher then.
  expect(many - few).toBeLessThan(200)
})
