import { pgModule } from '@muster/adapters-pg'
import { jobType, type Run, type RunId } from '@muster/core'
import { coreModule, createMuster, type Muster } from '@muster/host'
import { z } from 'zod'
import { openServer, query, type Server } from './databases.ts'
import { aRun, prepare, TYPE } from './fixtures.ts'
import { ExplainedPool, fullScans } from './plans.ts'
import { alternate, keep, machine, printSeries, roundsWished } from './rounds.ts'

const CONCURRENCY = 50
const MODELS = 10
const LONG = 100_000
const SHORT = 100
/** The long run is well under way when the short one comes. */
const UNDER_WAY = 5_000
const DRAINED = 40_000
/** Runs of equal priority that share it. */
const LANES = [2, 10]

/**
 * S9: a run of 100 jobs that comes behind one of 100 000, of equal priority: its share of what is completed while both are active; and what turns cost: jobs of
 * several runs drained in turn ÷ as many of one run, which go first in, first out.
 */
export async function fairness(): Promise<void> {
  const server = await openServer()
  try {
    const shares: Shared[] = []
    for (let round = 0; round < Math.max(5, roundsWished()); round++) shares.push(await share(server))
    const percent = shares.map((one) => 100 * one.share).sort((a, b) => a - b)
    console.log(`\na run of ${SHORT} behind one of ${LONG.toLocaleString('en')}`)
    for (const { share, done, waitedMs, tookMs } of shares) {
      console.log(
        `  share ${(100 * share).toFixed(1)} % of ${done} jobs done; first start after ${waitedMs} ms, done ${tookMs} ms later`,
      )
    }
    console.log(`  median share: ${percent[percent.length >> 1]?.toFixed(1)} %`)

    const perSecond = await alternate(
      [
        { name: 'one lane, first in, first out', once: () => drained(server, 1) },
        ...LANES.map((lanes) => ({ name: `${lanes} lanes in turn`, once: () => drained(server, lanes) })),
      ],
      roundsWished(),
    )
    printSeries(`drain of ${DRAINED.toLocaleString('en')} no-op jobs`, 'jobs/s', perSecond)
    const lanes = Math.max(...LANES)
    const explained = await explain(server, lanes)
    console.log(`  sequential scans of job in a feed from ${lanes} lanes: ${explained.scans.length}`)
    keep('fairness', {
      machine: machine(server.version),
      concurrency: CONCURRENCY,
      shares,
      perSecond,
      explained,
    })
  } finally {
    await server.stop()
  }
}

type Defined = Awaited<ReturnType<typeof prepare>>

/** What became of a short run. */
interface Shared {
  /** Of the jobs that were done from its first to its last one, in the order in which their handlers ended. */
  readonly share: number
  readonly done: number
  /** From its creation to its first start. */
  readonly waitedMs: number
  readonly tookMs: number
}

async function share(server: Server): Promise<Shared> {
  const done: (RunId | null)[] = []
  const { muster } = await open(server, (runId) => done.push(runId))
  try {
    const long = await addRun(muster, await define(muster, LONG))
    await muster.work({ concurrency: CONCURRENCY, schedule: false })
    await until(muster, long, ({ tallies }) => tallies.completed >= UNDER_WAY)
    const short = await addRun(muster, await define(muster, SHORT))
    const { createdAt, startedAt, finishedAt } = await until(
      muster,
      short,
      ({ status }) => status === 'completed',
    )
    if (startedAt === null || finishedAt === null) throw new Error('The short run has no start or no end')
    if ((await muster.runs.get(long)).status !== 'running') throw new Error('The long run ended first')
    await muster.runs.cancel(long)
    const whileBoth = done.lastIndexOf(short) - done.indexOf(short) + 1
    return {
      share: SHORT / whileBoth,
      done: whileBoth,
      waitedMs: startedAt.getTime() - createdAt.getTime(),
      tookMs: finishedAt.getTime() - startedAt.getTime(),
    }
  } finally {
    await muster.close()
  }
}

/** Jobs per second of as many runs together. */
async function drained(server: Server, lanes: number): Promise<number> {
  const { url, muster } = await open(server)
  try {
    const runs = await addRuns(muster, lanes)
    await query(url, 'checkpoint')
    const start = performance.now()
    await muster.work({ concurrency: CONCURRENCY, schedule: false })
    for (const run of runs) await until(muster, run, ({ status }) => status === 'completed')
    return (1_000 * DRAINED) / (performance.now() - start)
  } finally {
    await muster.close()
  }
}

/** The plans of a feed that serves all lanes. */
async function explain(
  server: Server,
  lanes: number,
): Promise<{ readonly scans: readonly string[]; readonly plans: readonly string[] }> {
  const { url, muster } = await open(server)
  try {
    await addRuns(muster, lanes)
    await query(url, 'analyze')
    const explained = await ExplainedPool.on(url)
    const reader = await createMuster({ modules: [coreModule(), pgModule({ pool: explained.pool })] })
    const deliveries = await reader.persistence.stores.workers.feed({
      limit: 2 * CONCURRENCY,
      types: [TYPE],
      now: new Date(),
    })
    const plans = explained.taken()
    await reader.close()
    await explained.close()
    if (new Set(deliveries.map(({ lane }) => lane)).size !== lanes)
      throw new Error('Not every lane had its turn')
    return { scans: fullScans(plans, ['job']), plans }
  } finally {
    await muster.close()
  }
}

/** `did` is told the run of each job that was done. */
async function open(
  server: Server,
  did: (runId: RunId | null) => void = () => {},
): Promise<{ readonly url: string; readonly muster: Muster }> {
  const url = await server.database()
  const noop = jobType({
    name: TYPE,
    payload: z.unknown(),
    handler: ({ runId }) => {
      did(runId)
      return { ok: true }
    },
  })
  const modules = [coreModule({ jobTypes: [noop] }), pgModule({ connectionString: url })]
  return { url, muster: await createMuster({ modules }) }
}

function define({ persistence }: Muster, jobs: number): Promise<Defined> {
  return prepare(persistence, jobs / MODELS)
}

async function addRun({ persistence }: Muster, { projectId, definition }: Defined): Promise<RunId> {
  return (await persistence.stores.runs.add(aRun(projectId, definition, MODELS))).run.runId
}

/** Runs of one project that share the jobs to drain. */
async function addRuns(muster: Muster, count: number): Promise<RunId[]> {
  const defined = await define(muster, DRAINED / count)
  const runs: RunId[] = []
  for (let nth = 0; nth < count; nth++) runs.push(await addRun(muster, defined))
  return runs
}

async function until(muster: Muster, runId: RunId, holds: (run: Run) => boolean): Promise<Run> {
  for (;;) {
    const run = await muster.runs.get(runId)
    if (holds(run)) return run
    await muster.clock.wait(5)
  }
}
