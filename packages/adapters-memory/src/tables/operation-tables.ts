import type { OperationId } from '@muster/core'
import type { MovedByProject, Operation } from '@muster/core/operating'
import { byText } from '../jobs/order.ts'
import { ALL } from './people-tables.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** An operation, and how far it has been worked off. */
export interface OperationRow {
  readonly operation: Operation
  readonly byProject: MovedByProject
  readonly doneTo: number
}

/** Rows of operations, and of the ids that each is about. */
export class OperationTables {
  readonly operations
  readonly running
  readonly items

  constructor(journal: UndoJournal) {
    this.operations = new MemoryTable<OperationId, OperationRow>(journal)
    this.running = this.operations.index(
      ({ operation }) => (operation.state === 'running' ? ALL : undefined),
      (a, b) => byText(a.operation.operationId, b.operation.operationId),
    )
    this.items = new MemoryTable<OperationId, readonly string[]>(journal)
  }
}
