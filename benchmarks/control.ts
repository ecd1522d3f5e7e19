import { pgModule } from '@muster/adapters-pg'
import type { JobId, RunId } from '@muster/core'
import type { WorkerId } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import { coreModule, createMuster, systemClock } from '@muster/host'
import { Pool } from 'pg'
import { ids, openServer, type Server } from './databases.ts'
import { aRun, prepare, TYPE } from './fixtures.ts'
import { ExplainedPool, fullScans } from './plans.ts'
import { keep, machine, median, printSeries, roundsWished, seriesOf } from './rounds.ts'

const SIZES = [100_000, 100]
const MODELS = 10
const ACTIVE = 50
const PAUSES = 20

/** Milliseconds that each control took. */
interface Controlled {
  readonly pause: number
  readonly cancel: number
}

/** S8: pausing and cancelling a run with 100 000 pending jobs ÷ one with 100. Fifty more of its jobs are active. */
export async function control(): Promise<void> {
  const server = await openServer()
  const worlds: ControlWorld[] = []
  try {
    for (const pending of SIZES) worlds.push(await ControlWorld.on(server, pending))
    for (const world of worlds) await world.controls()
    const rounds = new Map(worlds.map((world): [ControlWorld, Controlled[]] => [world, []]))
    for (let round = 0; round < Math.max(5, roundsWished()); round++) {
      for (const [world, measured] of rounds) measured.push(await world.controls())
    }
    const series = (control: keyof Controlled) =>
      [...rounds].map(([{ pending }, measured]) =>
        seriesOf(
          `${control} at ${pending.toLocaleString('en')} pending`,
          measured.map((times) => times[control]),
        ),
      )
    const pause = series('pause')
    const cancel = series('cancel')
    printSeries('pause of a run', 'ms', pause)
    printSeries('cancel of a run', 'ms', cancel)
    const explained = []
    for (const world of worlds) explained.push({ pending: world.pending, ...(await world.explain()) })
    for (const { pending, scans } of explained) {
      console.log(`  at ${pending} pending: sequential scans of job: ${scans.length}`)
    }
    keep('control', { machine: machine(server.version), active: ACTIVE, pause, cancel, explained })
  } finally {
    for (const world of worlds) await world.close()
    await server.stop()
  }
}

/** A database of its own, in which runs of one size are controlled. */
class ControlWorld {
  readonly pending: number
  readonly #url: string
  readonly #pool: Pool
  readonly #muster: Muster
  readonly #prepared: Awaited<ReturnType<typeof prepare>>
  readonly #workerId: WorkerId

  private constructor(
    pending: number,
    url: string,
    pool: Pool,
    muster: Muster,
    prepared: Awaited<ReturnType<typeof prepare>>,
    workerId: WorkerId,
  ) {
    this.pending = pending
    this.#url = url
    this.#pool = pool
    this.#muster = muster
    this.#prepared = prepared
    this.#workerId = workerId
  }

  static async on(server: Server, pending: number): Promise<ControlWorld> {
    const url = await server.database()
    const pool = new Pool({ connectionString: url, max: 2 })
    const muster = await musterOn(pool)
    const prepared = await prepare(muster.persistence, (pending + ACTIVE) / MODELS)
    const workerId = ids.next() as WorkerId
    const now = systemClock.now()
    const leaseUntil = new Date(now.getTime() + 3_600_000)
    await muster.persistence.stores.workers.openWorker({ workerId, leaseUntil, now })
    return new ControlWorld(pending, url, pool, muster, prepared, workerId)
  }

  /** A new run with its active jobs: paused, at the median of several, and cancelled. What is left of it is tidied when the time is taken. */
  async controls(): Promise<Controlled> {
    const runId = await this.#start()
    const { runs } = this.#muster
    await this.#pool.query('checkpoint')
    const pauses: number[] = []
    for (let nth = 0; nth < PAUSES; nth++) {
      pauses.push(await timeOf(() => runs.pause(runId)))
      await runs.resume(runId)
    }
    const cancel = await timeOf(() => runs.cancel(runId))
    const { cancelled } = await runs.progress(runId)
    if (cancelled !== this.pending) throw new Error(`${cancelled} jobs were cancelled at once`)
    await this.#tidy()
    return { pause: median(pauses), cancel }
  }

  /** The plans of both controls. */
  async explain(): Promise<{ readonly scans: readonly string[]; readonly plans: readonly string[] }> {
    const explained = await ExplainedPool.on(this.#url)
    const muster = await musterOn(explained.pool)
    const { runs } = muster
    try {
      const runId = await this.#start()
      await runs.pause(runId)
      await runs.resume(runId)
      await runs.cancel(runId)
      const plans = explained.taken()
      if (plans.length === 0) throw new Error('No plan was noted')
      return { scans: fullScans(plans, ['job']), plans }
    } finally {
      await muster.close()
      await explained.close()
    }
  }

  async close(): Promise<void> {
    await this.#muster.close()
    await this.#pool.end()
  }

  async #start(): Promise<RunId> {
    const { runs, workers } = this.#muster.persistence.stores
    const { projectId, definition } = this.#prepared
    const { run } = await runs.add(aRun(projectId, definition, MODELS))
    const worker = { workerId: this.#workerId, now: systemClock.now() }
    const deliveries = await workers.feed({ limit: ACTIVE, types: [TYPE], ...worker })
    const active = await workers.begin({ deliveries, ...worker })
    if (active.length !== ACTIVE) throw new Error(`${active.length} jobs began`)
    await this.#pool.query('analyze')
    return run.runId
  }

  async #tidy(): Promise<void> {
    const { workers } = this.#muster.persistence.stores
    while ((await workers.sweepCancelled(2_000)) > 0);
    const { rows } = await this.#pool.query<{ jobId: JobId; start: number }>(
      'select job_id as "jobId", starts as start from job where state = 1',
    )
    const outcomes = rows.map(({ jobId, start }) => ({ jobId, start, kind: 'cancelled' }) as const)
    await workers.settle({ outcomes, workerId: this.#workerId, now: systemClock.now() })
    await this.#pool.query('vacuum job')
  }
}

function musterOn(pool: Pool): Promise<Muster> {
  return createMuster({ modules: [coreModule(), pgModule({ pool })] })
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}
