import type {
  CompositionCounter,
  KnownCounter,
  LiftedPause,
  PairCounter,
  RaterCounter,
  ShareCounter,
  Watch,
} from '@muster/core/quality'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** Rows of what is counted of the quality of work, by their own fields but the numbers, as JSON. */
export class QualityTables {
  readonly compositions
  readonly pairs
  readonly shares
  readonly raters
  readonly known
  /** Key: {@link keyOf}(projectId, userId). */
  readonly watches
  /** The latest last. Key as of {@link watches}. */
  readonly lifted
  /** When it was last said that a person has run out of controls. Key as of {@link watches}. */
  readonly exhausted

  constructor(journal: UndoJournal) {
    this.compositions = new MemoryTable<string, CompositionCounter>(journal)
    this.pairs = new MemoryTable<string, PairCounter>(journal)
    this.shares = new MemoryTable<string, ShareCounter>(journal)
    this.raters = new MemoryTable<string, RaterCounter>(journal)
    this.known = new MemoryTable<string, KnownCounter>(journal)
    this.exhausted = new MemoryTable<string, { readonly at: Date }>(journal)
    this.watches = new MemoryTable<string, Watch>(journal)
    this.lifted = new MemoryTable<string, readonly LiftedPause[]>(journal)
  }
}
