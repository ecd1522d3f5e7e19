import type { Clock, Logger, Metrics, Random } from '../../environment.ts'
import type { ProjectId, RunId } from '../../ids.ts'
import { type Json, jsonOf } from '../../json/json.ts'
import { elapsedMs } from '../../time.ts'
import type { JobType, RunResult } from '../job.ts'
import { readPayload } from '../payload.ts'
import type { DurationCounts } from '../processes/durations.ts'
import { classify, type Failure, MAX_NOT_NOW, retryDelayMs, retryPolicy } from '../retry/retry.ts'
import type { ActiveJob, Outcome } from '../worker-store.ts'
import { Attempt, contextOf, type StopReason, toolsOf } from './attempt.ts'
import { AttemptDurations } from './attempt-durations.ts'
import { Deadlines } from './deadlines.ts'
import { FailureLog } from './failure-log.ts'
import type { Lease } from './lease.ts'
import { type UsageReporter, unitsOf } from './usage-reporter.ts'

/** How long an attempt may take if its type says nothing. */
export const DEFAULT_TIMEOUT_MS = 300_000

/** How long a handler that was told to stop may take to do so; then its slot is given back without it. */
export const GRACE_MS = 5_000

interface Deps {
  /** Reads the results of a run of the project, for handlers. */
  readonly results: (projectId: ProjectId, runId: RunId) => AsyncIterable<RunResult>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly reporter: UsageReporter
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
          left(usedBy(attempt))
          this.#returned(attempt, result)
        },
        (error: unknown) => {
          left(usedBy(attempt))
          this.#threw(attempt, error)
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
    const context = contextOf(job, payload, (runId) => this.#deps.results(job.projectId, runId))
    return type.handler(
      context,
      toolsOf(attempt, this.#deps.logger, {
        changed: () => this.#stepped(attempt),
        used: (call) => this.#deps.reporter.report(attempt, call),
      }),
    )
  }

  #returned(attempt: Attempt, value: unknown): void {
    if (attempt.ended) return
    this.#end(
      attempt,
      attempt.stopped && attempt.stopped !== 'cancel' ? this.#stopped(attempt) : this.#result(attempt, value),
    )
  }

  #threw(attempt: Attempt, error: unknown): void {
    if (attempt.ended) return
    this.#end(
      attempt,
      attempt.stopped
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
    attempt.end(outcome && this.#deps.reporter.take(attempt, outcome))
  }

  /** A handler that returns nothing gives null. */
  #result(attempt: Attempt, value: unknown): Outcome {
    const { result, message } = keepable(value)
    if (message !== undefined) {
      return this.#failure(attempt, { error: { code: 'invalid_result', message, retryable: false } })
    }
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

  #failure(attempt: Attempt, { error, retryAfterMs, notNow = false }: Failure, thrown?: unknown): Outcome {
    const { job, step, progress } = attempt
    const { clock, random } = this.#deps
    const how = { jobId: job.jobId, start: job.start, error, step, progress }
    const waits = notNow && job.notNows < MAX_NOT_NOW
    const final = !waits && (!error.retryable || job.attempt >= job.maxAttempts)
    const durationMs = Math.round(elapsedMs(clock) - attempt.startedAt)
    this.#failures.failed({ job, error, durationMs, final, asksToWait: waits, thrown })
    if (final) return { kind: 'failed', ...how }
    const policy = retryPolicy(this.#types.get(job.type)?.retry)
    const waitMs = retryDelayMs(policy, waits ? job.notNows + 1 : job.attempt, random, retryAfterMs)
    const availableAt = new Date(clock.now().getTime() + waitMs)
    return waits ? { kind: 'notNow', ...how, availableAt } : { kind: 'retry', ...how, availableAt, notNow }
  }

  /** The outcome of an attempt that was told to stop. */
  #stopped(attempt: Attempt): Outcome | undefined {
    const { job, step, progress } = attempt
    const { jobId, start } = job
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
    if (!attempt.stopped) {
      this.#tellToStop(attempt, 'timeout', GRACE_MS)
      return
    }
    const { jobId, type, attempt: number } = attempt.job
    this.#deps.logger.warn(
      { jobId, type, attempt: number, reason: attempt.stopped },
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

/** The units of all calls that the attempt told of; nothing if it told of none. */
function usedBy({ calls }: Attempt): number | undefined {
  return calls?.reduce((sum, { counted }) => sum + unitsOf(counted), 0)
}

/** A result as it is kept, or why JSON cannot carry it. */
function keepable(value: unknown): { readonly result?: unknown; readonly message?: string } {
  try {
    const { value: result, issues } = jsonOf(value ?? null, ['result'])
    if (issues.length === 0) return { result }
    return { message: issues.map(({ path, message }) => `${path} ${message}`).join('; ') }
  } catch {
    return { message: 'result cannot be read: one of its fields throws' }
  }
}
