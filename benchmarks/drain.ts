import { startRedis } from '@muster/test-services'
import { openServer } from './databases.ts'
import type { DrainRound } from './drain-round.ts'
import { roundOf } from './round-process.ts'
import { alternate, keep, machine, printSeries, roundsWished, type Series } from './rounds.ts'

const CONCURRENCY = 50
const SIZES = [40_000, 100_000]

/**
 * S2: no-op jobs per second of one process, every result stored and progress exact, ÷ what peers do with the tuning they recommend. Each round is a process
 * and a database of its own; filling is not timed.
 */
export async function drain(): Promise<void> {
  const server = await openServer()
  const redis = await startRedis()
  try {
    const sizes: { readonly jobs: number; readonly perSecond: readonly Series[] }[] = []
    for (const jobs of SIZES) {
      const side = (name: string, system: string) => ({
        name,
        once: async () => {
          const url = system === 'bullmq' ? redis.url : await server.database()
          const args = [system, url, String(jobs), String(CONCURRENCY)]
          const { ms } = await roundOf<DrainRound>('./drain-round.ts', args)
          return (jobs / ms) * 1_000
        },
      })
      const perSecond = await alternate(
        [
          side('muster', 'muster'),
          side('graphile-worker (local queue, no delay)', 'graphile-worker'),
          side('pg-boss (10 × batches of 50)', 'pg-boss'),
          side('bare SQL (10 × batches of 50)', 'bare-sql'),
          side('BullMQ', 'bullmq'),
        ],
        roundsWished(),
      )
      printSeries(`drain of ${jobs} no-op jobs, concurrency ${CONCURRENCY}`, 'jobs/s', perSecond)
      sizes.push({ jobs, perSecond })
    }
    keep('drain', { machine: machine(server.version), concurrency: CONCURRENCY, sizes })
  } finally {
    await redis.stop()
    await server.stop()
  }
}
