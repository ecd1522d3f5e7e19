import type { JobId, SettledState } from '@muster/core'
import type { AwaitedRun } from '@muster/core/making'
import { ALL } from '../tables/people-tables.ts'
import { MemoryTable } from '../tables/table.ts'
import type { UndoJournal } from '../tables/undo-journal.ts'
import { byText, keyOf } from './order.ts'

interface LinkRow {
  readonly parentId: JobId
  readonly childId: JobId
  readonly place: number
  /** The number of the end up to which the child has counted its parent. */
  readonly since: number
}

interface EndRow {
  readonly no: number
  readonly jobId: JobId
  /** `again`: it is in line again. `look`: the job itself waits, and is to be looked at. */
  readonly state: SettledState | 'again' | 'look'
}

/** A job that waits for a run, or did. */
interface AwaitRow extends AwaitedRun {
  readonly jobId: JobId
  /** Whether the run came so far; null: that is open. */
  readonly isMet: boolean | null
}

/** Which jobs wait for which or for a run, and the ends that these have not counted yet. */
export class FlowTables {
  readonly byParent
  readonly byChild
  /** The ends, oldest first. */
  readonly ends
  /** The runs that jobs wait for, by job. */
  readonly awaits
  /** Those that are open, by run. */
  readonly openAwaits
  readonly #links
  readonly #ended
  readonly #endedOf
  #last = 0

  constructor(journal: UndoJournal) {
    this.#links = new MemoryTable<string, LinkRow>(journal)
    this.byParent = this.#links.index(
      ({ parentId }) => parentId,
      (a, b) => byText(a.childId, b.childId),
    )
    this.byChild = this.#links.index(
      ({ childId }) => childId,
      (a, b) => a.place - b.place,
    )
    this.awaits = new MemoryTable<JobId, AwaitRow>(journal)
    this.openAwaits = this.awaits.index(
      ({ isMet }) => (isMet === null ? ALL : undefined),
      (a, b) => byText(a.runId, b.runId) || byText(a.when, b.when) || byText(a.jobId, b.jobId),
    )
    this.#ended = new MemoryTable<number, EndRow>(journal)
    this.ends = this.#ended.index(
      () => ALL,
      (a, b) => a.no - b.no,
    )
    this.#endedOf = this.#ended.index(
      ({ jobId }) => jobId,
      (a, b) => a.no - b.no,
    )
  }

  link(parentId: JobId, childId: JobId, place: number): void {
    const since = this.#endedOf.in(parentId).at(-1)?.no ?? 0
    this.#links.set(keyOf(parentId, childId), { parentId, childId, place, since })
  }

  /** Notes the end of a job if others wait, or have waited, for it. */
  end(jobId: JobId, state: Exclude<EndRow['state'], 'look'>): void {
    if (this.byParent.in(jobId).length > 0) this.#append(jobId, state)
  }

  /** Has the next sweep look at a job that waits. */
  look(jobId: JobId): void {
    this.#append(jobId, 'look')
  }

  /** Whether an end of the job has not been counted, or the job is to be looked at. */
  isAwaited(jobId: JobId): boolean {
    return this.#endedOf.in(jobId).length > 0
  }

  /** Whether one that the job waits for is in line again, and that has not been counted. */
  isMoot(childId: JobId): boolean {
    return this.byChild
      .in(childId)
      .some(({ parentId }) => this.#endedOf.in(parentId).some(({ state }) => state === 'again'))
  }

  take({ no }: EndRow): void {
    this.#ended.delete(no)
  }

  #append(jobId: JobId, state: EndRow['state']): void {
    const no = ++this.#last
    this.#ended.set(no, { no, jobId, state })
  }
}
