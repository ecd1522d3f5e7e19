import type { JobId } from '../../ids.ts'
import type { ActiveJob, Outcome, SettleReceipt, WorkerStore } from '../worker-store.ts'
import type { JobLife, PlannedAsk, ReadAsk } from './ask.ts'

/** Where workers bring the questions of their handlers. */
export interface AskDesk {
  life(jobId: JobId): Promise<JobLife>
  /** The lives of those of the jobs to which earlier attempts have left something. */
  lives(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, JobLife>>
  /** @throws AskRefusedError naming each path */
  read(name: string, given: unknown): ReadAsk
  /** Sees whether the project can serve the question. @throws AskRefusedError naming each path */
  plan(job: Pick<ActiveJob, 'projectId'>, ask: ReadAsk): Promise<PlannedAsk>
  /** Records outcomes as {@link WorkerStore.settle} does, and in the same transaction what they ask and keep. */
  settle(request: Parameters<WorkerStore['settle']>[0]): Promise<SettleReceipt>
}

/** Whether an outcome leaves more behind than its job's row. */
export function leavesMore(outcome: Outcome): boolean {
  return outcome.kind === 'asleep' || outcome.kept !== undefined
}
