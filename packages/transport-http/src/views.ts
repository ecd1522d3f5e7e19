import type { JobWithResult, Principal, QueueItem, Run, SeenAssignment, Task } from '@muster/core'
import { atLeast } from './authority.ts'

/** An assignment as it goes out. What the viewer may not see was already taken out by core, and is left out here. */
export function assignmentView({
  slotNo: _slotNo,
  result,
  draft,
  userId,
  ...assignment
}: SeenAssignment): object {
  return {
    ...assignment,
    ...(userId === null ? {} : { userId }),
    ...(result === null ? {} : { result }),
    ...(draft === null ? {} : { draft }),
  }
}

/** A task as it goes out: its gold only to managers. */
export function taskView(task: Task, viewer: Principal): object {
  const { stepOpenedAt: _opened, returns: _returns, jobId: _job, gold, ...rest } = task
  return gold === null || !atLeast(viewer.role, 'manager') ? rest : { ...rest, gold }
}

/** A run as it goes out, with its progress but not its rate: that is `/progress`. */
export function runView({
  tallies,
  ratePerSecond: _rate,
  ...run
}: Run): Omit<Run, 'tallies' | 'ratePerSecond'> & { readonly progress: object } {
  const { total, completed, failed, cancelled, byModel } = tallies
  const percentComplete = total === 0 ? 100 : (100 * (completed + failed + cancelled)) / total
  return { ...run, progress: { total, completed, failed, cancelled, percentComplete, byModel } }
}

export function queueItemView(item: QueueItem): object {
  const {
    jobId,
    projectId: _project,
    taskId: _task,
    maxAttempts: _max,
    model: _model,
    scenarioId: _scenario,
    ...rest
  } = item
  const { payload: _payload, result: _result, ...shown } = rest as typeof rest & Partial<JobWithResult>
  return { itemId: jobId, ...shown }
}

export function jobView(job: JobWithResult): object {
  const {
    jobId,
    runId,
    type,
    model,
    scenarioId,
    state,
    priority,
    attempt,
    maxAttempts,
    createdAt,
    startedAt,
    finishedAt,
    result,
    error,
  } = job
  return {
    jobId,
    runId,
    type,
    model,
    scenarioId,
    state,
    priority,
    attempt,
    maxAttempts,
    createdAt,
    startedAt,
    finishedAt,
    result,
    error,
  }
}
