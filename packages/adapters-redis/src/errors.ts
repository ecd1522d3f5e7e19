import { MusterError, plainError, QueueError, Unavailable } from '@muster/core'

/** What errors of this adapter name as away. */
export const BACKEND = 'redis'

/** What ioredis, BullMQ and Redis say when the server cannot be reached, is not ready, or does not answer in time. */
const AWAY =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|Connection is closed|Stream isn't writeable|Command timed out|max retries per request|^(LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|READONLY|TRYAGAIN) |None of startup nodes is available|Failed to refresh slots cache/

/** Whether `error` means that Redis is away for now: the clients reconnect by themselves. */
export function isAway(error: unknown): boolean {
  return (
    error instanceof Error && (AWAY.test(error.message) || ('code' in error && AWAY.test(String(error.code))))
  )
}

/** What the job queue could not do, in our words. The vendor's, as a plain error, is the `cause`: commands carry passwords. */
export function toQueueError(error: unknown): MusterError {
  if (error instanceof MusterError) return error
  const why = isAway(error) ? 'Redis is away' : 'Redis refused'
  return new QueueError(
    `The job queue takes nothing: ${why}`,
    {},
    { cause: plainError(error), backend: BACKEND },
  )
}

/** What cannot be had without Redis, in our words. The vendor's, as a plain error, is the `cause`: commands carry passwords. */
export function toUnavailable(what: string, error: unknown): MusterError {
  if (error instanceof MusterError) return error
  return new Unavailable(what, { retryAfterSeconds: 1 }, { cause: plainError(error), backend: BACKEND })
}
