import type { LinkWhen } from '../../jobs/flows.ts'
import type { Run } from '../run.ts'
import { isOver } from '../run-progress.ts'

/** Whether it is time for a run or a job that starts after a run: it waits on, begins, or does not, as that one was cancelled. */
export function linkVerdict(
  when: LinkWhen,
  { status, tallies, escalation }: Pick<Run, 'status' | 'tallies' | 'escalation'>,
): 'wait' | 'start' | 'cancel' {
  if (status === 'cancelled') {
    if (when !== 'ended') return 'cancel'
    // Active jobs were told to stop, and end by themselves.
    return isOver(tallies) ? 'start' : 'wait'
  }
  if (status !== 'completed') return 'wait'
  const asks = escalation !== null && escalation.ready + escalation.tasks.open > 0
  return when === 'peopleDone' && asks ? 'wait' : 'start'
}
