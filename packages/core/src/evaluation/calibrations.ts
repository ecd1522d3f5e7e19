import type { CalibrationId, ProjectId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { Calibration, CalibrationPlan, CalibrationUnitLine, NewCalibration } from './calibration.ts'

/** Calibrations: a drawn sample of a run, labelled by people, and the judge's score corrected by it. */
export interface CalibrationUseCases {
  /** Plans a draw, and makes nothing. @throws as `start` */
  plan(projectId: ProjectId, request: NewCalibration): Promise<CalibrationPlan>
  /**
   * Draws units of a completed run and makes a task of each for every model, in one transaction.
   * @throws ValidationError naming the place; RunStateError for a run that has not completed; ConflictError if an annotation step of the truth's
   *   project has no form
   */
  start(projectId: ProjectId, request: NewCalibration): Promise<Calibration>
  /** With what its labels say by now. @throws NotFoundError */
  get(calibrationId: CalibrationId): Promise<Calibration>
  /** Newest first. */
  list(projectId: ProjectId, request: PageRequest): Promise<Page<Calibration>>
  /** Draws more by the same seed: all that was drawn stays so. @throws NotFoundError, ValidationError; ConflictError if the run has changed, or it was cancelled */
  extend(calibrationId: CalibrationId, request: { readonly budget: number }): Promise<Calibration>
  /** Cancels its open tasks. Idempotent. @throws NotFoundError */
  cancel(calibrationId: CalibrationId): Promise<Calibration>
  /** All that was drawn from, a line for each unit and model, in the order of the scenarios. @throws NotFoundError */
  units(calibrationId: CalibrationId): AsyncIterable<CalibrationUnitLine>
}
