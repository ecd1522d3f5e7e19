import type { Run, RunId, Scenario } from '@muster/core'
import type { LinkEnd, LinkState, OpenLink, RunLink } from '@muster/core/runs'
import { ALL } from '../tables/people-tables.ts'
import { MemoryTable } from '../tables/table.ts'
import type { UndoJournal } from '../tables/undo-journal.ts'
import { byText } from './order.ts'

/** How a run starts after another. */
export interface LinkRow extends Omit<OpenLink, 'staged'> {
  readonly stage: number
  /** Scenarios that were made. */
  readonly made: number
  readonly state: LinkState
  readonly reason: LinkEnd | null
  readonly message: string | null
}

const byRun = (a: LinkRow, b: LinkRow): number => byText(a.runId, b.runId)

/** Which runs start after which. */
export class LinkTables {
  readonly links
  readonly byParent
  /** Those whose runs have no jobs yet, by run. */
  readonly open
  readonly #staged = new Map<RunId, readonly Scenario[]>()
  readonly #journal: UndoJournal

  constructor(journal: UndoJournal) {
    this.#journal = journal
    this.links = new MemoryTable<RunId, LinkRow>(journal)
    this.byParent = this.links.index(({ parentId }) => parentId, byRun)
    this.open = this.links.index(
      ({ state }) => (state === 'waiting' || state === 'making' ? ALL : undefined),
      byRun,
    )
  }

  put(row: LinkRow): LinkRow {
    return this.links.set(row.runId, row)
  }

  /** The scenarios kept for a run that has none. */
  stagedOf(runId: RunId): readonly Scenario[] {
    return this.#staged.get(runId) ?? []
  }

  restage(runId: RunId, scenarios: readonly Scenario[]): void {
    const before = this.stagedOf(runId)
    this.#journal.record(() => this.#staged.set(runId, before))
    this.#staged.set(runId, scenarios)
  }

  /** The link of a run as the run tells it; `parentOf` reads the run before. */
  told({ runId }: Run, parentOf: (runId: RunId) => Run): RunLink | null {
    const row = this.links.get(runId)
    if (row === undefined) return null
    const { parentId, when, state, made, refused, refusals, reason, message, parentEndedAt } = row
    const isRead = state === 'made' || reason === 'nothingToDo'
    const stale = isRead && parentOf(parentId).finishedAt?.getTime() !== parentEndedAt?.getTime()
    return { parentId, when, state, made, refused, refusals, reason, message, stale }
  }
}
