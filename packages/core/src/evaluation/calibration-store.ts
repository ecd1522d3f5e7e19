import type { CalibratedTasks } from '../assignment/calibrated-tasks.ts'
import type { CalibrationId, ProjectId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { CalibrationFrame, CalibrationLabel, KeptCalibration } from './calibration.ts'

/** Keeps calibrations with what was drawn from and what people said. */
export interface CalibrationStore extends CalibratedTasks {
  add(calibration: KeptCalibration, frame: CalibrationFrame): Promise<void>
  find(calibrationId: CalibrationId): Promise<KeptCalibration | undefined>
  /** As `find`, and nobody else changes it, or ends a task of it, until the transaction ends. */
  lock(calibrationId: CalibrationId): Promise<KeptCalibration | undefined>
  /** Replaces a calibration locked before, and its frame if it is given. */
  save(calibration: KeptCalibration, frame?: CalibrationFrame): Promise<void>
  /** Newest first. */
  list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptCalibration[]>
  findFrame(calibrationId: CalibrationId): Promise<CalibrationFrame | undefined>
  /** Adds tasks of drawn units, which are open. */
  addLabels(
    calibrationId: CalibrationId,
    labels: readonly Pick<CalibrationLabel, 'unit' | 'model' | 'repeat' | 'taskId'>[],
  ): Promise<void>
  /** By unit, then model, then repeat. */
  listLabels(calibrationId: CalibrationId): Promise<CalibrationLabel[]>
}
