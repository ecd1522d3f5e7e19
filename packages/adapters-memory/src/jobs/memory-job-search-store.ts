import type { JobId, ProjectId, RunId } from '@muster/core'
import {
  CAUSE_STRETCH_SECONDS,
  countMove,
  type FoundJobs,
  type JobCause,
  type JobFilter,
  type JobMove,
  type JobRecord,
  type JobSearchSlice,
  type JobSearchStore,
  type JobsMoved,
  MOST_CAUSES_LISTED,
  type OperationTally,
} from '@muster/core/operating'
import { stretchOf } from '@muster/core/runs'
import { folded } from '@muster/core/support'
import type { MemoryContext } from '../tables/tables.ts'
import { isStopped, type JobRow, toldState } from './job-row.ts'
import type { JobTables } from './job-tables.ts'
import { MemoryJobStore } from './memory-job-store.ts'
import { byText } from './order.ts'

const LAST_HOUR = [5, 4, 3, 2, 1, 0]

/** Looks at all jobs in memory. */
export class MemoryJobSearchStore implements JobSearchStore {
  readonly #tables: JobTables
  readonly #jobs: MemoryJobStore

  constructor(context: MemoryContext) {
    this.#tables = context.tables.jobs
    this.#jobs = new MemoryJobStore(context)
  }

  async find(filter: JobFilter, { limit, order, after }: JobSearchSlice): Promise<FoundJobs> {
    const sign = order === 'desc' ? -1 : 1
    const all = [...this.#tables.jobs.keys()].sort((a, b) => sign * byText(a, b))
    const rest = after === undefined ? all : all.filter((jobId) => sign * byText(jobId, after) > 0)
    const found: FoundJobs['found'][number][] = []
    let searched = 0
    for (const jobId of rest) {
      const row = this.#tables.demand(jobId)
      if (filter.projects?.includes(row.projectId) === false) continue
      searched++
      if (!this.#fits(row, filter)) continue
      const { projectId, type } = row
      found.push({ jobId, projectId, type, state: toldState(row) })
      if (found.length === limit) return { found, searched, goesOn: jobId }
    }
    return { found, searched, goesOn: null }
  }

  #fits(row: JobRow, filter: JobFilter): boolean {
    const { jobIds, state, type, runId, model, scenarioId, error, causeId, attempts, from, to } = filter
    const told = toldState(row)
    if (error !== undefined || causeId !== undefined) {
      if (told !== 'failed') return false
      if (error !== undefined && !folded(row.error?.message ?? '').includes(folded(error))) return false
      if (causeId !== undefined && this.#causeOf(row.jobId)?.causeId !== causeId) return false
    }
    return (
      (jobIds === undefined || jobIds.includes(row.jobId)) &&
      (state === undefined || state.includes(told)) &&
      (type === undefined || row.type === type) &&
      (runId === undefined || row.runId === runId) &&
      (model === undefined || row.model === model) &&
      (scenarioId === undefined || row.scenarioId === scenarioId) &&
      (attempts === undefined || (row.attempt >= attempts.least && row.attempt <= attempts.most)) &&
      (from === undefined || row.createdAt >= from.getTime()) &&
      (to === undefined || row.createdAt < to.getTime())
    )
  }

  #causeOf(jobId: JobId) {
    const key = this.#tables.failures.get(jobId)?.cause
    return key === undefined ? undefined : this.#tables.causes.get(key)
  }

  async listCauses(
    { projects, type, runId }: Parameters<JobSearchStore['listCauses']>[0],
    now: Date,
  ): Promise<JobCause[]> {
    const latest = stretchOf(now, CAUSE_STRETCH_SECONDS).getTime()
    const stretches = LAST_HOUR.map((ago) => latest - ago * CAUSE_STRETCH_SECONDS * 1_000)
    const failed = this.#failedByCause(runId)
    const causes = [...this.#tables.causes.entries()].flatMap(([key, { firstAt, ...cause }]): JobCause[] => {
      if (projects !== null && !projects.includes(cause.projectId)) return []
      if (type !== undefined && cause.type !== type) return []
      const ends = failed.get(key) ?? []
      if (runId !== undefined) return ends.length === 0 ? [] : [{ ...cause, ...toldByEnds(ends, stretches) }]
      const counts = this.#tables.causeCounts.get(key) ?? []
      const lastHour = stretches.map((stretch) => counts.find(({ at }) => at === stretch)?.count ?? 0)
      if (ends.length === 0 && lastHour.every((n) => n === 0)) return []
      const lastAt = new Date(counts.at(-1)?.lastAt ?? firstAt)
      return [{ ...cause, failed: ends.length, lastHour, firstAt: new Date(firstAt), lastAt }]
    })
    causes.sort((a, b) => b.failed - a.failed || a.causeId - b.causeId)
    return causes.slice(0, MOST_CAUSES_LISTED)
  }

  /** When those ended that are failed now, all or of one run, by the key of their cause. */
  #failedByCause(runId: RunId | undefined): Map<string, number[]> {
    const failed = new Map<string, number[]>()
    for (const [jobId, { cause }] of this.#tables.failures.entries()) {
      const row = this.#tables.demand(jobId)
      if (runId !== undefined && row.runId !== runId) continue
      const ends = failed.get(cause) ?? []
      ends.push(row.finishedAt ?? 0)
      failed.set(cause, ends)
    }
    return failed
  }

  async findRecord(jobId: JobId): Promise<JobRecord | undefined> {
    const row = this.#tables.find(jobId)
    if (row === undefined) return undefined
    const cause = this.#causeOf(jobId)
    const pace = row.runId === null ? null : this.#tables.demandRun(row.runId).config.maxJobsPerSecond
    return {
      attempts: this.#tables.attempts.get(jobId) ?? [],
      workerId: row.workerId,
      cause:
        cause === undefined ? null : { causeId: cause.causeId, code: cause.code, pattern: cause.pattern },
      paceOpensAt: pace === null ? null : new Date(row.lane.earnedAt),
    }
  }

  async moveMany(jobIds: readonly JobId[], move: JobMove, now: Date): Promise<JobsMoved> {
    const moved: Record<string, OperationTally> = {}
    const rows = jobIds.flatMap((jobId) => this.#tables.find(jobId) ?? [])
    rows.sort((a, b) => a.lane.number - b.lane.number || a.seq - b.seq)
    for (const row of rows) {
      const { jobId } = row
      const reason = this.#reasonAgainst(row, move)
      countMove(moved, row.projectId as ProjectId, reason)
      if (reason !== undefined) continue
      if (move.action === 'retry') await this.#jobs.retry(jobId, now)
      else if (move.action === 'priority') await this.#jobs.setPriority(jobId, move.priority)
      else if (toldState(row) === 'active') await this.#jobs.requestCancel(jobId)
      else await this.#jobs.cancelPending(jobId, now)
    }
    return moved
  }

  #reasonAgainst(row: JobRow, move: JobMove): string | undefined {
    const told = toldState(row)
    switch (move.action) {
      case 'retry':
        if (told !== 'failed') return told
        if (row.parents !== null) return 'parent_failed'
        return this.#reasonOfRun(row)
      case 'priority':
        if (told !== 'pending') return told
        return row.lane.priority === move.priority ? 'same_priority' : undefined
      case 'cancel':
        if (told === 'active' && isStopped(row)) return 'cancelling'
        return told === 'pending' || told === 'active' ? undefined : told
    }
  }

  /** Why nothing of the job's run is tried again. */
  #reasonOfRun({ runId }: JobRow): string | undefined {
    if (runId === null) return undefined
    const { status, config } = this.#tables.demandRun(runId)
    if (status === 'cancelled') return 'run_cancelled'
    return config.origin === undefined ? undefined : 'run_imported'
  }
}

/** A cause as the jobs that it ended tell of it. */
function toldByEnds(
  ends: readonly number[],
  stretches: readonly number[],
): Pick<JobCause, 'failed' | 'lastHour' | 'firstAt' | 'lastAt'> {
  const stretched = ends.map((end) => stretchOf(new Date(end), CAUSE_STRETCH_SECONDS).getTime())
  return {
    failed: ends.length,
    lastHour: stretches.map((at) => stretched.filter((one) => one === at).length),
    firstAt: new Date(Math.min(...ends)),
    lastAt: new Date(Math.max(...ends)),
  }
}
