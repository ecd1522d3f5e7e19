import type { JobId, RunId } from '../ids.ts'
import type { FlowStore } from './flow-store.ts'
import type { JobError, ParentJob } from './job.ts'

/** Read by one query. */
const PAGE = 100

/** The jobs that one waited for, for its handler: in the order in which they were given. */
export function parentsOf(flows: Pick<FlowStore, 'listParents'>): (jobId: JobId) => AsyncIterable<ParentJob> {
  return async function* (jobId) {
    for (let from = 0; ; from += PAGE) {
      const page = await flows.listParents(jobId, from, PAGE)
      yield* page
      if (page.length < PAGE) return
    }
  }
}

/** Before the id of the job that did not complete. */
export const PARENT_FAILED = 'A job that it waits for did not complete:'

/** The code of {@link parentFailed}. */
export const PARENT_FAILED_CODE = 'parent_failed'

/** The error of a job that ends because of one that it waits for: of those that did not complete the first in the order given. */
export function parentFailed(jobId: JobId, type: string): JobError {
  return {
    code: PARENT_FAILED_CODE,
    message: `${PARENT_FAILED} ${jobId}`,
    retryable: false,
    details: { jobId, type },
  }
}

/** Before the id of the run that did not complete. */
export const RUN_FAILED = 'The run that it waits for did not complete:'

/** The error of a job that ends because of the run that it waits for. */
export function runFailed(runId: RunId): JobError {
  return { code: PARENT_FAILED_CODE, message: `${RUN_FAILED} ${runId}`, retryable: false }
}
