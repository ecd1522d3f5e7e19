import type { ProjectId } from '@muster/core'
import type { ImportId, ImportRow, KeptFinding, KeptImport } from '@muster/core/exchange'
import { byAge } from '../jobs/order.ts'
import { ALL } from './people-tables.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** An import, with what its holders say. */
export interface KeptImportRow extends KeptImport {
  /** When something of its file came last. */
  readonly heardAt: Date
  readonly cancelAsked: boolean
}

/** Imports, the rows that wait to be written, and findings. */
export class ImportTables {
  readonly imports
  readonly byAge
  /** Those that have not ended. */
  readonly open
  /** Key: {@link keyOf}(importId, no). */
  readonly rows
  readonly rowsByImport
  /** Key: {@link keyOf}(importId, seq). */
  readonly findings
  readonly findingsByImport

  constructor(journal: UndoJournal) {
    this.imports = new MemoryTable<ImportId, KeptImportRow>(journal)
    const age = byAge<KeptImportRow>(({ importId }) => importId)
    this.byAge = this.imports.index<ProjectId>(({ projectId }) => projectId, age)
    this.open = this.imports.index(({ finishedAt }) => (finishedAt === null ? ALL : undefined), age)
    this.rows = new MemoryTable<string, ImportRow & { readonly importId: ImportId }>(journal)
    this.rowsByImport = this.rows.index<ImportId>(
      ({ importId }) => importId,
      (one, other) => one.no - other.no,
    )
    this.findings = new MemoryTable<string, KeptFinding & { readonly importId: ImportId }>(journal)
    this.findingsByImport = this.findings.index<ImportId>(
      ({ importId }) => importId,
      (one, other) => one.at - other.at || one.seq - other.seq,
    )
  }
}
