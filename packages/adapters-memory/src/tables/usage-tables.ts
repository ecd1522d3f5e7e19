import type { ProjectId, RunId } from '@muster/core'
import { NO_USAGE, type Price, plusUsage, type UsageSum } from '@muster/core/usage'
import { byText, keyOf } from '../jobs/order.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** The usage of calls of a model on a day, by a run's jobs or a project's loose ones. */
export interface UsageRow extends UsageSum {
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly model: string
  /** Of UTC, as `2026-11-29`. */
  readonly day: string
  /** When a call was last recorded, in ms since the epoch. */
  readonly lastAt: number
}

/** Usage by project, day, run and model; prices; and how far each reporter's reports were counted. */
export class UsageTables {
  readonly sums
  readonly sumsByRun
  readonly sumsByProject
  readonly prices
  readonly reports
  /** Models that were told to have no price, by project and day. */
  readonly unpriced
  readonly #journal: UndoJournal
  #pricesVersion = 1

  constructor(journal: UndoJournal) {
    this.#journal = journal
    this.sums = new MemoryTable<string, UsageRow>(journal)
    this.sumsByRun = this.sums.index(({ runId }) => runId ?? undefined, byDay)
    this.sumsByProject = this.sums.index(({ projectId }) => projectId, byDay)
    this.prices = new MemoryTable<string, Price>(journal)
    this.reports = new MemoryTable<string, { readonly report: number; readonly at: number }>(journal)
    this.unpriced = new MemoryTable<string, object>(journal)
  }

  /** Adds to what was used on the day of UTC. */
  count(
    { projectId, runId, model }: Pick<UsageRow, 'projectId' | 'runId' | 'model'>,
    used: UsageSum,
    now: Date,
  ): void {
    const day = dayOf(now)
    const key = keyOf(projectId, day, runId ?? '', model)
    const before = this.sums.get(key) ?? NO_USAGE
    this.sums.set(key, { projectId, runId, model, day, lastAt: now.getTime(), ...plusUsage(before, used) })
  }

  get pricesVersion(): number {
    return this.#pricesVersion
  }

  pricesChanged(): void {
    const before = this.#pricesVersion
    this.#journal.record(() => {
      this.#pricesVersion = before
    })
    this.#pricesVersion = before + 1
  }
}

/** Of UTC, as `2026-11-29`. */
export function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10)
}

function byDay(a: UsageRow, b: UsageRow): number {
  return byText(keyOf(a.day, a.runId ?? '', a.model), keyOf(b.day, b.runId ?? '', b.model))
}
