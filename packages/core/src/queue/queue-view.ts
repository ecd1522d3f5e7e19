import type { JobWithResult, QueueItem } from '../jobs/job.ts'

/** A queue item as it goes out to all members: no payload, result, model, scenarioId, repeat or usage. */
export function queueItemView(item: QueueItem): object {
  const {
    jobId,
    projectId: _project,
    taskId: _task,
    maxAttempts: _max,
    model: _model,
    scenarioId: _scenario,
    repeat: _repeat,
    usage: _usage,
    ...rest
  } = item
  const { payload: _payload, result: _result, ...shown } = rest as typeof rest & Partial<JobWithResult>
  return { itemId: jobId, ...shown }
}
