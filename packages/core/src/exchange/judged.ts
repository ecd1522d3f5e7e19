import type { NewFact } from '../events/event.ts'
import type { TaskId } from '../ids.ts'
import type { NewJob } from '../jobs/job.ts'
import type { Counters } from '../quality/counters.ts'
import type { ImportCreated, ImportFinding } from './import.ts'
import type { RowVerdict } from './import-store.ts'

/** The verdict on a row that is not made, and why. */
export interface Judged extends RowVerdict {
  readonly finding?: Pick<ImportFinding, 'level' | 'code' | 'message'>
}

/** How submissions that stand with rows were judged. */
export interface JudgedSubmissions {
  readonly made: number
  readonly same: number
  /** Each with the number of its row. */
  readonly findings: readonly { readonly no: number; readonly finding: ImportFinding }[]
}

/** No submissions. */
export const NO_SUBMISSIONS: JudgedSubmissions = { made: 0, same: 0, findings: [] }

/** How rows were judged, and what stands with them. */
export interface Checked {
  /** Rows that are not made. */
  readonly judged: readonly Judged[]
  readonly submissions: JudgedSubmissions
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
  /** Added to the counters of agreement, in the name of a task. */
  readonly counted: { readonly taskId: TaskId; readonly counters: Counters } | null
}

/** Of no rows. */
export const NOTHING_WRITTEN: Written = {
  made: 0,
  same: 0,
  judged: [],
  jobs: [],
  facts: [],
  created: {},
  counted: null,
}
