import { fact, type NewFact } from '../events/event.ts'
import type { JobWithResult } from '../jobs/job.ts'
import type { Task } from '../workflow/task.ts'
import type { AssignmentStores } from './assignment-deps.ts'
import { tellCalibrations } from './calibrated-tasks.ts'

/** Stops the job of a task's automatic step, if one is under way, and says what that removed from the queue. */
export async function cancelJob({ jobs }: AssignmentStores, { jobId }: Task, now: Date): Promise<NewFact[]> {
  const job = jobId === null ? undefined : await jobs.lock(jobId)
  if (job?.state === 'active') await jobs.requestCancel(job.jobId)
  if (job?.state !== 'pending') return []
  await jobs.cancelPending(job.jobId, now)
  return [removed(job)]
}

/**
 * Stops the jobs of many tasks as {@link cancelJob} does, and tells jobs that asked, and runs, that the tasks are over. All locks come in their one order: the jobs, their
 * scenarios, then what counts jobs. Nothing of the tasks may be written before.
 */
export async function cancelJobs(
  { asks, jobs, jobSearch, escalations, calibrations }: AssignmentStores,
  tasks: readonly Task[],
  now: Date,
): Promise<NewFact[]> {
  const jobIds = tasks.flatMap(({ jobId }) => jobId ?? [])
  const locked = jobIds.length === 0 ? [] : await jobs.lockMany(jobIds)
  const taskIds = tasks.map(({ taskId }) => taskId)
  if (taskIds.length > 0) await asks.endTasks(taskIds, { state: 'cancelled', answer: null, by: [] }, now)
  if (taskIds.length > 0) await escalations.endTasks(taskIds, 'cancelled', null)
  const told = await tellCalibrations({ calibrations }, tasks, 'cancelled', null)
  if (jobIds.length > 0) await jobSearch.moveMany(jobIds, { action: 'cancel' }, now)
  return [...locked.flatMap((job) => (job.state === 'pending' ? removed(job) : [])), ...told]
}

function removed({ projectId, jobId: itemId, type, priority, createdBy }: JobWithResult): NewFact {
  return fact(projectId, 'queue_item_removed', { itemId, type, priority, createdBy })
}
