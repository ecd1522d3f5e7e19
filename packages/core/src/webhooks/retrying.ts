import { MAX_RETRY_AFTER_MS } from '../jobs/retry/retry-after.ts'
import type { DisabledReason, WebhookAnswer } from './webhook.ts'

const MINUTE = 60
const HOUR = 60 * MINUTE

/** From each failed try to the next, in seconds: about 75 hours in all, as Standard Webhooks advises. */
export const RETRY_SECONDS = [
  5,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const satisfies readonly number[]

/** So that receivers who come back are not met by all at once. */
const JITTER = 0.1

/** The fate of a message after a try. */
export type Verdict =
  | { readonly outcome: 'delivered' }
  | { readonly outcome: 'failed'; readonly retryInMs: number }
  | { readonly outcome: 'failed'; readonly disable: DisabledReason }

/**
 * Judges a try. 2xx delivers; 410 ends it at once; all else, no answer and redirects too, is tried again until the last try.
 * @param answer undefined: none came
 * @param failures tries of the message that had failed before
 * @param drawn uniform in [0, 1)
 */
export function judge(
  answer: Pick<WebhookAnswer, 'status' | 'retryAfterSeconds'> | undefined,
  failures: number,
  drawn: number,
): Verdict {
  const status = answer?.status ?? 0
  if (status >= 200 && status < 300) return { outcome: 'delivered' }
  if (status === 410) return { outcome: 'failed', disable: 'gone' }
  const seconds = RETRY_SECONDS[failures]
  if (seconds === undefined) return { outcome: 'failed', disable: 'exhausted' }
  const asked = Math.min(answer?.retryAfterSeconds ?? 0, MAX_RETRY_AFTER_MS / 1_000)
  const own = seconds * (1 - JITTER + 2 * JITTER * drawn)
  return { outcome: 'failed', retryInMs: Math.round(1_000 * Math.max(own, asked)) }
}
