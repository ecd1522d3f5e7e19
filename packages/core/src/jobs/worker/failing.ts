import type { Random } from '../../environment.ts'
import type { RetryPolicy, StepProgress } from '../job.ts'
import { type Failure, MAX_NOT_NOW, retryDelayMs, retryPolicy } from '../retry/retry.ts'
import type { ActiveJob, Outcome } from '../worker-store.ts'

/** The end of an attempt that failed, and what may be said of it. */
export interface Failed {
  readonly outcome: Outcome
  /** There will be no other attempt. */
  readonly final: boolean
  /** The other side asks to wait, and the attempt does not count. */
  readonly asksToWait: boolean
}

/** How a failed attempt counts: whether it is tried again, when, and what cools. */
export function failedOutcome(
  job: Pick<ActiveJob, 'jobId' | 'start' | 'attempt' | 'maxAttempts' | 'notNows' | 'limitSet'>,
  { error, retryAfterMs, notNow = false, key }: Failure,
  {
    retry,
    random,
    now,
    ...reached
  }: {
    readonly retry: Partial<RetryPolicy> | undefined
    readonly random: Random
    readonly now: Date
    readonly step?: StepProgress | undefined
    readonly progress?: number | undefined
  },
): Failed {
  const how = { jobId: job.jobId, start: job.start, error, ...reached }
  const asksToWait = notNow && job.notNows < MAX_NOT_NOW
  const final = !asksToWait && (!error.retryable || job.attempt >= job.maxAttempts)
  if (final) return { outcome: { kind: 'failed', ...how }, final, asksToWait }
  const coolDown =
    notNow && job.limitSet !== null ? { key, askedMs: retryAfterMs, random: random.next() } : undefined
  if (asksToWait && coolDown) return { outcome: { kind: 'notNow', ...how, coolDown }, final, asksToWait }
  const waitMs = retryDelayMs(
    retryPolicy(retry),
    asksToWait ? job.notNows + 1 : job.attempt,
    random,
    retryAfterMs,
  )
  const availableAt = new Date(now.getTime() + waitMs)
  return {
    outcome: asksToWait
      ? { kind: 'notNow', ...how, availableAt }
      : { kind: 'retry', ...how, availableAt, notNow, coolDown },
    final,
    asksToWait,
  }
}
