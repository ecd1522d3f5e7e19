import type { JobState, QueueItem } from '@muster/core'
import type { JobWithResult } from '@muster/core/ports'

/** A job as `job_told` tells it. `state` is the column's number. */
export type JobRow = Omit<JobWithResult, 'state'> & { readonly state: number }

/** The meaning of the numbers in `job.state`: in line, active, waiting until due, in line again behind the head, how it was settled, and passed over. */
const STATES: readonly JobState[] = [
  'pending',
  'active',
  'pending',
  'pending',
  'completed',
  'failed',
  'cancelled',
  // Kept back by a limit.
  'pending',
  // Come, and in no line yet.
  'pending',
  // Behind other jobs.
  'pending',
  // Asleep until people have answered.
  'active',
]

/** The numbers in `job.state` that are one of `states`. */
export function stateNumbers(states: readonly JobState[]): number[] {
  return STATES.flatMap((state, number) => (states.includes(state) ? [number] : []))
}

/** The columns of a {@link QueueItem} of `job_told` as `t`, without its positions. */
export const ITEM = `t.job_id as "jobId", t.project_id as "projectId", t.run_id as "runId", t.task_id as "taskId", t.type, t.priority, t.state, t.attempt,
  t.max_attempts as "maxAttempts", t.available_at as "availableAt", t.step, t.percent as progress, t.error, t.model, t.scenario_id as "scenarioId", t.repeat,
  t.created_by as "createdBy", t.cancelling, t.asleep, t.usage, t.created_at as "createdAt", t.started_at as "startedAt", t.finished_at as "finishedAt"`

/** The columns of `job_told`, as `t`, for the jobs named in `by`: each looked up by its key, whatever the planner takes `job` to be. */
export function toldOf(by: string): string {
  return `cross join lateral (select * from job_told where job_told.job_id = ${by} offset 0) as t`
}

/** The columns of a {@link JobRow} of `job_told` as `t`. */
export const JOB = `${ITEM}, t.payload, t.result`

export function jobFromRow<Row extends { readonly state: number }>(
  row: Row,
): Omit<Row, 'state'> & { state: JobState } {
  const state = STATES[row.state]
  if (state === undefined) throw new Error(`job.state ${row.state} is none of ours`)
  return { ...row, state }
}

/** A row of {@link ITEM} and positions. */
export type ItemRow = Omit<QueueItem, 'state'> & { readonly state: number }
