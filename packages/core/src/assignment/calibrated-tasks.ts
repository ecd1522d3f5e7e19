import { fact, type NewFact } from '../events/event.ts'
import type { CalibrationId, ProjectId, TaskId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Task } from '../workflow/task.ts'

/** The tasks that units of calibrations have become. */
export interface CalibratedTasks {
  /**
   * The tasks have ended, in this transaction: the outcome is kept with their units, once. Gives the calibrations that wait for no task any longer;
   * nothing for tasks of none.
   */
  endTasks(
    taskIds: readonly TaskId[],
    status: 'completed' | 'cancelled',
    outcome: Json,
  ): Promise<{ readonly calibrationId: CalibrationId; readonly projectId: ProjectId }[]>
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
  const done = await calibrations.endTasks(taskIds, status, outcome)
  return done.map(({ calibrationId, projectId }) =>
    fact(projectId, 'calibration_completed', { calibrationId }),
  )
}
