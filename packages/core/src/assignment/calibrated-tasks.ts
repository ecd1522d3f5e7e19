import { fact, type NewFact } from '../events/event.ts'
import type { CalibrationId, ProjectId, TaskId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Task } from '../workflow/task.ts'

/** A calibration of which tasks have ended. */
export interface EndedLabels {
  readonly calibrationId: CalibrationId
  readonly projectId: ProjectId
  /** Tasks of it that are open still. */
  readonly waiting: number
}

/** The tasks that units of calibrations have become. */
export interface CalibratedTasks {
  /**
   * The tasks have ended, in this transaction: the outcome is kept with their units, once. Gives each calibration that they are of, by its id;
   * nothing for tasks of none, or that had ended.
   */
  endTasks(
    taskIds: readonly TaskId[],
    status: 'completed' | 'cancelled',
    outcome: Json,
  ): Promise<EndedLabels[]>
}

/** How the externalId of such a task begins: no other one is looked up. */
export const CALIBRATION_PREFIX = 'calibration/'

/** Tells calibrations that tasks of theirs have ended, and gives what became true. */
export async function tellCalibrations(
  { calibrations }: { readonly calibrations: CalibratedTasks },
  tasks: readonly Pick<Task, 'taskId' | 'externalId'>[],
  status: 'completed' | 'cancelled',
  outcome: Json,
): Promise<NewFact[]> {
  const theirs = tasks.filter(({ externalId }) => externalId?.startsWith(CALIBRATION_PREFIX))
  if (theirs.length === 0) return []
  const taskIds = theirs.map(({ taskId }) => taskId)
  const ended = await calibrations.endTasks(taskIds, status, outcome)
  return ended.flatMap(({ calibrationId, projectId, waiting }) =>
    waiting === 0 ? [fact(projectId, 'calibration_completed', { calibrationId })] : [],
  )
}
