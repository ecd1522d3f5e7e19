import { Logger, makeWorkerUtils, type Runner, run, runMigrations } from 'graphile-worker'
import { query } from '../databases.ts'
import { inChunks, type OpenPeer, payload } from './peer.ts'

const logger = new Logger(() => () => {})

/** With its local queue of 500 and batched completion without delay, as its documentation advises for throughput. It stores no results. */
export const graphileWorker: OpenPeer = async (connectionString) => {
  await runMigrations({ connectionString, logger })
  let runner: Runner | undefined
  return {
    async fill(jobs) {
      const workers = await makeWorkerUtils({ connectionString, logger })
      await inChunks(jobs, (indexes) =>
        workers.addJobs(indexes.map((index) => ({ identifier: 'noop', payload: payload(index) }))),
      )
      await workers.release()
      await query(connectionString, 'checkpoint')
    },
    async consume(concurrency, done) {
      runner = await run({
        connectionString,
        logger,
        noHandleSignals: true,
        taskList: { noop: () => done(1) },
        preset: {
          worker: {
            concurrentJobs: concurrency,
            maxPoolSize: Math.min(concurrency + 2, 30),
            localQueue: { size: 500, refetchDelay: { durationMs: 10 } },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
      })
    },
    async left() {
      const { rows } = await query<{ count: number }>(
        connectionString,
        'select count(*)::int as count from graphile_worker._private_jobs',
      )
      return rows[0]?.count ?? 0
    },
    close: async () => runner?.stop(),
  }
}
