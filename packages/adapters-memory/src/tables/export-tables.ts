import type { ProjectId } from '@muster/core'
import type { ExportId, KeptExport } from '@muster/core/exchange'
import { byAge } from '../jobs/order.ts'
import { ALL } from './people-tables.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** An export, with until when its holder has it; null: nobody holds it. */
export interface KeptExportRow extends KeptExport {
  readonly heldUntil: Date | null
}

/** Exports, and the keys of pseudonyms by project. */
export class ExportTables {
  readonly exports
  readonly byAge
  /** Those that have not ended. */
  readonly open
  readonly keys

  constructor(journal: UndoJournal) {
    this.exports = new MemoryTable<ExportId, KeptExportRow>(journal)
    const age = byAge<KeptExportRow>(({ exportId }) => exportId)
    this.byAge = this.exports.index<ProjectId>(({ projectId }) => projectId, age)
    this.open = this.exports.index(({ finishedAt }) => (finishedAt === null ? ALL : undefined), age)
    this.keys = new MemoryTable<ProjectId, { readonly key: string }>(journal)
  }
}
