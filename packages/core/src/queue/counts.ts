import type { JobCounts } from '../jobs/job-store.ts'

/** Counts of several types together. */
export function totalOf(counts: Iterable<JobCounts>): JobCounts {
  const total = { pending: 0, active: 0, completed: 0, failed: 0, cancelled: 0 }
  for (const one of counts) {
    total.pending += one.pending
    total.active += one.active
    total.completed += one.completed
    total.failed += one.failed
    total.cancelled += one.cancelled
  }
  return total
}
