import { RunStateError } from '../errors.ts'
import type { Run, RunStatus } from './run.ts'

/** The only moves of a run. `completed` → `running` is retry-failed alone; → `completed` is the last job's. */
export const RUN_MOVES: Readonly<Record<RunStatus, readonly RunStatus[]>> = {
  pending: ['running', 'paused', 'cancelled', 'completed'],
  running: ['paused', 'completed', 'cancelled'],
  paused: ['running', 'pending', 'cancelled', 'completed'],
  completed: ['running'],
  cancelled: [],
}

/** The controls of a run. */
export type RunControl = 'pause' | 'resume' | 'cancel' | 'retry_failed'

/** The effect of a control in a status: a move, nothing (the run is there already), or it is impossible. */
export type ControlEffect = 'move' | 'nothing' | 'impossible'

/** The effect of each control in each status. */
export const RUN_CONTROLS: Readonly<Record<RunControl, Readonly<Record<RunStatus, ControlEffect>>>> = {
  pause: {
    pending: 'move',
    running: 'move',
    paused: 'nothing',
    completed: 'impossible',
    cancelled: 'impossible',
  },
  resume: {
    pending: 'nothing',
    running: 'nothing',
    paused: 'move',
    completed: 'impossible',
    cancelled: 'impossible',
  },
  cancel: { pending: 'move', running: 'move', paused: 'move', completed: 'impossible', cancelled: 'nothing' },
  retry_failed: {
    pending: 'impossible',
    running: 'impossible',
    paused: 'impossible',
    completed: 'move',
    cancelled: 'impossible',
  },
}

const VERBS: Readonly<Record<RunControl, string>> = {
  pause: 'be paused',
  resume: 'be resumed',
  cancel: 'be cancelled',
  retry_failed: 'have its failed jobs retried',
}

/**
 * Where a control takes the run: its next status, or `undefined` if nothing changes. A resumed run is `running` if a job of it ever
 * started, else `pending`. Retrying the failed jobs of a run that has none changes nothing, unless it was cancelled.
 *
 * @throws RunStateError if the run cannot do that in its status
 */
export function afterControl(
  control: RunControl,
  run: Pick<Run, 'status' | 'startedAt' | 'tallies'>,
): RunStatus | undefined {
  if (control === 'retry_failed' && run.status !== 'cancelled' && run.tallies.failed === 0) return undefined
  const effect = RUN_CONTROLS[control][run.status]
  if (effect === 'impossible') throw new RunStateError(VERBS[control], run.status)
  if (effect === 'nothing') return undefined
  switch (control) {
    case 'pause':
      return 'paused'
    case 'resume':
      return run.startedAt === null ? 'pending' : 'running'
    case 'cancel':
      return 'cancelled'
    case 'retry_failed':
      return 'running'
  }
}
