import { fact, type NewFact } from '../events/event.ts'
import type { NewJob } from '../jobs/job.ts'

/** Items of one call that are named one by one in the feed; of more it says how many. */
export const MAX_NAMED = 100

type Told = Pick<NewJob, 'jobId' | 'projectId' | 'type' | 'priority' | 'createdBy'>

/** The facts of items of one project that were added together; those of more than a hundred as one, which names nobody if several added them. */
export function addedFacts(jobs: readonly Told[]): NewFact[] {
  return jobs.length <= MAX_NAMED ? jobs.map(added) : addedTogether(jobs)
}

export function added({ projectId, jobId, type, priority, createdBy }: Told): NewFact {
  return fact(projectId, 'queue_item_added', { itemId: jobId, type, priority, createdBy })
}

/** One fact for all of them, which are of one project. */
export function addedTogether(jobs: readonly Told[]): NewFact[] {
  const [first] = jobs
  if (first === undefined) return []
  const types = new Map<string, number>()
  for (const { type } of jobs) types.set(type, (types.get(type) ?? 0) + 1)
  const { projectId } = first
  const createdBy = jobs.every((job) => job.createdBy === first.createdBy) ? first.createdBy : null
  const told = { count: jobs.length, types: Object.fromEntries(types), createdBy }
  return [fact(projectId, 'queue_item_added', told)]
}
