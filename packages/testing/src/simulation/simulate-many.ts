import { type SimulationOptions, type SimulationReport, simulate } from './simulate.ts'

/** Many histories, one seed after another. */
export interface ManyOptions extends Omit<SimulationOptions, 'seed'> {
  /** How many schedules. */
  readonly seeds: number
  /** The first seed; the others follow one by one. Default 1. */
  readonly from?: number
  /** Stops after the schedule in which so many milliseconds have gone by, by the machine's clock. Default: never. */
  readonly budgetMs?: number
}

/** What many schedules came to, together. */
export interface ManyReport {
  /** Schedules that were lived; fewer than asked for only where the budget ended first. */
  readonly schedules: number
  readonly commits: number
  /** Of the machine's clock. */
  readonly schedulesPerSecond: number
  readonly counts: ReadonlyMap<string, number>
}

/**
 * Lives one schedule after another, a seed each.
 *
 * @throws SimulationError for the first in which a rule does not hold; `simulate` with its seed and the same options makes it again
 */
export async function simulateMany({
  seeds,
  from = 1,
  budgetMs = Number.POSITIVE_INFINITY,
  ...options
}: ManyOptions): Promise<ManyReport> {
  const startedAt = performance.now()
  const counts = new Map<string, number>()
  let commits = 0
  let schedules = 0
  while (schedules < seeds && performance.now() - startedAt < budgetMs) {
    const report: SimulationReport = await simulate({ ...options, seed: from + schedules })
    for (const [what, count] of report.counts) counts.set(what, (counts.get(what) ?? 0) + count)
    commits += report.commits
    schedules++
  }
  const seconds = (performance.now() - startedAt) / 1_000
  return { schedules, commits, schedulesPerSecond: schedules / seconds, counts }
}
