import type { Run } from './run.ts'

/** A run as it goes out, with its progress but not its rate. */
export function runView({
  tallies,
  ratePerSecond: _rate,
  ...run
}: Run): Omit<Run, 'tallies' | 'ratePerSecond'> & { readonly progress: object } {
  const { total, completed, failed, cancelled, byModel } = tallies
  const percentComplete = total === 0 ? 100 : (100 * (completed + failed + cancelled)) / total
  return { ...run, progress: { total, completed, failed, cancelled, percentComplete, byModel } }
}
