import type { ProjectId, RunId } from '@muster/core'
import {
  CAUSE_COUNTS_KEPT_MS,
  type JobRate,
  RATE_THINNING,
  type RateStore,
  type RateWindow,
  type RunRate,
  type StepRate,
  stretchOf,
} from '@muster/core/runs'
import type { JobTables } from './jobs/job-tables.ts'
import { byText, keyOf } from './jobs/order.ts'
import type { JobRateRow, RateTables, StepRateRow } from './tables/rate-tables.ts'
import type { MemoryTable } from './tables/table.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Rates in memory. */
export class MemoryRateStore implements RateStore {
  readonly #tables: RateTables
  readonly #jobs: Pick<JobTables, 'causeCounts' | 'settledByRun'>

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.rates
    this.#jobs = tables.jobs
  }

  async jobs(projectId: ProjectId | null, window: RateWindow): Promise<JobRate[]> {
    const rows = within([...this.#tables.jobs.values()], projectId, window)
    const groups = Map.groupBy(rows, ({ at, type }) => keyOf(stepAt(at, window), type))
    const rates = [...groups.values()].map((group) => {
      const [{ at, type }] = group as [JobRateRow]
      return {
        type,
        at: new Date(stepAt(at, window)),
        settled: sum(group, ({ settled }) => settled),
        failed: sum(group, ({ failed }) => failed),
        retried: sum(group, ({ retried }) => retried),
        lost: sum(group, ({ lost }) => lost),
      }
    })
    return rates.sort((a, b) => a.at.getTime() - b.at.getTime() || byText(a.type, b.type))
  }

  async run(runId: RunId, { from, to, step }: RateWindow): Promise<RunRate[]> {
    const settled = this.#jobs.settledByRun.in(runId).filter(({ state, finishedAt }) => {
      const at = finishedAt ?? 0
      return state !== 'cancelled' && at >= from.getTime() && at < to.getTime()
    })
    const byTime = Map.groupBy(settled, ({ finishedAt }) =>
      stretchOf(new Date(finishedAt ?? 0), step).getTime(),
    )
    return [...byTime]
      .sort(([a], [b]) => a - b)
      .map(([at, rows]) => ({
        at: new Date(at),
        settled: rows.length,
        failed: rows.filter(({ state }) => state === 'failed').length,
      }))
  }

  async steps(projectId: ProjectId | null, window: RateWindow): Promise<StepRate[]> {
    const rows = within([...this.#tables.steps.values()], projectId, window)
    const groups = Map.groupBy(rows, ({ at, stepId, stepType }) =>
      keyOf(stepAt(at, window), stepId, stepType),
    )
    const rates = [...groups.values()].map((group) => {
      const [{ at, stepId, stepType }] = group as [StepRateRow]
      return {
        stepId,
        stepType,
        at: new Date(stepAt(at, window)),
        submitted: sum(group, ({ submitted }) => submitted),
        returned: sum(group, ({ returned }) => returned),
      }
    })
    return rates.sort(
      (a, b) =>
        a.at.getTime() - b.at.getTime() || byText(a.stepId, b.stepId) || byText(a.stepType, b.stepType),
    )
  }

  async thin(now: Date, limit: number): Promise<number> {
    const { jobs, steps } = this.#tables
    let thinned = 0
    for (const { from, to, afterMs } of RATE_THINNING) {
      const before = stretchOf(new Date(now.getTime() - afterMs), to).getTime()
      const toOf = (at: number): number => stretchOf(new Date(at), to).getTime()
      const old = <Row extends JobRateRow | StepRateRow>(table: MemoryTable<string, Row>) =>
        [...table.entries()]
          .filter(([, { grain, at }]) => grain === from && at < before)
          .sort(([, a], [, b]) => a.at - b.at)
          .slice(0, limit)
      for (const [key, row] of old(jobs)) {
        jobs.delete(key)
        this.#tables.addJobs({ ...row, grain: to, at: toOf(row.at) })
        thinned++
      }
      for (const [key, row] of old(steps)) {
        steps.delete(key)
        this.#tables.addSteps({ ...row, grain: to, at: toOf(row.at) })
        thinned++
      }
    }
    return thinned + this.#thinCauses(now.getTime() - CAUSE_COUNTS_KEPT_MS, limit)
  }

  /** Forgets counts from before, but the latest of each cause. */
  #thinCauses(before: number, limit: number): number {
    const old = [...this.#jobs.causeCounts.entries()].flatMap(([key, counts]) =>
      counts.slice(0, -1).flatMap(({ at }) => (at < before ? [{ key, at }] : [])),
    )
    old.sort((a, b) => a.at - b.at)
    const gone = old.slice(0, limit)
    for (const { key, at } of gone) {
      this.#jobs.causeCounts.set(
        key,
        (this.#jobs.causeCounts.get(key) ?? []).filter((count) => count.at !== at),
      )
    }
    return gone.length
  }
}

function within<Row extends JobRateRow | StepRateRow>(
  rows: readonly Row[],
  projectId: ProjectId | null,
  { from, to }: RateWindow,
): Row[] {
  return rows.filter(
    (row) =>
      (projectId === null || row.projectId === projectId) &&
      row.at >= from.getTime() &&
      row.at < to.getTime(),
  )
}

function stepAt(at: number, { step }: RateWindow): number {
  return stretchOf(new Date(at), step).getTime()
}

function sum<Row>(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((total, row) => total + of(row), 0)
}
