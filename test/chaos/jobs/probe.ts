import { type JobType, type Json, jobType, NotNowError } from '@muster/core'
import type { Clock } from '@muster/core/ports'
import { z } from 'zod'

export const PROBE = 'chaos:probe'

/** What the job is to do. */
const payload = z.strictObject({ nth: z.int() })

const LONGEST_MS = 1_200
const MAX_ATTEMPTS = 3

/** Of so many starts the other side asks to wait, which must not show in how a job ends. */
const ASKS_TO_WAIT = 0.1

/** How many attempts of it fail: of most none, of some one or two, of a few all. */
function failures(nth: number): number {
  if (nth % 29 === 0) return MAX_ATTEMPTS
  return nth % 7 === 0 ? 1 + (nth % 2) : 0
}

/** How the job with that number ends, whatever happens to those who do it. */
export function endOf(nth: number): {
  readonly state: 'completed' | 'failed'
  readonly attempt: number
  readonly result: Json
} {
  const fails = failures(nth)
  return fails < MAX_ATTEMPTS
    ? { state: 'completed', attempt: fails + 1, result: { square: nth * nth } }
    : { state: 'failed', attempt: MAX_ATTEMPTS, result: null }
}

/** Takes its time, fails as it should, and says when it begins and ends. */
export function probe(
  clock: Clock,
  tell: {
    readonly began: (jobId: string) => void
    /** `cut`: it was told to stop before it was done. */
    readonly ended: (jobId: string, cut: boolean) => void
  },
): JobType {
  return jobType({
    name: PROBE,
    payload,
    retry: { maxAttempts: MAX_ATTEMPTS, baseMs: 100, capMs: 1_000 },
    async handler({ jobId, payload: { nth }, attempt }, { signal, step }) {
      tell.began(jobId)
      try {
        step('wait', 1, 2)
        if (Math.random() < ASKS_TO_WAIT) throw new NotNowError()
        await clock.wait((nth * 37) % LONGEST_MS, signal)
        signal.throwIfAborted()
        if (attempt <= failures(nth)) throw new Error('It fails as it should')
        step('answer', 2, 2)
        return { square: nth * nth }
      } finally {
        tell.ended(jobId, signal.aborted)
      }
    },
  })
}
