import {
  NO_USAGE,
  type Price,
  type PriceKey,
  type PriceList,
  plusJobUsage,
  plusUsage,
  type ReportReceipt,
  USAGE_REPORTS_KEPT_MS,
  type UsagePart,
  type UsageReport,
  type UsageSplit,
  type UsageStore,
  type UsageSum,
  type UsageWhere,
} from '@muster/core/usage'
import type { JobTables } from './jobs/job-tables.ts'
import { byText, keyOf } from './jobs/order.ts'
import type { MemoryContext } from './tables/tables.ts'
import { dayOf, type UsageRow, type UsageTables } from './tables/usage-tables.ts'

/** Usage and prices in memory. A transaction is alone, so nothing has to be held. */
export class MemoryUsageStore implements UsageStore {
  readonly #tables: UsageTables
  readonly #jobs: JobTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.usage
    this.#jobs = tables.jobs
  }

  async record(report: UsageReport, now: Date): Promise<ReportReceipt> {
    const { reports, unpriced } = this.#tables
    const counted = reports.get(report.reporterId)
    if (counted && counted.report >= report.report) return { kind: 'repeated' }
    if (report.pricesVersion !== this.#tables.pricesVersion) return { kind: 'stale' }
    if (!counted) this.#forgetReports(now)
    reports.set(report.reporterId, { report: report.report, at: now.getTime() })
    for (const { jobId, ...used } of report.jobs) {
      // As it is written, not as a cut has decided: nothing but its usage changes.
      const row = this.#jobs.jobs.get(jobId)
      if (row) this.#jobs.put({ ...row, usage: plusJobUsage(row.usage, used) })
    }
    const { budgets } = this.#jobs
    budgets.turn(now.getTime())
    for (const { projectId, runId, costMicros } of report.groups)
      budgets.spend({ projectId, runId }, costMicros)
    budgets.end(report.ended ?? [], (jobId) => this.#jobs.jobs.get(jobId))
    const day = dayOf(now)
    const told: { projectId: UsageRow['projectId']; model: string }[] = []
    for (const { projectId, runId, model, ...used } of report.groups) {
      this.#tables.count({ projectId, runId, model }, used, now)
      const missing = keyOf(projectId, day, model)
      if (used.unpriced === 0 || unpriced.has(missing)) continue
      unpriced.set(missing, {})
      told.push({ projectId, model })
    }
    told.sort((a, b) => byText(a.projectId, b.projectId) || byText(a.model, b.model))
    return { kind: 'counted', unpriced: told }
  }

  #forgetReports(now: Date): void {
    const before = now.getTime() - USAGE_REPORTS_KEPT_MS
    for (const [reporterId, { at }] of this.#tables.reports.entries()) {
      if (at < before) this.#tables.reports.delete(reporterId)
    }
  }

  async sum(
    where: UsageWhere,
    by: UsageSplit,
    limit: number,
  ): Promise<{ readonly total: UsageSum; readonly parts: readonly UsagePart[] }> {
    const rows = this.#rows(where)
    const parts = [...Map.groupBy(rows, (row) => nameOf(row, by))].map(([name, group]) => ({
      name,
      part: { ...partOf(group[0] as UsageRow, by), ...sumOf(group) },
    }))
    parts.sort(
      (a, b) =>
        b.part.costMicros - a.part.costMicros ||
        b.part.input + b.part.output - a.part.input - a.part.output ||
        byText(a.name, b.name),
    )
    return { total: sumOf(rows), parts: parts.slice(0, limit).map(({ part }) => part) }
  }

  #rows({ projectId, runId, from, to }: UsageWhere): readonly UsageRow[] {
    const { sums, sumsByRun, sumsByProject } = this.#tables
    const rows =
      runId !== undefined
        ? sumsByRun.in(runId)
        : projectId !== undefined
          ? sumsByProject.in(projectId)
          : [...sums.values()]
    return rows.filter(
      (row) =>
        (projectId === undefined || row.projectId === projectId) &&
        (from === undefined || row.day >= from) &&
        (to === undefined || row.day <= to),
    )
  }

  async findPrices(models: readonly string[]): Promise<PriceList> {
    const wanted = new Set(models)
    const prices = [...this.#tables.prices.values()].filter(({ model }) => wanted.has(model))
    return { version: this.#tables.pricesVersion, prices }
  }

  async listPrices(
    model: string | undefined,
    { limit, after }: { readonly limit: number; readonly after?: PriceKey | undefined },
  ): Promise<Price[]> {
    return [...this.#tables.prices.values()]
      .filter((price) => model === undefined || price.model === model)
      .sort((a, b) => byText(a.model, b.model) || b.from.getTime() - a.from.getTime())
      .filter(
        (price) =>
          after === undefined ||
          byText(price.model, after.model) > 0 ||
          (price.model === after.model && price.from.getTime() < after.from),
      )
      .slice(0, limit)
  }

  async lockPrices(models: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    const latest = new Map<string, Date>()
    for (const { model, lastAt } of this.#tables.sums.values()) {
      const before = latest.get(model)
      if (models.includes(model) && (!before || before.getTime() < lastAt))
        latest.set(model, new Date(lastAt))
    }
    return latest
  }

  async putPrices(prices: readonly Price[]): Promise<void> {
    for (const price of prices) this.#tables.prices.set(keyOf(price.model, price.from.getTime()), price)
    this.#tables.pricesChanged()
  }
}

function sumOf(rows: readonly UsageRow[]): UsageSum {
  return rows.reduce<UsageSum>((sum, row) => plusUsage(sum, row), NO_USAGE)
}

function nameOf({ runId, model, projectId, day }: UsageRow, by: UsageSplit): string {
  return { run: runId ?? '', model, project: projectId, day }[by]
}

function partOf({ runId, model, projectId, day }: UsageRow, by: UsageSplit): Omit<UsagePart, keyof UsageSum> {
  switch (by) {
    case 'run':
      return { runId }
    case 'model':
      return { model }
    case 'project':
      return { projectId }
    case 'day':
      return { day }
  }
}
