import type { PgPersistence } from '@muster/adapters-pg'
import { jobType, type RunId } from '@muster/core'
import { askDesk } from '@muster/core/asks'
import type { JobQueue, Logger } from '@muster/core/ports'
import { usageSink } from '@muster/core/usage'
import { Worker } from '@muster/core/use-cases'
import { systemClock } from '@muster/host'
import { z } from 'zod'
import { ids, openStores, query } from '../databases.ts'
import { aRun, prepare, TYPE } from '../fixtures.ts'
import type { OpenPeer } from './peer.ts'

const MODELS = 10
export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }
const uncounted = { count() {}, gauge() {}, observe() {} }

/** Ours: one run, its jobs through the worker; each stores a result and is counted by model. */
export const muster: OpenPeer = async (url) => {
  const persistence = await openStores({ connectionString: url })
  const { stores } = persistence
  let runId: RunId | undefined
  let worker: Worker | undefined
  const runNow = async () => {
    const run = runId && (await stores.runs.find(runId))
    if (!run) throw new Error('The run is gone')
    return run
  }
  return {
    async fill(jobs) {
      const { projectId, definition } = await prepare(persistence, jobs / MODELS)
      const { run } = await stores.runs.add(aRun(projectId, definition, MODELS))
      runId = run.runId
      await query(url, 'checkpoint')
    },
    async consume(concurrency, done) {
      worker = musterWorker(persistence, undefined, concurrency, done)
      await worker.start()
    },
    async left() {
      const { status, tallies } = await runNow()
      return status === 'completed' ? 0 : tallies.total - tallies.completed
    },
    async close() {
      await worker?.close()
      const { tallies } = await runNow()
      const { rows } = await query<{ stored: number }>(
        url,
        `select count(*)::int as stored from job where state = 4 and result is not null`,
      )
      if (rows[0]?.stored !== tallies.completed) throw new Error('The counters differ from a recount')
      await persistence.close()
    },
  }
}

/** Does the jobs of a run, storing a result for each; `done` is told of those that were recorded. */
export function musterWorker(
  persistence: PgPersistence,
  queue: JobQueue | undefined,
  concurrency: number,
  done: (jobs: number) => void,
): Worker {
  const type = jobType({ name: TYPE, payload: z.unknown(), handler: () => ({ ok: true }) })
  return new Worker(
    {
      workers: persistence.stores.workers,
      usage: usageSink({ transactions: persistence, clock: systemClock }),
      desk: askDesk({
        transactions: persistence,
        clock: systemClock,
        ids,
        random: { next: Math.random },
        jobTypes: new Map([[TYPE, type]]),
        nudge: () => undefined,
      }),
      queue,
      jobTypes: new Map([[TYPE, type]]),
      results: async function* () {},
      parents: async function* () {},
      clock: systemClock,
      ids,
      random: { next: Math.random },
      logger: silent,
      metrics: uncounted,
      watch: { began() {}, stepped() {}, settled: (ended) => done(ended.length) },
    },
    { concurrency },
  )
}
