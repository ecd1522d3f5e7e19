import type { Clock, Logger } from '../../environment.ts'
import type { StepReport, WorkerStore } from '../worker-store.ts'
import type { Attempt } from './attempt.ts'

interface Deps {
  readonly workers: Pick<WorkerStore, 'reportSteps'>
  readonly clock: Clock
  readonly logger: Logger
}

/** How often the latest steps are written. */
const REPORT_MS = 200

/**
 * Writes the latest steps of running attempts now and then. Superseded steps are never written, and a write that failed
 * is not repeated but followed by the next: the last step of every attempt travels with its outcome.
 */
export class StepReporter {
  readonly #deps: Deps
  readonly #written: (attempts: readonly Attempt[]) => void
  readonly #stop = new AbortController()
  #dirty = new Set<Attempt>()
  #loop: Promise<void> | undefined

  constructor(deps: Deps, written: (attempts: readonly Attempt[]) => void) {
    this.#deps = deps
    this.#written = written
  }

  /** The attempt has a newer step. */
  changed(attempt: Attempt): void {
    this.#dirty.add(attempt)
    this.#loop ??= this.#run()
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    while (this.#dirty.size > 0 && !this.#stop.signal.aborted) {
      await this.#deps.clock.wait(REPORT_MS, this.#stop.signal)
      const attempts = [...this.#dirty].filter(({ ended }) => !ended)
      this.#dirty = new Set()
      if (attempts.length === 0) continue
      this.#written(attempts)
      for (const [lease, group] of Map.groupBy(attempts, ({ lease }) => lease)) {
        try {
          await this.#deps.workers.reportSteps(group.flatMap(reportOf), lease.workerId)
        } catch (error) {
          this.#deps.logger.debug({ err: error }, 'Steps could not be written; the next ones follow')
        }
      }
    }
    this.#loop = undefined
  }
}

function reportOf({ job, step, progress }: Attempt): StepReport[] {
  return step ? [{ jobId: job.jobId, start: job.start, step, progress: progress ?? 0 }] : []
}
