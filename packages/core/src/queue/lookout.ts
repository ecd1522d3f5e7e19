import type { Clock, Logger, Metrics } from '../environment.ts'
import type { JobCounts, JobStore } from '../jobs/job-store.ts'
import type { Attendance, WorkerStore } from '../jobs/worker-store.ts'
import { elapsedMs } from '../time.ts'
import type { Unattended } from './queues.ts'

/** How often a process that works or schedules looks for what nobody does, in ms. */
export const LOOK_MS = 5_000

/** A scheduler that was not heard of for so long is dead, in ms. */
const SCHEDULER_LEASE_MS = 3 * LOOK_MS

/** Due work may wait for so long before a scheduler counts as missing, in ms. */
const DUE_PATIENCE_MS = LOOK_MS

/** An unchanged state is told again after so long, in ms. */
export const REMINDER_MS = 600_000

const GAUGE = 'muster_jobs_without_worker'

interface Deps {
  readonly jobs: Pick<JobStore, 'countByType'>
  readonly workers: Pick<WorkerStore, 'announceScheduler' | 'findAttendance'>
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
}

/**
 * Looks for work that nobody does: pending jobs of types that no live worker has, and what a scheduler does while none is alive.
 * Says so in the log once it has been so from one look to the next, so that a worker that is just replaced is not missed, however often others
 * ask in between; once for each change, and now and then again.
 */
export class Lookout {
  readonly #deps: Deps
  #stop = new AbortController()
  #loop: Promise<void> | undefined
  #present = 0
  #schedulers = 0
  #before = ''
  #beforeAt = Number.NEGATIVE_INFINITY
  #told = ''
  #toldAt = Number.NEGATIVE_INFINITY
  #gauged: ReadonlySet<string> = new Set()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** Somebody of this process works, or schedules; resolves what to call when they have ended. */
  enter({ schedules }: { readonly schedules: boolean }): () => Promise<void> {
    this.#present++
    if (schedules) this.#schedulers++
    this.#loop ??= this.#run()
    return async () => {
      if (schedules) this.#schedulers--
      if (--this.#present > 0) return
      this.#stop.abort()
      await this.#loop
      this.#loop = undefined
      this.#stop = new AbortController()
    }
  }

  /** The work that nobody does now. */
  async look(): Promise<Unattended> {
    const { jobs, workers, clock } = this.#deps
    const now = clock.now()
    const [attendance, counts] = await Promise.all([workers.findAttendance(now), jobs.countByType(null)])
    const found = unattended(attendance, counts, now)
    this.#tell(found)
    return found
  }

  async #run(): Promise<void> {
    const { workers, clock, logger } = this.#deps
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        if (this.#schedulers > 0) {
          await workers.announceScheduler(new Date(clock.now().getTime() + SCHEDULER_LEASE_MS))
        }
        await this.look()
      } catch (error) {
        logger.debug({ err: error }, 'What nobody does could not be looked for')
      }
      await clock.wait(LOOK_MS, signal)
    }
  }

  #tell(found: Unattended): void {
    const { logger, metrics, clock } = this.#deps
    const types = Object.keys(found.jobsWithoutWorker)
    for (const type of this.#gauged) if (!types.includes(type)) metrics.gauge(GAUGE, 0, { type })
    for (const [type, jobs] of Object.entries(found.jobsWithoutWorker)) metrics.gauge(GAUGE, jobs, { type })
    metrics.gauge('muster_scheduler_missing', found.noSchedulerSince === null ? 0 : 1)
    this.#gauged = new Set(types)

    const now = JSON.stringify([types, found.noSchedulerSince !== null])
    const at = elapsedMs(clock)
    if (now !== this.#before) this.#beforeAt = at
    this.#before = now
    const steady = at - this.#beforeAt >= LOOK_MS
    const reminded = at - this.#toldAt < REMINDER_MS
    if (!steady || (now === this.#told && reminded)) return
    if (types.length > 0) {
      logger.warn(
        { jobs: found.jobsWithoutWorker },
        'Jobs of these types are pending, and no live worker does any of them',
      )
    }
    if (found.noSchedulerSince !== null) {
      logger.warn(
        { since: found.noSchedulerSince },
        'Work of a scheduler is due, such as retries, schedules and imports, and none is alive: call schedule() in a process, or work() without { schedule: false }',
      )
    }
    if (types.length === 0 && found.noSchedulerSince === null) {
      if (this.#told === '' || now === this.#told) return
      logger.info({}, 'All that is pending has somebody who does it again')
    }
    this.#told = now
    this.#toldAt = at
  }
}

function unattended(
  { workers, scheduled, dueAt }: Attendance,
  counts: ReadonlyMap<string, JobCounts>,
  now: Date,
): Unattended {
  const without = [...counts]
    .filter(([type, { pending }]) => pending > 0 && !Object.hasOwn(workers, type))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const overdue = dueAt !== null && dueAt.getTime() < now.getTime() - DUE_PATIENCE_MS
  return {
    jobsWithoutWorker: Object.fromEntries(without.map(([type, { pending }]) => [type, pending])),
    noSchedulerSince: !scheduled && overdue ? dueAt : null,
  }
}
