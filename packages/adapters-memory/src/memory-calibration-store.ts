import type { Json, ProjectId, TaskId } from '@muster/core'
import type {
  CalibrationFrame,
  CalibrationId,
  CalibrationLabel,
  CalibrationStore,
  EndedLabels,
  KeptCalibration,
} from '@muster/core/evaluation'
import type { NewestKey, Slice } from '@muster/core/ports'
import { sliceNewest } from './jobs/order.ts'
import type { EvaluationTables } from './tables/evaluation-tables.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Calibrations in memory. A transaction is alone, so nothing has to be held. */
export class MemoryCalibrationStore implements CalibrationStore {
  readonly #tables: EvaluationTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.evaluation
  }

  async add(calibration: KeptCalibration, frame: CalibrationFrame): Promise<void> {
    await this.save(calibration, frame)
  }

  async find(calibrationId: CalibrationId): Promise<KeptCalibration | undefined> {
    return this.#tables.calibrations.get(calibrationId)
  }

  async lock(calibrationId: CalibrationId): Promise<KeptCalibration | undefined> {
    return this.find(calibrationId)
  }

  async save(calibration: KeptCalibration, frame?: CalibrationFrame): Promise<void> {
    this.#tables.calibrations.set(calibration.calibrationId, calibration)
    if (frame) this.#tables.frames.set(calibration.calibrationId, frame)
  }

  async list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptCalibration[]> {
    return sliceNewest(this.#tables.calibrationsByAge, projectId, (each) => each.calibrationId, slice)
  }

  async findFrame(calibrationId: CalibrationId): Promise<CalibrationFrame | undefined> {
    return this.#tables.frames.get(calibrationId)
  }

  async addLabels(
    calibrationId: CalibrationId,
    labels: readonly Pick<CalibrationLabel, 'unit' | 'model' | 'repeat' | 'taskId'>[],
  ): Promise<void> {
    for (const label of labels)
      this.#tables.labels.set(label.taskId, { ...label, calibrationId, status: 'open', outcome: null })
  }

  async listLabels(calibrationId: CalibrationId): Promise<CalibrationLabel[]> {
    return this.#tables.labelsByCalibration
      .in(calibrationId)
      .map(({ calibrationId: _calibration, ...label }) => label)
  }

  async endTasks(
    taskIds: readonly TaskId[],
    status: 'completed' | 'cancelled',
    outcome: Json,
  ): Promise<EndedLabels[]> {
    const touched = new Set<CalibrationId>()
    for (const taskId of taskIds) {
      const label = this.#tables.labels.get(taskId)
      if (label?.status !== 'open') continue
      this.#tables.labels.set(taskId, { ...label, status, outcome })
      touched.add(label.calibrationId)
    }
    return [...touched].sort().flatMap((calibrationId) => {
      const calibration = this.#tables.calibrations.get(calibrationId)
      if (calibration === undefined) return []
      const labels = [...this.#tables.labelsByCalibration.in(calibrationId)]
      const waiting = labels.filter(({ status }) => status === 'open').length
      return [{ calibrationId, projectId: calibration.projectId, waiting }]
    })
  }
}
