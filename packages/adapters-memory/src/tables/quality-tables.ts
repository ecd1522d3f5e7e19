import type { CompositionCounter, PairCounter, RaterCounter, ShareCounter } from '@muster/core/quality'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** Rows of what is counted of the quality of work, by their own fields but the numbers, as JSON. */
export class QualityTables {
  readonly compositions
  readonly pairs
  readonly shares
  readonly raters

  constructor(journal: UndoJournal) {
    this.compositions = new MemoryTable<string, CompositionCounter>(journal)
    this.pairs = new MemoryTable<string, PairCounter>(journal)
    this.shares = new MemoryTable<string, ShareCounter>(journal)
    this.raters = new MemoryTable<string, RaterCounter>(journal)
  }
}
