import { fact, type NewFact } from '../events/event.ts'
import type { Task } from '../workflow/task.ts'
import type { AssignmentStores } from './assignment-deps.ts'

/** Stops the job of a task's automatic step, if one is under way, and says what that removed from the queue. */
export async function cancelJob({ jobs }: AssignmentStores, { jobId }: Task, now: Date): Promise<NewFact[]> {
  const job = jobId === null ? undefined : await jobs.lock(jobId)
  if (job?.state === 'active') await jobs.requestCancel(job.jobId)
  if (job?.state !== 'pending') return []
  await jobs.cancelPending(job.jobId, now)
  const { projectId, jobId: itemId, type, priority, createdBy } = job
  return [fact(projectId, 'queue_item_removed', { itemId, type, priority, createdBy })]
}
