import { setTimeout as wait } from 'node:timers/promises'
import { pgModule } from '@muster/adapters-pg'
import { redisModule } from '@muster/adapters-redis'
import { jobType } from '@muster/core'
import { coreModule, createMuster } from '@muster/host'
import { type RedisServer, startOwnRedis } from '@muster/test-services'
import { z } from 'zod'
import { openServer } from './databases.ts'
import { keep, machine } from './rounds.ts'

const JOBS = Number(process.env['JOBS'] ?? 10_000)
const MODELS = 4
const CONCURRENCY = 50
/** As long as a call to a provider; 0 for jobs that do nothing. */
const JOB_MS = Number(process.env['JOB_MS'] ?? 400)
const AWAY_MS = Number(process.env['AWAY_SECONDS'] ?? 60) * 1_000
/** Of the run that is done before Redis goes away. */
const BEFORE = 0.1

interface Drained {
  readonly perSecond: number
  /** While Redis was away; null if it never was. */
  readonly perSecondAway: number | null
  /** Jobs that began more than once. */
  readonly begunAgain: number
  readonly completed: number
}

/**
 * One run of `JOBS` jobs of `JOB_MS` each, twice: on Postgres alone, and behind Redis, which is taken away for `AWAY_SECONDS` once a tenth is done. Says
 * how fast jobs went on from the store meanwhile ÷ how fast they go without Redis, and whether any began twice or was not recorded.
 */
export async function away(): Promise<void> {
  const server = await openServer()
  try {
    const alone = await drained(await server.database())
    const behind = await drained(await server.database(), await startOwnRedis())
    console.log(`\n${JOBS} jobs of ${JOB_MS} ms, concurrency ${CONCURRENCY}`)
    console.log(`  without Redis                ${alone.perSecond.toFixed(1)} jobs/s`)
    console.log(`  behind Redis, all of the run ${behind.perSecond.toFixed(1)} jobs/s`)
    const meanwhile = behind.perSecondAway ?? Number.NaN
    console.log(`  behind Redis while it is away ${meanwhile.toFixed(1)} jobs/s`)
    console.log(`  while away ÷ without Redis   ${(meanwhile / alone.perSecond).toFixed(2)} (must: 0.5)`)
    console.log(`  begun again ${behind.begunAgain}, completed ${behind.completed} of ${JOBS}`)
    keep('away', {
      machine: machine(server.version),
      jobs: JOBS,
      jobMs: JOB_MS,
      awayMs: AWAY_MS,
      alone,
      behind,
    })
  } finally {
    await server.stop()
  }
}

async function drained(connectionString: string, redis?: RedisServer): Promise<Drained> {
  const begun = new Map<string, number>()
  let done = 0
  const bench = jobType({
    name: 'bench',
    payload: z.object({}),
    handler: async ({ jobId }) => {
      begun.set(jobId, (begun.get(jobId) ?? 0) + 1)
      if (JOB_MS > 0) await wait(JOB_MS)
      done += 1
      return null
    },
  })
  const muster = await createMuster({
    modules: [
      coreModule({ jobTypes: [bench] }),
      pgModule({ connectionString }),
      ...(redis ? [redisModule({ url: redis.url })] : []),
    ],
  })
  let again: RedisServer | undefined
  try {
    const { projectId } = await muster.projects.add({ name: 'Away' })
    const run = await muster.runs.start(projectId, {
      jobType: bench,
      scenarios: Array.from({ length: JOBS / MODELS }, (_, n) => ({ scenarioId: String(n), payload: {} })),
      models: Array.from({ length: MODELS }, (_, n) => `model-${n + 1}`),
    })
    const start = performance.now()
    await muster.work({ concurrency: CONCURRENCY })
    let perSecondAway: number | null = null
    if (redis) {
      while (done < JOBS * BEFORE) await wait(20)
      await redis.stop()
      const [doneBefore, at] = [done, performance.now()]
      while (performance.now() - at < AWAY_MS && done < JOBS) await wait(20)
      perSecondAway = ((done - doneBefore) / (performance.now() - at)) * 1_000
      again = await startOwnRedis({ port: Number(new URL(redis.url).port) })
    }
    const { tallies } = await run.finished()
    const perSecond = (JOBS / (performance.now() - start)) * 1_000
    const begunAgain = [...begun.values()].filter((times) => times > 1).length
    return { perSecond, perSecondAway, begunAgain, completed: tallies.completed }
  } finally {
    await muster.close()
    await again?.stop()
    await redis?.stop()
  }
}
