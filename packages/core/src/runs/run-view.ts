import type { EscalationCounts } from './escalation/policy.ts'
import type { Run } from './run.ts'

/** A run as it goes out, with its progress but not its rate, and without its policy, which may hold known answers. */
export function runView({ tallies, escalation, ratePerSecond: _rate, ...run }: Run): Omit<
  Run,
  'tallies' | 'escalation' | 'ratePerSecond'
> & {
  readonly progress: object
  readonly escalation: EscalationCounts | null
} {
  const { total, completed, failed, cancelled, byModel } = tallies
  const percentComplete = total === 0 ? 100 : (100 * (completed + failed + cancelled)) / total
  const { policy: _policy, ...counts } = escalation ?? { policy: null }
  return {
    ...run,
    escalation: escalation && (counts as EscalationCounts),
    progress: { total, completed, failed, cancelled, percentComplete, byModel },
  }
}
