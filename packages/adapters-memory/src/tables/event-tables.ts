import type { ProjectId } from '@muster/core'
import type { Fact } from '@muster/core/feed'
import type { Answer } from '@muster/core/ports'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** The memory of a call that may be repeated. */
interface CallRow {
  readonly fingerprint: string
  readonly startedAt: Date
  /** null while it runs. */
  readonly answer: Answer | null
}

/** Rows of facts, feed heads and idempotent calls. */
export class EventTables {
  /** Key: {@link keyOf}(projectId, seq). */
  readonly facts
  readonly factsByProject
  readonly heads
  /** Made when it is first asked for. */
  epoch: string | undefined
  /** Key: {@link keyOf}(scope, key). */
  readonly calls

  constructor(journal: UndoJournal) {
    this.facts = new MemoryTable<string, Fact>(journal)
    this.factsByProject = this.facts.index(
      ({ projectId }) => projectId,
      (a, b) => a.seq - b.seq,
    )
    this.heads = new MemoryTable<ProjectId, { readonly seq: number }>(journal)
    this.calls = new MemoryTable<string, CallRow>(journal)
  }
}
