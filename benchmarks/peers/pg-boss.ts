import { PgBoss } from 'pg-boss'
import { query } from '../databases.ts'
import { inChunks, type OpenPeer, payload } from './peer.ts'

const QUEUE = 'bench'
const WORKERS = 10
const BATCH = 50

/** Ten polling workers that take batches of fifty: the best of what was tried. */
export const pgBoss: OpenPeer = async (connectionString) => {
  const boss = new PgBoss({ connectionString, supervise: false, schedule: false, max: WORKERS + 2 })
  boss.on('error', (error) => console.error(error))
  await boss.start()
  await boss.createQueue(QUEUE)
  return {
    async fill(jobs) {
      await inChunks(jobs, (indexes) =>
        boss.insert(
          QUEUE,
          indexes.map((index) => ({ data: payload(index) })),
        ),
      )
      await query(connectionString, 'checkpoint')
    },
    async consume(_concurrency, done) {
      await boss.work(
        QUEUE,
        {
          batchSize: BATCH,
          localConcurrency: WORKERS,
          pollingIntervalSeconds: 0.5,
          burstWhenBatchFull: true,
        },
        async (jobs) => done(jobs.length),
      )
    },
    async left() {
      const { rows } = await query<{ count: number }>(
        connectionString,
        `select count(*)::int as count from pgboss.job where name = '${QUEUE}' and state < 'completed'`,
      )
      return rows[0]?.count ?? 0
    },
    close: () => boss.stop({ graceful: false }),
  }
}
