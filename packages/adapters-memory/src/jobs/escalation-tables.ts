import type { Run, RunId, TaskId } from '@muster/core'
import {
  type EscalatingRun,
  freshEscalation,
  type RunEscalation,
  type ScenarioEscalation,
} from '@muster/core/escalation'
import { ALL } from '../tables/people-tables.ts'
import { MemoryTable } from '../tables/table.ts'
import type { UndoJournal } from '../tables/undo-journal.ts'
import { byText, keyOf } from './order.ts'

/** A scenario of a run with a policy. */
export interface ScenarioRow extends ScenarioEscalation {
  readonly runId: RunId
  readonly place: number
  /** Jobs of it that have not settled. */
  readonly open: number
  readonly isLimited: boolean
}

/** The state of a scenario of which nothing was decided. */
export const UNDECIDED = {
  reasons: [],
  probability: null,
  order: null,
  issues: null,
  taskId: null,
  outcome: null,
  taskStatus: null,
  decidedAt: null,
  isLimited: false,
} as const

const byPlace = (a: ScenarioRow, b: ScenarioRow): number => byText(a.runId, b.runId) || a.place - b.place

/** Policies of runs, and their scenarios. */
export class EscalationTables {
  readonly runs
  readonly scenarios
  readonly byRun
  readonly ready
  readonly byTask

  constructor(journal: UndoJournal) {
    this.runs = new MemoryTable<RunId, EscalatingRun>(journal)
    this.scenarios = new MemoryTable<string, ScenarioRow>(journal)
    this.byRun = this.scenarios.index(({ runId }) => runId, byPlace)
    this.ready = this.scenarios.index(({ state }) => (state === 'ready' ? ALL : undefined), byPlace)
    this.byTask = this.scenarios.index(({ taskId }) => taskId ?? undefined, byPlace)
  }

  put(row: ScenarioRow): void {
    this.scenarios.set(keyOf(row.runId, row.place), row)
  }

  ofTask(taskId: TaskId): ScenarioRow | undefined {
    return this.byTask.in(taskId)[0]
  }

  /** A job of the scenario has settled. */
  settle(runId: RunId, place: number): void {
    const row = this.#find(runId, place)
    if (!row) return
    const open = row.open - 1
    this.put({ ...row, open, state: open === 0 && row.state === 'waiting' ? 'ready' : row.state })
  }

  /** A failed job of the scenario is tried again. */
  reopen(runId: RunId, place: number): void {
    const row = this.#find(runId, place)
    if (!row) return
    const open = row.open + 1
    this.put(row.state === 'escalated' ? { ...row, open } : { ...row, ...UNDECIDED, open, state: 'waiting' })
  }

  /** The escalation of a run with a policy. */
  told(run: Run): RunEscalation | null {
    const policy = this.runs.get(run.runId)?.rule.policy
    if (!policy) return null
    const rows = this.byRun.in(run.runId)
    const fresh = freshEscalation(policy, rows.length)
    const counts = { ...fresh, waiting: 0, tasks: { ...fresh.tasks }, byReason: { ...fresh.byReason } }
    const isOver = run.status === 'completed' || run.status === 'cancelled'
    for (const { state, reasons, taskStatus } of rows) {
      counts[state === 'waiting' && isOver ? 'notDecided' : state]++
      if (state === 'escalated') for (const reason of reasons) counts.byReason[reason]++
      if (taskStatus !== null) counts.tasks[taskStatus]++
    }
    return counts
  }

  #find(runId: RunId, place: number): ScenarioRow | undefined {
    return this.runs.has(runId) ? this.scenarios.get(keyOf(runId, place)) : undefined
  }
}
