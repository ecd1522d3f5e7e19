import type { Persistence, Stores, WorkerStore } from '@muster/core/ports'
import type { Pool } from 'pg'
import { overriding } from '../overriding.ts'

/** Ways to break the rules on purpose, which a round must notice. */
export type Broken =
  | 'a late worker insists'
  | 'a crash counts as an attempt'
  | 'nobody looks for the dead'
  | 'nothing is handed back'
  /** Of what Redis forgot; without Redis nothing is broken. */
  | 'nobody delivers again'

const LATE = `
  update job set state = 1, starts = late.start, worker_no = (select worker_no from worker where worker_id = $3)
  from unnest($1::uuid[], $2::int[]) as late (job_id, start) where job.job_id = late.job_id`

const COUNT_CRASHES = `
  update job set attempt = attempt + 1
  where state = 1 and worker_no in (select worker_no from worker where lease_until < $1)`

const BREAKS: Readonly<Record<Broken, (workers: WorkerStore, pool: Pool) => Partial<WorkerStore>>> = {
  // No fence: what is refused for its lost lease is recorded all the same.
  'a late worker insists': (workers, pool) => ({
    async settle(request) {
      const { recorded } = await workers.settle(request)
      const late = request.outcomes.filter(({ jobId }) => !recorded.includes(jobId))
      if (late.length === 0) return { recorded }
      const { workerId, now } = request
      await workers.openWorker({ workerId, now, leaseUntil: new Date(now.getTime() + 60_000) })
      const [ids, starts] = [late.map(({ jobId }) => jobId), late.map(({ start }) => start)]
      await pool.query(LATE, [ids, starts, workerId])
      const more = await workers.settle({ ...request, outcomes: late })
      return { recorded: [...recorded, ...more.recorded] }
    },
  }),
  'a crash counts as an attempt': (workers, pool) => ({
    async reapWorkers(now) {
      await pool.query(COUNT_CRASHES, [now])
      return workers.reapWorkers(now)
    },
  }),
  // Its own lease has to lapse.
  'nothing is handed back': (workers) => ({
    async settle(request) {
      const outcomes = request.outcomes.filter(({ kind }) => kind !== 'returned')
      const { recorded } = await workers.settle({ ...request, outcomes })
      const kept = request.outcomes.filter(({ kind }) => kind === 'returned')
      return { recorded: [...recorded, ...kept.map(({ jobId }) => jobId)] }
    },
    closeWorker: async () => {},
  }),
  'nobody looks for the dead': () => ({ reapWorkers: async () => 0 }),
  'nobody delivers again': () => ({ listUndelivered: async () => [] }),
}

/** The same persistence, with its worker store broken in that way. */
export function breakJobs(persistence: Persistence, broken: Broken, pool: Pool): Persistence {
  const { workers } = persistence.stores
  const stores: Stores = {
    ...persistence.stores,
    workers: overriding(workers, BREAKS[broken](workers, pool)),
  }
  return overriding(persistence, { stores })
}
