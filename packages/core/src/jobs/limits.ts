import type { JobError } from './job.ts'

/** Deaths of workers in a row that a job is blamed for. */
export const MOST_DEATHS = 5

/** The error of a job that is blamed for the deaths of its workers. */
export const WORKER_LOST: JobError = {
  code: 'worker_lost',
  message: `${MOST_DEATHS} workers in a row were lost while they did this job: they died, or computed longer than their lease without a pause`,
  retryable: true,
}

/** How long a delivery rests that was rejected so often in a row: twice as long each time, up to 5 s. */
export function deliveryRestMs(rejections: number): number {
  return Math.min(5_000, 100 * 2 ** Math.min(rejections - 1, 10))
}

/** How much of the pace that a run did not use is kept, in ms. */
export const CATCH_UP_MS = 250
