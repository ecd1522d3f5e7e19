import { rulesFor, write } from '../assignment/task/locked-task.ts'
import { settledWork } from '../assignment/task/settled-task.ts'
import { cancelTask } from '../assignment/task/task-work.ts'
import { fact, type NewFact } from '../events/event.ts'
import type { JobId } from '../ids.ts'
import { lifeOf } from '../jobs/asks/ask-store.ts'
import type { AskDeps } from './ask-desk.ts'

/**
 * Cancels a job that is asleep with the tasks that it waits for, in one transaction: first the tasks, then the job. Says whether it was asleep; if it has begun again meanwhile,
 * nothing was done.
 */
export async function cancelSleeper(deps: AskDeps, jobId: JobId): Promise<boolean> {
  const { transactions, clock } = deps
  const { asks } = await lifeOf(transactions.stores.asks, jobId)
  const taskIds = asks.flatMap(({ state, taskId }) => (state === 'open' ? taskId : []))
  // A submission whose moment has come goes through first: it is no draft by a cancel that comes later.
  for (const taskId of taskIds) await settledWork(deps, taskId)
  return transactions.transaction(async (stores) => {
    const now = clock.now()
    const works = taskIds.length === 0 ? [] : await stores.tasks.lockWorks(taskIds)
    const facts: NewFact[] = []
    for (const work of works) {
      if (work.task.status !== 'open') continue
      const rules = await rulesFor(stores, deps, work.task, now)
      // The end of the last open question wakes the job, which is what is cancelled then.
      const written = await write(stores, deps, work, cancelTask(work, rules), now)
      facts.push(...written.facts)
    }
    const job = await stores.jobs.lock(jobId)
    if (job?.asleep !== true) return false
    await stores.jobs.cancelPending(jobId, now)
    const { projectId, runId, type, priority, createdBy } = job
    const data =
      runId === null ? { itemId: jobId, type, priority, createdBy } : { runId, count: 1, createdBy }
    await stores.events.append([...facts, fact(projectId, 'queue_item_removed', data)])
    return true
  })
}
