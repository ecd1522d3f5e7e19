import type { Clock, Ids } from '@muster/core/ports'
import { JobTables } from '../jobs/job-tables.ts'
import { TaskTables } from '../tasks/task-tables.ts'
import { EvaluationTables } from './evaluation-tables.ts'
import { EventTables } from './event-tables.ts'
import { ExportTables } from './export-tables.ts'
import { ImportTables } from './import-tables.ts'
import { OperationTables } from './operation-tables.ts'
import { PeopleTables } from './people-tables.ts'
import { QualityTables } from './quality-tables.ts'
import { RateTables } from './rate-tables.ts'
import { ScheduleTables } from './schedule-tables.ts'
import { UndoJournal } from './undo-journal.ts'
import { UsageTables } from './usage-tables.ts'
import { WebhookTables } from './webhook-tables.ts'

/** All rows of one memory persistence: every store reads and writes here, whatever part it keeps. */
export class MemoryTables {
  readonly journal = new UndoJournal()
  readonly people = new PeopleTables(this.journal)
  readonly tasks = new TaskTables(this.journal)
  readonly rates = new RateTables(this.journal)
  readonly usage = new UsageTables(this.journal)
  readonly jobs = new JobTables(this.journal, this.rates, this.usage)
  readonly events = new EventTables(this.journal)
  readonly operations = new OperationTables(this.journal)
  readonly quality = new QualityTables(this.journal)
  readonly evaluation = new EvaluationTables(this.journal)
  readonly schedules = new ScheduleTables(this.journal)
  readonly imports = new ImportTables(this.journal)
  readonly exports = new ExportTables(this.journal)
  readonly webhooks = new WebhookTables(this.journal)
}

/** Dependencies of each memory store. */
export interface MemoryContext {
  readonly tables: MemoryTables
  readonly clock: Clock
  readonly ids: Ids
}
