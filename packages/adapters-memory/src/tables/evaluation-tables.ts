import type { TaskId } from '@muster/core'
import type {
  CalibrationFrame,
  CalibrationId,
  CalibrationLabel,
  ComparisonId,
  Gate,
  GateId,
  KeptCalibration,
  KeptComparison,
} from '@muster/core/evaluation'
import { byAge } from '../jobs/order.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

interface LabelRow extends CalibrationLabel {
  readonly calibrationId: CalibrationId
}

/** Rows of comparisons, gates and calibrations. */
export class EvaluationTables {
  readonly comparisons
  readonly comparisonsByAge
  readonly gates
  readonly gatesByAge
  readonly calibrations
  readonly calibrationsByAge
  readonly frames
  readonly labels
  readonly labelsByCalibration

  constructor(journal: UndoJournal) {
    this.comparisons = new MemoryTable<ComparisonId, KeptComparison>(journal)
    this.comparisonsByAge = this.comparisons.index(
      ({ projectId }) => projectId,
      byAge(({ comparisonId }) => comparisonId),
    )
    this.gates = new MemoryTable<GateId, Gate>(journal)
    this.gatesByAge = this.gates.index(
      ({ projectId }) => projectId,
      byAge(({ gateId }) => gateId),
    )
    this.calibrations = new MemoryTable<CalibrationId, KeptCalibration>(journal)
    this.calibrationsByAge = this.calibrations.index(
      ({ projectId }) => projectId,
      byAge(({ calibrationId }) => calibrationId),
    )
    this.frames = new MemoryTable<CalibrationId, CalibrationFrame>(journal)
    this.labels = new MemoryTable<TaskId, LabelRow>(journal)
    this.labelsByCalibration = this.labels.index(
      ({ calibrationId }) => calibrationId,
      (a, b) => a.unit - b.unit || a.model - b.model || a.repeat - b.repeat,
    )
  }
}
