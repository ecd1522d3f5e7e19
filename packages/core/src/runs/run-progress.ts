import type { Run, RunTallies, Tally } from './run.ts'
import type { RunProgress } from './runs.ts'

/** Jobs that ended, one way or the other. */
export function settledOf({ completed, failed, cancelled }: Tally): number {
  return completed + failed + cancelled
}

/** Whether the last job of a run has ended: it then completes, unless it was cancelled. */
export function isOver(tally: Tally): boolean {
  return settledOf(tally) === tally.total
}

/** Whether the run has no jobs yet, because of the run that it starts after. */
export function waitsForRun({ status, link }: Pick<Run, 'status' | 'link'>): boolean {
  return status !== 'cancelled' && (link?.state === 'waiting' || link?.state === 'making')
}

/** 100 · settled / total. */
export function percentComplete(tally: Tally): number {
  return tally.total === 0 ? 0 : (100 * settledOf(tally)) / tally.total
}

/** How far a run is. `etaSeconds` is what is left at the present rate; null while nothing moves, 0 at the end. */
export function progressOf(run: Run): RunProgress {
  const { tallies, status } = run
  const left = tallies.total - settledOf(tallies)
  const moving = status === 'running' && run.ratePerSecond > 0
  return {
    runId: run.runId,
    status,
    ...tallies,
    percentComplete: percentComplete(tallies),
    ratePerSecond: run.ratePerSecond,
    etaSeconds: left === 0 && !waitsForRun(run) ? 0 : moving ? left / run.ratePerSecond : null,
  }
}

/** The counters of a run before anything has happened: so many jobs for each model. */
export function freshTallies(models: readonly string[], jobs: number): RunTallies {
  const none = { completed: 0, failed: 0, cancelled: 0 }
  return {
    total: jobs * models.length,
    ...none,
    byModel: Object.fromEntries(models.map((model) => [model, { total: jobs, ...none }])),
  }
}
