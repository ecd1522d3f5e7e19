import type { Logger } from '../../environment.ts'
import { isName, LONGEST_NAME } from '../../input/parse.ts'
import type { CallUsage } from '../../usage/usage.ts'
import type { Asking } from '../asks/asking.ts'
import type { JobContext, JobTools, StepProgress } from '../job.ts'
import type { ActiveJob, Outcome } from '../worker-store.ts'
import type { CallLog } from './call-log.ts'
import type { Lease } from './lease.ts'

/** Why a handler is told to stop. */
export type StopReason = 'cancel' | 'timeout' | 'shutdown' | 'lost'

const STOPPED: Readonly<Record<StopReason, () => DOMException>> = {
  cancel: () => new DOMException('The job was cancelled', 'AbortError'),
  timeout: () => new DOMException('The attempt took too long', 'TimeoutError'),
  shutdown: () => new DOMException('The worker shuts down', 'AbortError'),
  lost: () => new DOMException('The worker lost its lease', 'AbortError'),
}

/** The percentage that a step's place says by itself. */
export function progressAt({ index, total }: Pick<StepProgress, 'index' | 'total'>): number {
  return (100 * (index - 1)) / total
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
  /** The units of all calls of providers that its handler has reported so far; nothing if it reported none. */
  usedUnits: number | undefined
  /** Among these calls are its latest, and which is the last. */
  calls: CallLog | undefined
  lastCall = 0
  /** The questions and kept values of its handler, once it has some. */
  asking: Asking | undefined
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

  /** Its job falls asleep, whatever its handler does. */
  get isSuspended(): boolean {
    return this.asking?.isSuspended === true
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
    const said = percent ?? progressAt({ index, total })
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
  reads: Pick<JobContext, 'results' | 'parents'>,
): JobContext<unknown> {
  const { jobId, projectId, runId, taskId, type, model, scenarioId, repeat, attempt } = job
  return { jobId, projectId, runId, taskId, type, payload, model, scenarioId, repeat, attempt, ...reads }
}

/** The tools of a handler. The signal is made when it is asked for: most handlers never look. */
export function toolsOf(
  attempt: Attempt,
  logger: Logger,
  {
    changed,
    used,
    asking,
  }: {
    readonly changed: () => void
    readonly used: (call: CallUsage) => Promise<void>
    readonly asking: () => Asking
  },
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
    ask: (name, question) => asking().ask(name, question),
    once: (name, make) => asking().once(name, make) as Promise<never>,
    get log() {
      return { info: log('info'), warn: log('warn') }
    },
  }
}
