import type { ProjectId, Run, RunConfig, RunId, RunPriority, RunStatus, UserId } from '@muster/core'
import type { RunEscalation } from '@muster/core/escalation'
import type { Tally } from '@muster/core/ports'
import type { RunLink } from '@muster/core/runs'

/** A run as `run` keeps it: counters by the model's ordinal, and the marks that its rate is measured between. */
export interface RunRow {
  readonly runId: RunId
  readonly projectId: ProjectId
  readonly status: RunStatus
  readonly priority: RunPriority
  /** Runs that were started before runs had repeats say none. */
  readonly config: Omit<RunConfig, 'repeats'> &
    Partial<Pick<RunConfig, 'repeats'>> & { readonly definitionSnapshot: { readonly createdAt: string } }
  readonly total: number
  readonly settled: number
  readonly completed: readonly number[]
  readonly failed: readonly number[]
  readonly cancelled: readonly number[]
  readonly earlierAt: Date | null
  readonly earlierSettled: number
  readonly latestAt: Date | null
  readonly version: number
  readonly startedBy: UserId | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  readonly escalation: RunEscalation | null
  readonly link: RunLink | null
}

/** The columns of a {@link RunRow} of `run` as `r` and `project_gate` as `g`. */
export const RUN = `r.run_id as "runId", g.project_id as "projectId", r.status, r.priority, r.config, r.total, r.settled, r.completed, r.failed, r.cancelled,
  r.earlier_at as "earlierAt", r.earlier_settled as "earlierSettled", r.latest_at as "latestAt", r.version, r.created_by as "startedBy",
  r.created_at as "createdAt", r.started_at as "startedAt", r.finished_at as "finishedAt",
  escalation_told(r.run_no, r.status) as escalation, link_told(r.run_no) as link`

export function runFromRow(row: RunRow): Run {
  const { config } = row
  const { models, definitionSnapshot } = config
  const createdAt = new Date(definitionSnapshot.createdAt)
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
  const tallyOf = (model: number): Tally => ({
    total: row.total / models.length,
    completed: row.completed[model] ?? 0,
    failed: row.failed[model] ?? 0,
    cancelled: row.cancelled[model] ?? 0,
  })
  return {
    runId: row.runId,
    projectId: row.projectId,
    definitionId: definitionSnapshot.definitionId,
    status: row.status,
    priority: row.priority,
    config: {
      ...config,
      repeats: config.repeats ?? 1,
      definitionSnapshot: { ...definitionSnapshot, createdAt },
    },
    tallies: {
      total: row.total,
      completed: sum(row.completed),
      failed: sum(row.failed),
      cancelled: sum(row.cancelled),
      byModel: Object.fromEntries(models.map((model, index) => [model, tallyOf(index)])),
    },
    escalation: row.escalation,
    link: row.link,
    ratePerSecond: rateOf(row),
    version: row.version,
    startedBy: row.startedBy,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  }
}

function rateOf({ earlierAt, earlierSettled, latestAt, settled }: RunRow): number {
  const ms = earlierAt && latestAt ? latestAt.getTime() - earlierAt.getTime() : 0
  return ms > 0 ? Math.max(0, (settled - earlierSettled) / (ms / 1_000)) : 0
}
