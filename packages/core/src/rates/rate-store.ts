import type { ProjectId, RunId } from '../ids.ts'
import type { JobRate, RateWindow, RunRate, StepRate } from './rates.ts'

/**
 * Counts of what ends, by stretches of time. They are written by others, in the transaction in which it ends: jobs where they settle, people's moves
 * where their facts are appended.
 */
export interface RateStore {
  /** Of a project or of all (null), by time, then type; without steps in which nothing ended. */
  jobs(projectId: ProjectId | null, window: RateWindow): Promise<JobRate[]>
  /** Of a project or of all (null), by time, then step; without those in which nothing was moved. */
  steps(projectId: ProjectId | null, window: RateWindow): Promise<StepRate[]>
  /** Of a run's jobs that completed or failed, by time; without steps in which none did. */
  run(runId: RunId, window: RateWindow): Promise<RunRate[]>
  /** Puts old counts together by `RATE_THINNING` and forgets those of causes after `CAUSE_COUNTS_KEPT_MS`, at most `limit` of each kind, and says how many these were. */
  thin(now: Date, limit: number): Promise<number>
}
