import type { EscalationCounts } from './escalation/policy.ts'
import type { RunLink } from './links/link.ts'
import type { Run } from './run.ts'
import { waitsForRun } from './run-progress.ts'
import type { RunWaitsForView } from './run-wait.ts'

/** A link as it goes out: why scenarios were refused may tell of what they hold. */
export type RunLinkView = Omit<RunLink, 'refusals' | 'message'>

/** The link as everybody of the project sees it. */
export function linkView({ refusals: _refusals, message: _message, ...link }: RunLink): RunLinkView {
  return link
}

/** A run as it goes out, with its progress but not its rate; without the keys and budgets that it waits for, which are read by themselves, and without its policy, which may hold known answers, or why scenarios were refused. */
export function runView({ tallies, escalation, link, ratePerSecond: _rate, ...run }: Run): Omit<
  Run,
  'tallies' | 'escalation' | 'link' | 'ratePerSecond'
> & {
  readonly progress: object
  readonly escalation: EscalationCounts | null
  readonly link: RunLinkView | null
  readonly waitsFor: readonly RunWaitsForView[]
} {
  const waits = waitsForRun({ status: run.status, link })
  const { total, completed, failed, cancelled, byModel } = tallies
  const percentComplete = total === 0 ? (waits ? 0 : 100) : (100 * (completed + failed + cancelled)) / total
  const { policy: _policy, ...counts } = escalation ?? { policy: null }
  return {
    ...run,
    escalation: escalation && (counts as EscalationCounts),
    link: link && linkView(link),
    waitsFor: waits && link ? [{ kind: 'run', key: null, runId: link.parentId }] : [],
    progress: { total, completed, failed, cancelled, percentComplete, byModel },
  }
}
