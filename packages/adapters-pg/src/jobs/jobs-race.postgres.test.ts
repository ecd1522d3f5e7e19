import type { JobId, ProjectId, Run } from '@muster/core'
import { UnavailableError } from '@muster/core'
import type { ActiveJob, Delivery, Stores, WorkerId } from '@muster/core/ports'
import { freshDatabase } from '@muster/test-services/vitest'
import { newId, SeededRandom } from '@muster/testing'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPg } from '../connection/open-pg.ts'
import type { PgPersistence } from '../stores/pg-persistence.ts'
import { addProject, addRun } from './job-world.test.support.ts'

const SEEDS = [1, 2, 3]
const STEPS = 60
const LEASE_MS = 300

let persistence: PgPersistence
let observer: Pool

beforeAll(async () => {
  const connectionString = await freshDatabase()
  const clock = { now: () => new Date(), wait: async () => {} }
  persistence = await openPg({ connectionString, poolSize: 16 }, { clock, ids: { next: newId } })
  observer = new Pool({ connectionString, max: 3 })
})
afterAll(async () => {
  await observer.end()
  await persistence.close()
})

/** One history: what everybody does to the runs and loose jobs of a project at once, while connections are killed. */
class Race {
  readonly #random: SeededRandom
  readonly #stores: Stores = persistence.stores
  readonly projectId: ProjectId
  readonly runs: Run[] = []
  /** How often each job was recorded as completed. */
  readonly completions = new Map<JobId, number>()
  /** Those whose settling was cut off: it may have been recorded without an answer. */
  readonly unsure = new Set<JobId>()
  ended = false

  constructor(projectId: ProjectId, seed: number) {
    this.projectId = projectId
    this.#random = new SeededRandom(seed)
  }

  below(limit: number): number {
    return Math.floor(this.#random.next() * limit)
  }

  pick<Item>(items: readonly Item[]): Item | undefined {
    return items[this.below(items.length)]
  }

  /** Does `step` again and again; a connection that was killed under it is what this test is about. */
  async repeatedly(times: number, step: () => Promise<void>): Promise<void> {
    for (let time = 0; time < times; time++) {
      try {
        await step()
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error
      }
    }
  }

  async work(): Promise<void> {
    while (!this.ended) {
      const workerId = newId() as WorkerId
      try {
        await this.#stores.workers.openWorker({ workerId, leaseUntil: this.#lease(), now: new Date() })
        await this.#workAs(workerId)
      } catch (error) {
        if (!(error instanceof UnavailableError)) throw error
      }
    }
  }

  async #workAs(workerId: WorkerId): Promise<void> {
    const { workers } = this.#stores
    for (let beats = 0; beats < 20 && !this.ended; beats++) {
      const { alive } = await workers.beat({ workerId, leaseUntil: this.#lease() })
      if (!alive) return
      const wish = { limit: 1 + this.below(20), types: ['probe'], now: new Date() }
      const active =
        this.below(2) === 0
          ? (await workers.take({ ...wish, workerId })).jobs
          : // Some deliveries get lost, some come twice.
            await workers.begin({
              deliveries: this.#lossy(await workers.feed(wish)),
              workerId,
              now: new Date(),
            })
      // Some are forgotten, and found when the worker is reaped.
      await this.#settle(
        active.filter(() => this.below(20) > 0),
        workerId,
      )
    }
    if (this.below(2) === 0) await workers.closeWorker(workerId, new Date())
  }

  #lossy(fed: readonly Delivery[]): readonly Delivery[] {
    return [...fed, ...fed.slice(0, 2)].filter(() => this.below(10) > 0)
  }

  async #settle(active: readonly ActiveJob[], workerId: WorkerId): Promise<void> {
    const outcomes = active.map(({ jobId, start, notNows }) => {
      const how = this.below(10)
      const again = { jobId, start, error: ODD, availableAt: new Date() } as const
      if (how === 0) return { jobId, start, kind: 'failed', error: ODD } as const
      if (how === 1) return { ...again, kind: 'retry', notNow: this.below(2) === 0 } as const
      if (how === 2) return { jobId, start, kind: 'returned' } as const
      if (how === 3) return { ...again, kind: 'notNow' } as const
      return { jobId, start, kind: 'completed', result: notNows } as const
    })
    const completed = new Set(outcomes.filter(({ kind }) => kind === 'completed').map(({ jobId }) => jobId))
    try {
      const { recorded } = await this.#stores.workers.settle({ outcomes, workerId, now: new Date() })
      for (const jobId of recorded) {
        if (completed.has(jobId)) this.completions.set(jobId, (this.completions.get(jobId) ?? 0) + 1)
      }
    } catch (error) {
      for (const jobId of completed) this.unsure.add(jobId)
      throw error
    }
  }

  /** Somebody steers: runs, single jobs, the whole project. */
  async steer(): Promise<void> {
    const run = this.pick(this.runs)
    switch (this.below(8)) {
      case 0:
      case 1:
        this.runs.push(
          await addRun(this.#stores, this.projectId, {
            scenarios: 10 + this.below(30),
            models: 1 + this.below(3),
            now: new Date(),
          }),
        )
        return
      case 2:
        return persistence.transaction(({ jobs }) => jobs.add(this.#loose(1 + this.below(10))))
      case 3:
      case 4:
        return run && this.#onRun(run)
      case 5:
        return run && this.#onJob(run)
      case 6:
        await persistence.transaction(({ projects }) =>
          projects.setPaused(this.projectId, this.below(3) === 0),
        )
        return
      case 7:
        if (this.below(6) === 0)
          await persistence.transaction(({ jobs }) => jobs.clear(this.projectId, new Date()))
    }
  }

  #onRun({ runId }: Run): Promise<void> {
    return persistence.transaction(async ({ runs }) => {
      const now = await runs.lock(runId)
      if (now?.status === 'paused')
        await runs.resume(runId, now.startedAt ? 'running' : 'pending', new Date())
      else if (now?.status === 'completed')
        await (now.tallies.failed > 0 ? runs.reopenFailed(runId, new Date()) : undefined)
      else if (now?.status === 'cancelled') return
      else if (this.below(4) === 0) await runs.cancel(runId, new Date())
      else await runs.pause(runId)
    })
  }

  async #onJob({ runId }: Run): Promise<void> {
    const listed = await this.#stores.runs.listJobs(runId, {}, { limit: 40 })
    const jobId = this.pick(listed)?.job.jobId
    if (!jobId) return
    await persistence.transaction(async ({ jobs, runs }) => {
      const job = await jobs.lock(jobId)
      if (job?.state === 'pending') {
        await (this.below(2) === 0
          ? jobs.cancelPending(jobId, new Date())
          : jobs.setPriority(jobId, this.below(9)))
      } else if (job?.state === 'active') await jobs.requestCancel(jobId)
      else if (job?.state === 'failed' && (await runs.find(runId))?.status !== 'cancelled')
        await jobs.retry(jobId, new Date())
    })
  }

  async tidy(): Promise<void> {
    const { workers } = this.#stores
    await workers.reapWorkers(new Date())
    await workers.wakeDue(new Date(), 50)
    await workers.sweepCancelled(20)
  }

  #loose(count: number) {
    return Array.from({ length: count }, () => ({
      jobId: newId() as JobId,
      projectId: this.projectId,
      taskId: null,
      type: 'probe',
      payload: null,
      priority: this.below(9),
      maxAttempts: 3,
      availableAt: new Date(Date.now() + this.below(2) * 200),
      createdBy: null,
      createdAt: new Date(),
    }))
  }

  #lease(): Date {
    return new Date(Date.now() + LEASE_MS)
  }
}

const ODD = { code: 'odd', message: 'It went oddly', retryable: true }

/** What differs from a recount, in one snapshot: counters of runs and queues, lengths of lanes, positions, and runs that should be complete. */
const DIFFERENCES = `
  with told as (select job_id, project_no, run_no, model_no, state, type from job_told),
  by_model as (
    select r.run_no, m.model, r.completed[m.model] as completed, r.failed[m.model] as failed, r.cancelled[m.model] as cancelled, r.settled, r.total, r.status
    from run as r cross join lateral generate_subscripts(r.models, 1) as m (model)),
  recount as (
    select run_no, model_no, count(*) filter (where state = 4) as completed, count(*) filter (where state = 5) as failed, count(*) filter (where state = 6) as cancelled
    from told where run_no is not null group by 1, 2),
  line as (
    select j.job_id, j.project_no, l.lane_no, l.priority, l.turn, row_number() over (partition by l.lane_no order by j.seq) as round
    from job as j join lane as l using (lane_no) where j.state in (0, 3, 7) and j.seq > l.cut_seq),
  ranked as (
    select *, row_number() over (partition by project_no order by priority desc, round, turn, lane_no) as place,
      row_number() over (order by priority desc, round, turn, lane_no) as global_place from line),
  standing_now as (select lane_no, count(*) as length from line group by 1)
  select 'run ' || b.run_no || ' model ' || b.model as what, row_to_json(b)::text as kept, row_to_json(c)::text as counted
  from by_model as b left join recount as c on c.run_no = b.run_no and c.model_no = b.model
  where (b.completed, b.failed, b.cancelled) is distinct from (c.completed::int, c.failed::int, c.cancelled::int)
  union all
  select 'run ' || run_no || ' is ' || status, settled::text, total::text from run where (settled = total) <> (status = 'completed') and status <> 'cancelled'
  union all
  select 'type of ' || q.project_no, row_to_json(q)::text, row_to_json(c)::text
  from (
    select m.project_no, m.total, coalesce(e.completed, 0) as completed, coalesce(e.failed, 0) as failed, coalesce(e.cancelled, 0) as cancelled
    from queue_made as m left join queue_count as e using (project_no, type_no)) as q left join (
    select project_no, count(*) as total, count(*) filter (where state = 4) as completed, count(*) filter (where state = 5) as failed, count(*) filter (where state = 6) as cancelled
    from told group by 1) as c using (project_no)
  where (q.total, q.completed, q.failed, q.cancelled) is distinct from (c.total, c.completed, c.failed, c.cancelled)
  union all
  select 'length of lane ' || lane_no, s.length::text, n.length::text
  from standing((-32768)::smallint) as s full join standing_now as n using (lane_no)
  where coalesce(s.length, 0) <> coalesce(n.length, 0)
  union all
  select 'position of ' || job_id, row_to_json(p)::text, row_to_json(r)::text
  from ranked as r full join job_positions((select array_agg(job_id) from line)) as p using (job_id)
  where (p.round, p.place, p.global_place) is distinct from (r.round, r.place, r.global_place)`

/** Ends a random connection of the adapter's. */
const KILL = `
  select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'muster' order by random() limit 1`

describe('what many processes do to jobs at once, while their connections are killed', () => {
  it.each(SEEDS)(
    'keeps every counter and position exact, and completes no job twice (seed %i)',
    async (seed) => {
      const race = new Race(await addProject(persistence.stores), seed)
      for (let run = 0; run < 3; run++) {
        race.runs.push(
          await addRun(persistence.stores, race.projectId, { scenarios: 40, models: 3, now: new Date() }),
        )
      }
      const differences: unknown[] = []
      const watch = async (): Promise<void> => {
        while (!race.ended) {
          differences.push(...(await observer.query(DIFFERENCES)).rows)
          await observer.query(KILL)
        }
      }
      const working = Promise.all([race.work(), race.work(), race.work(), race.work(), watch()])
      await Promise.all([
        race.repeatedly(STEPS, () => race.steer()),
        race.repeatedly(STEPS, () => race.steer()),
        race.repeatedly(STEPS, () => race.tidy()),
      ]).finally(() => {
        race.ended = true
      })
      await working

      expect(differences).toEqual([])
      expect((await observer.query(DIFFERENCES)).rows).toEqual([])
      expect(race.completions.size).toBeGreaterThan(20)
      const twice = [...race.completions].filter(([jobId, times]) => times > 1 && !race.unsure.has(jobId))
      expect(twice).toEqual([])
    },
  )
})
