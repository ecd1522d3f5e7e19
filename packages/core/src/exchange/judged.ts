import type { NewFact } from '../events/event.ts'
import type { NewJob } from '../jobs/job.ts'
import type { ImportCreated, ImportFinding } from './import.ts'
import type { RowVerdict } from './import-store.ts'

/** The verdict on a row that is not made, and why. */
export interface Judged extends RowVerdict {
  readonly finding?: Pick<ImportFinding, 'level' | 'code' | 'message'>
}

/** All that came of writing rows. `jobs` and `facts` are still to be kept. */
export interface Written {
  readonly made: number
  readonly same: number
  /** Found only now, such as an id that was taken since the rows were checked. */
  readonly judged: readonly Judged[]
  readonly jobs: readonly NewJob[]
  readonly facts: readonly NewFact[]
  readonly created: ImportCreated
}

/** Of no rows. */
export const NOTHING_WRITTEN: Written = { made: 0, same: 0, judged: [], jobs: [], facts: [], created: {} }
