import { PgBoss } from 'pg-boss'
import { query } from '../databases.ts'
import type { OpenLivePeer } from './peer.ts'

const QUEUE = 'live'
const CONNECTIONS = 12

/** Ten connections and more, as many as calls are in flight. */
export const pgBoss: OpenLivePeer = async (connectionString) => {
  const boss = new PgBoss({ connectionString, supervise: false, schedule: false, max: CONNECTIONS })
  boss.on('error', (error) => console.error(error))
  await boss.start()
  await boss.createQueue(QUEUE)
  return {
    add: (jobs) =>
      boss.insert(
        QUEUE,
        jobs.map((data) => ({ data })),
      ),
    addOne: (job) => boss.send(QUEUE, job),
    async work(slots, handler) {
      await boss.work<{ madeAt: number; padding: string }>(
        QUEUE,
        { localConcurrency: slots, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
        async (jobs) => {
          for (const { data } of jobs) await handler(data)
        },
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
