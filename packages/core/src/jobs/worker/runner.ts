import type { Clock, Logger, Metrics, Random } from '../../environment.ts'
import type { JobId, ProjectId, RunId } from '../../ids.ts'
import { type Issue, type Json, jsonOf } from '../../json/json.ts'
import { elapsedMs } from '../../time.ts'
import { Asking } from '../asks/asking.ts'
import type { AskDesk } from '../asks/desk.ts'
import type { JobType, ParentJob, RunResult } from '../job.ts'
import { readPayload } from '../payload.ts'
import type { DurationCounts } from '../processes/durations.ts'
import { invalidResult, resultIssues } from '../result.ts'
import { classify, type Failure, judged } from '../retry/retry.ts'
import type { ActiveJob, Outcome } from '../worker-store.ts'
import { Attempt, contextOf, type StopReason, toolsOf } from './attempt.ts'
import { AttemptDurations } from './attempt-durations.ts'
import { Deadlines } from './deadlines.ts'
import { failedOutcome } from './failing.ts'
import { FailureLog } from './failure-log.ts'
import type { Lease } from './lease.ts'
import type { UsageReporter } from './usage-reporter.ts'

/** How long an attempt may take if its type says nothing. */
export const DEFAULT_TIMEOUT_MS = 300_000

/** How long a handler that was told to stop may take to do so; then its slot is given back without it. */
export const GRACE_MS = 5_000

/** How long a handler may go on that has put a question; then its job falls asleep without it. */
const ASKED_GRACE_MS = 5_000

interface Deps {
  /** Reads the results of a run of the project, for handlers. */
  readonly results: (projectId: ProjectId, runId: RunId) => AsyncIterable<RunResult>
  /** Reads the jobs that one waited for, for its handler. */
  readonly parents: (jobId: JobId) => AsyncIterable<ParentJob>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly reporter: UsageReporter
  /** Where questions of handlers go. */
  readonly desk: AskDesk
}

/** Runs handlers, each until it returns, throws, or is told to stop and does not; and says how that counts. */
export class Runner {
  readonly #deps: Deps
  readonly #types: ReadonlyMap<string, JobType>
  readonly #stepped: (attempt: Attempt) => void
  readonly #running = new Set<Attempt>()
  readonly #deadlines: Deadlines<Attempt>
  readonly #failures: FailureLog
  readonly #durations = new AttemptDurations()
  #ran = new Set<string>()

  /** `stepped` is told of each attempt whose step has changed. */
  constructor(deps: Deps, types: ReadonlyMap<string, JobType>, stepped: (attempt: Attempt) => void) {
    this.#deps = deps
    this.#types = types
    this.#stepped = stepped
    this.#failures = new FailureLog(deps)
    this.#deadlines = new Deadlines(deps.clock, this.#running, (attempt) => this.#expire(attempt))
  }

  /**
   * How the attempt ended; `undefined` when its lease was lost. Resolves without the handler when that ignores being told to stop. Never rejects. `left`: the
   * handler has returned, however late.
   */
  run(job: ActiveJob, lease: Lease, left: (units?: number) => void = () => {}): Promise<Outcome | undefined> {
    return new Promise((resolve) => {
      const startedAt = elapsedMs(this.#deps.clock)
      const deadlineAt = startedAt + this.#timeoutMs(job)
      const attempt = new Attempt(job, lease, { startedAt, deadlineAt }, resolve)
      this.#running.add(attempt)
      this.#ran.add(job.type)
      this.#deadlines.moved(deadlineAt)
      this.#call(attempt).then(
        (result) => {
          left(attempt.usedUnits)
          this.#over(attempt, () => this.#returned(attempt, result))
        },
        (error: unknown) => {
          left(attempt.usedUnits)
          this.#over(attempt, () => this.#threw(attempt, error))
        },
      )
    })
  }

  /** Tells handlers to stop; those that do not within `graceMs` are given up. */
  stop(
    reason: StopReason,
    which: (attempt: Attempt) => boolean = () => true,
    graceMs: number = GRACE_MS,
  ): void {
    for (const attempt of this.#running) if (which(attempt)) this.#tellToStop(attempt, reason, graceMs)
  }

  /** The types of which an attempt was running at any time since this was asked last. */
  ranSince(): readonly string[] {
    const ran = [...this.#ran]
    this.#ran = new Set([...this.#running].map(({ job }) => job.type))
    return ran
  }

  async close(): Promise<void> {
    await this.#deadlines.close()
    await this.#failures.close()
  }

  async #call(attempt: Attempt): Promise<unknown> {
    const { job } = attempt
    const type = this.#types.get(job.type)
    if (!type) throw new Error(`No job type ${job.type} is registered here`)
    const read = readPayload(type, job.payload)
    const payload = read instanceof Promise ? await read : read
    const context = contextOf(job, payload, {
      results: (runId) => this.#deps.results(job.projectId, runId),
      parents: () => this.#deps.parents(job.jobId),
    })
    const value = type.handler(
      context,
      toolsOf(attempt, this.#deps.logger, {
        changed: () => this.#stepped(attempt),
        used: (call) => this.#deps.reporter.report(attempt, call),
        asking: () => {
          attempt.asking ??= new Asking(job, this.#deps.desk, () => this.#suspended(attempt))
          return attempt.asking
        },
      }),
    )
    return type.result === undefined ? value : resultOf(type, await value)
  }

  /** The handler has put a question: from now on its job falls asleep, at the latest when the time for that is up. */
  #suspended(attempt: Attempt): void {
    if (attempt.ended || attempt.stopped) return
    attempt.deadlineAt = Math.min(attempt.deadlineAt, elapsedMs(this.#deps.clock) + ASKED_GRACE_MS)
    this.#deadlines.moved(attempt.deadlineAt)
  }

  /** The handler has returned or thrown. Questions that are looked at yet go with those before them. */
  #over(attempt: Attempt, conclude: () => void): void {
    if (attempt.asking === undefined) conclude()
    else void attempt.asking.settled().then(conclude)
  }

  #returned(attempt: Attempt, value: unknown): void {
    if (attempt.ended) return
    const isStopped = attempt.stopped && attempt.stopped !== 'cancel'
    this.#end(
      attempt,
      isStopped || attempt.isSuspended ? this.#stopped(attempt) : this.#result(attempt, value),
    )
  }

  #threw(attempt: Attempt, error: unknown): void {
    if (attempt.ended) return
    this.#end(
      attempt,
      attempt.stopped || attempt.isSuspended
        ? this.#stopped(attempt)
        : this.#failure(attempt, classify(error, this.#deps.clock.now()), error),
    )
  }

  /** How many attempts of each type run now, and how long those took that ended lately. */
  load(): { readonly active: ReadonlyMap<string, number>; readonly took: (type: string) => DurationCounts } {
    const active = new Map<string, number>()
    for (const { job } of this.#running) active.set(job.type, (active.get(job.type) ?? 0) + 1)
    return { active, took: (type) => this.#durations.of(type, elapsedMs(this.#deps.clock)) }
  }

  #end(attempt: Attempt, outcome: Outcome | undefined): void {
    this.#running.delete(attempt)
    const now = elapsedMs(this.#deps.clock)
    this.#durations.took(attempt.job.type, now - attempt.startedAt, now)
    const kept = attempt.asking?.kept
    const isOver = outcome?.kind === 'completed' || outcome?.kind === 'cancelled'
    const whole = outcome && kept && !isOver ? { ...outcome, kept } : outcome
    attempt.end(whole && this.#deps.reporter.take(attempt, whole))
  }

  /** A handler that returns nothing gives null. */
  #result(attempt: Attempt, value: unknown): Outcome {
    const { result, issues } = keepable(value)
    if (issues.length > 0) return this.#failure(attempt, { error: invalidResult(issues) })
    const { job, step } = attempt
    return {
      kind: 'completed',
      jobId: job.jobId,
      start: job.start,
      result: result as Json,
      step,
      progress: 100,
    }
  }

  #failure(attempt: Attempt, failure: Failure, thrown?: unknown): Outcome {
    const { job, step, progress } = attempt
    const { clock, random } = this.#deps
    const { outcome, final, asksToWait } = failedOutcome(job, failure, {
      retry: this.#types.get(job.type)?.retry,
      random,
      now: clock.now(),
      step,
      progress,
    })
    const durationMs = Math.round(elapsedMs(clock) - attempt.startedAt)
    this.#failures.failed({ job, error: failure.error, durationMs, final, asksToWait, thrown })
    return outcome
  }

  /** The outcome of an attempt that was told to stop, or whose job falls asleep. */
  #stopped(attempt: Attempt): Outcome | undefined {
    const { job, step, progress, asking } = attempt
    const { jobId, start } = job
    const isMoot = attempt.stopped === 'cancel' || attempt.stopped === 'lost'
    if (asking && attempt.isSuspended && !isMoot)
      return { kind: 'asleep', jobId, start, asks: asking.asks, step, progress }
    switch (attempt.stopped) {
      case 'cancel':
        return { kind: 'cancelled', jobId, start, step, progress }
      case 'shutdown':
        return { kind: 'returned', jobId, start }
      case 'timeout': {
        const message = `The attempt took longer than ${this.#timeoutMs(job)} ms`
        return this.#failure(attempt, { error: { code: 'timeout', message, retryable: true } })
      }
      case 'lost':
      case undefined:
        return undefined
    }
  }

  /** An attempt's deadline has come: it is told to stop, or, told before, given up. */
  #expire(attempt: Attempt): void {
    if (!attempt.stopped && !attempt.isSuspended) {
      this.#tellToStop(attempt, 'timeout', GRACE_MS)
      return
    }
    const { jobId, type, attempt: number } = attempt.job
    this.#deps.logger.warn(
      { jobId, type, attempt: number, reason: attempt.stopped ?? 'asleep' },
      'A handler ignores that it was told to stop: its slot is given back without it',
    )
    this.#deps.metrics.count('muster_handlers_abandoned_total', 1, { type })
    this.#end(attempt, this.#stopped(attempt))
  }

  #tellToStop(attempt: Attempt, reason: StopReason, graceMs: number): void {
    attempt.stop(reason, elapsedMs(this.#deps.clock) + graceMs)
    this.#deadlines.moved(attempt.deadlineAt)
  }

  #timeoutMs({ type }: ActiveJob): number {
    return this.#types.get(type)?.timeoutMs ?? DEFAULT_TIMEOUT_MS
  }
}

/** The result of a type that says what its results are. @throws Error that ends the job, naming each place at fault */
async function resultOf(type: JobType, value: unknown): Promise<unknown> {
  const issues = await resultIssues(type, value ?? null)
  if (issues.length === 0) return value
  const error = invalidResult(issues)
  throw judged(new Error(error.message), { error })
}

/** A result as it is kept, and why JSON cannot carry it. */
function keepable(value: unknown): { readonly result?: unknown; readonly issues: readonly Issue[] } {
  try {
    const { value: result, issues } = jsonOf(value ?? null, ['result'])
    return { result, issues }
  } catch {
    return { issues: [{ path: 'result', message: 'cannot be read: one of its fields throws' }] }
  }
}
