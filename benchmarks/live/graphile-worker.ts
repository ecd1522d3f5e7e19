import { Logger, makeWorkerUtils, type Runner, run } from 'graphile-worker'
import { query } from '../databases.ts'
import type { LiveJob, OpenLivePeer } from './peer.ts'

const logger = new Logger(() => () => {})

/** With a local queue of 500 and batched completion without delay, and jobs made in bulk. It stores no results, and removes what is done. */
export const graphileWorker: OpenLivePeer = async (connectionString) => {
  const utils = await makeWorkerUtils({ connectionString, logger })
  await utils.migrate()
  let runner: Runner | undefined
  return {
    add: (jobs) => utils.addJobs(jobs.map((payload) => ({ identifier: 'live', payload }))),
    async work(slots, handler) {
      runner = await run({
        connectionString,
        logger,
        noHandleSignals: true,
        taskList: { live: (payload) => handler(payload as LiveJob) },
        preset: {
          worker: {
            concurrentJobs: slots,
            maxPoolSize: slots + 1,
            localQueue: { size: 500 },
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
    async close() {
      await runner?.stop()
      await utils.release()
    },
  }
}
