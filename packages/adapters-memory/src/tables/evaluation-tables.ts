import type { ComparisonId, GateId } from '@muster/core'
import type { Gate, KeptComparison } from '@muster/core/evaluation'
import { byAge } from '../jobs/order.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** Rows of comparisons and gates. */
export class EvaluationTables {
  readonly comparisons
  readonly comparisonsByAge
  readonly gates
  readonly gatesByAge

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
  }
}
