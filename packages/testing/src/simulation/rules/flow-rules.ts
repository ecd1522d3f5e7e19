import type { JobId, Json } from '@muster/core'
import { type Need, type OnFailure, PARENT_FAILED_CODE } from '@muster/core/making'
import type { ActiveJob, JobWithResult } from '@muster/core/ports'
import { must } from './violation.ts'

/** What a job of a simulation says, in its payload, of those that it waits for: what is kept of it elsewhere may be wrong. */
export type Behind = {
  readonly jobs: readonly JobId[]
  readonly need: Need
  readonly onFailure: OnFailure
}

/** The rules about jobs that wait for others. */
export class FlowRules {
  /** Of each job that waits, or waited, the parents that have ended at any time since it was there. */
  readonly #ended = new Map<JobId, Set<JobId>>()

  /** @throws ViolationError if one of `begun` was to wait */
  look(begun: readonly ActiveJob[], jobs: ReadonlyMap<JobId, JobWithResult>): void {
    for (const { jobId, payload } of jobs.values()) {
      const behind = behindOf(payload)
      if (behind === undefined) continue
      const ended = this.#ended.get(jobId) ?? new Set()
      this.#ended.set(jobId, ended)
      for (const parent of behind.jobs) if (isOver(jobs.get(parent))) ended.add(parent)
    }
    for (const { jobId, payload } of begun) {
      const behind = behindOf(payload)
      if (behind === undefined) continue
      const needsAll = behind.need === 'completed' && behind.onFailure !== 'run'
      const waits = behind.jobs.filter((parent) =>
        needsAll ? jobs.get(parent)?.state !== 'completed' : !this.#ended.get(jobId)?.has(parent),
      )
      must(
        'A job begins behind those that it waits for',
        waits.length === 0,
        () => `${jobId}: ${waits.join()}`,
      )
    }
  }

  /** What is true once everything has come to its end. @throws ViolationError */
  end(jobs: ReadonlyMap<JobId, JobWithResult>): void {
    for (const { jobId, payload, error } of jobs.values()) {
      const behind = behindOf(payload)
      if (behind === undefined || error?.code !== PARENT_FAILED_CODE) continue
      const failed = behind.jobs.some((parent) => jobs.get(parent)?.state !== 'completed')
      must('A job fails for its parents only with one of them', failed, () => jobId)
    }
  }
}

function behindOf(payload: Json): Behind | undefined {
  return (payload as { readonly behind?: unknown } | null)?.behind as Behind | undefined
}

function isOver(job: JobWithResult | undefined): boolean {
  return job !== undefined && job.state !== 'pending' && job.state !== 'active'
}
