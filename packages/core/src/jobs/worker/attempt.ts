import type { Logger } from '../../environment.ts'
import { isName, LONGEST_NAME } from '../../input/parse.ts'
import type { CallUsage } from '../../usage/usage.ts'
import type { JobContext, JobTools, StepProgress } from '../job.ts'
import type { ActiveJob, Outcome } from '../worker-store.ts'
import type { Lease } from './lease.ts'
import type { ReportedCall } from './reported-call.ts'

/** Why a handler is told to stop. */
export type StopReason = 'cancel' | 'timeout' | 'shutdown' | 'lost'

const STOPPED: Readonly<Record<StopReason, () => DOMException>> = {
  cancel: () => new DOMException('The job was cancelled', 'AbortError'),
  timeout: () => new DOMException('The attempt took too long', 'TimeoutError'),
  shutdown: () => new DOMException('The worker shuts down', 'AbortError'),
  lost: () => new DOMException('The worker lost its lease', 'AbortError'),
}

/** One attempt at a job, from its begin to its outcome. */
export class Attempt {
  readonly job: ActiveJob
  readonly lease: Lease
  /** By `elapsedMs`. */
  readonly startedAt: number
  /** By `elapsedMs`: then it is told to stop, or, told already, given up. */
  deadlineAt: number
  /** Told to stop, and why. */
  stopped: StopReason | undefined
  /** Its outcome is decided: nothing that the handler still does counts. */
  ended = false
  step: StepProgress | undefined
  progress: number | undefined
  /** The calls of providers that its handler has reported so far. */
  calls: ReportedCall[] | undefined
  /** Made only when the handler asks for its signal. */
  #controller: AbortController | undefined
  readonly #resolve: (outcome: Outcome | undefined) => void

  constructor(
    job: ActiveJob,
    lease: Lease,
    { startedAt, deadlineAt }: { readonly startedAt: number; readonly deadlineAt: number },
    resolve: (outcome: Outcome | undefined) => void,
  ) {
    this.#resolve = resolve
    this.job = job
    this.lease = lease
    this.startedAt = startedAt
    this.deadlineAt = deadlineAt
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.stopped) this.#controller.abort(STOPPED[this.stopped]())
    }
    return this.#controller.signal
  }

  /** Tells the handler to stop and gives it until `graceUntil`. The first reason stays, but for a lost lease, after which nothing counts. */
  stop(reason: StopReason, graceUntil: number): void {
    if (this.stopped) {
      if (reason === 'lost') this.stopped = 'lost'
      this.deadlineAt = Math.min(this.deadlineAt, graceUntil)
      return
    }
    this.stopped = reason
    this.deadlineAt = graceUntil
    this.#controller?.abort(STOPPED[reason]())
  }

  /** Decides the outcome; the first time counts. */
  end(outcome: Outcome | undefined): void {
    this.ended = true
    this.#resolve(outcome)
  }

  /**
   * Takes a report of the handler. Steps and percentage only go forward; without a percentage the step's place says it.
   * Gives whether that changed anything, or why the report makes no sense.
   */
  report(name: string, index: number, total: number, percent: number | undefined): boolean | string {
    if (!isName(name)) return `a step is named by 1 to ${LONGEST_NAME} characters`
    if (!Number.isInteger(total) || !Number.isInteger(index) || index < 1 || index > total) {
      return "a step's place is an integer from 1 to the total"
    }
    if (percent !== undefined && !(percent >= 0 && percent <= 100))
      return 'a percentage lies between 0 and 100'
    const said = percent ?? (100 * (index - 1)) / total
    const progress = Math.max(said, this.progress ?? 0)
    const before = this.step
    if (before && (index < before.index || (index === before.index && progress <= (this.progress ?? 0))))
      return false
    this.step = { name, index, total }
    this.progress = progress
    return true
  }
}

/** The job as its handler sees it. */
export function contextOf(
  job: ActiveJob,
  payload: unknown,
  results: JobContext['results'],
): JobContext<unknown> {
  const { jobId, projectId, runId, taskId, type, model, scenarioId, repeat, attempt } = job
  return { jobId, projectId, runId, taskId, type, payload, model, scenarioId, repeat, attempt, results }
}

/** The tools of a handler. The signal is made when it is asked for: most handlers never look. */
export function toolsOf(
  attempt: Attempt,
  logger: Logger,
  { changed, used }: { readonly changed: () => void; readonly used: (call: CallUsage) => Promise<void> },
): JobTools {
  const { jobId, type, attempt: number } = attempt.job
  const log = (level: 'info' | 'warn') => (fields: object, message: string) =>
    logger[level]({ jobId, type, attempt: number, ...fields }, message)
  return {
    get signal() {
      return attempt.signal
    },
    step(name, index, total, percent) {
      if (attempt.ended || attempt.stopped) return
      const said = attempt.report(name, index, total, percent)
      if (said === true) changed()
      else if (said !== false)
        log('warn')({ step: { name, index, total, percent } }, `A step report was ignored: ${said}`)
    },
    usage: used,
    get log() {
      return { info: log('info'), warn: log('warn') }
    },
  }
}
