import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { startRedis } from '@muster/test-services'
import { openServer } from './databases.ts'
import type { Told } from './drain-cluster-worker.ts'
import { bullmq } from './peers/bullmq.ts'
import { muster } from './peers/muster.ts'
import { alternate, keep, machine, printSeries, roundsWished, type Series } from './rounds.ts'

const CONCURRENCY = 50
const JOBS = Number(process.env['JOBS'] ?? 40_000)
const PROCESSES = (process.env['PROCESSES'] ?? '1,2').split(',').map(Number)

/** How often the filling process asks whether anything is left; it does nothing else meanwhile. */
const LOOK_MS = 20
const PATIENCE_MS = 90_000

/**
 * S3: no-op jobs per second of one and of two worker processes (or as many as `PROCESSES` says, as in 1,2,4) through BullMQ, every result stored in Postgres and progress exact, ÷ bare BullMQ,
 * which stores nothing. Filling and the start of the processes are not timed.
 */
export async function drainCluster(): Promise<void> {
  const server = await openServer()
  const redis = await startRedis()
  try {
    const series: { readonly processes: number; readonly perSecond: readonly Series[] }[] = []
    for (const processes of PROCESSES) {
      const perSecond = await alternate(
        [
          { name: 'muster', once: async () => musterRound(await server.database(), redis.url, processes) },
          { name: 'BullMQ', once: () => round(bullmq, 'bullmq', redis.url, redis.url, processes) },
        ],
        roundsWished(),
      )
      printSeries(
        `drain of ${JOBS} no-op jobs, ${processes} × concurrency ${CONCURRENCY}`,
        'jobs/s',
        perSecond,
      )
      series.push({ processes, perSecond })
    }
    keep('drain-cluster', { machine: machine(server.version), jobs: JOBS, concurrency: CONCURRENCY, series })
  } finally {
    await redis.stop()
    await server.stop()
  }
}

function musterRound(database: string, redisUrl: string, processes: number): Promise<number> {
  return round(muster, 'muster', database, redisUrl, processes)
}

/** Fills, lets so many processes drain, and gives jobs per second. */
async function round(
  open: typeof muster,
  system: string,
  url: string,
  redisUrl: string,
  processes: number,
): Promise<number> {
  const peer = await open(url)
  await peer.fill(JOBS)
  const prefix = `bench_${randomUUID()}`
  const args = [system, url, redisUrl, prefix, String(CONCURRENCY)]
  const workers = await Promise.all(Array.from({ length: processes }, () => startWorker(args)))
  const done = new Map<ChildProcess, number>()
  for (const worker of workers) {
    worker.on('message', (told: Told) => {
      if ('done' in told) done.set(worker, told.done)
    })
  }
  const start = performance.now()
  for (const worker of workers) worker.send('go')
  const sum = (): number => [...done.values()].reduce((total, count) => total + count, 0)
  while (sum() < JOBS || (await peer.left()) > 0) {
    if (performance.now() - start > PATIENCE_MS) {
      throw new Error(`${system}: ${sum()} of ${JOBS} jobs after ${PATIENCE_MS} ms`)
    }
    await wait(sum() < JOBS ? LOOK_MS : 2)
  }
  const ms = performance.now() - start
  await Promise.all(
    workers.map(async (worker) => {
      const exit = once(worker, 'exit')
      worker.send('stop')
      await exit
    }),
  )
  await peer.close()
  return (JOBS / ms) * 1_000
}

/** A worker process that is connected and waits for its start. */
async function startWorker(args: readonly string[]): Promise<ChildProcess> {
  const child = fork(new URL('./drain-cluster-worker.ts', import.meta.url), args, {
    execArgv: ['--conditions=@muster/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const [told] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [Told | number | null]
  if (typeof told !== 'object' || told === null) throw new Error(`A worker ended with exit code ${told}`)
  return child
}
