import type { JobId } from '@muster/core'
import type { WorkerId } from '@muster/core/ports'
import {
  type Budget,
  type BudgetId,
  type BudgetUse,
  costsAfter,
  type EndedAttempt,
  estimateOf,
  isWarned,
  mayStart,
  type NewBudget,
  nextMidnight,
  priceAt,
  UNSPENT,
} from '@muster/core/usage'
import { MemoryTable } from '../tables/table.ts'
import type { UndoJournal } from '../tables/undo-journal.ts'
import type { UsageTables } from '../tables/usage-tables.ts'
import type { JobRow } from './job-row.ts'
import type { Lane } from './lane.ts'
import { byText, keyOf } from './order.ts'

interface BudgetRow extends NewBudget, BudgetUse {
  /** In ms; null: never. */
  readonly resetsAt: number | null
  readonly version: number
  /** It has refused a start, and managers were told of that and of its soft share. */
  readonly reached: boolean
  readonly toldReached: boolean
  readonly toldWarned: boolean
}

/** The reserve of an attempt under one budget. */
interface Reserve {
  readonly budgetId: BudgetId
  readonly jobId: JobId
  readonly start: number
  readonly workerId: WorkerId
  readonly micros: number
  /** Its worker is gone. */
  readonly assumed: boolean
}

/** Cleared by a new period, and by a change. */
const UNTOLD = { reached: false, toldReached: false, toldWarned: false }

/** Budgets, what is reserved under them, and what attempts of a type and model have cost. */
export class BudgetTables {
  readonly budgets
  readonly #reserves
  readonly #reservesByWorker
  readonly #reservesByBudget
  readonly #costs
  readonly #usage: UsageTables

  constructor(journal: UndoJournal, usage: UsageTables) {
    this.#usage = usage
    this.budgets = new MemoryTable<BudgetId, BudgetRow>(journal)
    this.#reserves = new MemoryTable<string, Reserve>(journal)
    const byKey = (a: Reserve, b: Reserve): number => byText(reserveKey(a), reserveKey(b))
    this.#reservesByWorker = this.#reserves.index(({ workerId }) => workerId, byKey)
    this.#reservesByBudget = this.#reserves.index(({ budgetId }) => budgetId, byKey)
    this.#costs = new MemoryTable<string, readonly number[]>(journal)
  }

  add(budget: NewBudget, now: number): void {
    const zone = 'projectId' in budget.scope ? budget.scope.day : undefined
    const resetsAt = zone === undefined ? null : nextMidnight(zone, now)
    this.budgets.set(budget.budgetId, { ...budget, ...UNSPENT, resetsAt, version: 1, ...UNTOLD })
  }

  /** The budget with other fields, of which nobody was told yet. */
  change(row: BudgetRow, fields: Partial<BudgetRow>): void {
    this.budgets.set(row.budgetId, { ...row, ...fields, ...UNTOLD, version: row.version + 1 })
  }

  remove(budgetId: BudgetId): void {
    for (const reserve of this.#reservesByBudget.in(budgetId).slice())
      this.#reserves.delete(reserveKey(reserve))
    this.budgets.delete(budgetId)
  }

  /** Those that count what jobs of the lane cost. */
  of({ projectId, runId }: Pick<Lane, 'projectId' | 'runId'>): BudgetRow[] {
    return [...this.budgets.values()].filter((budget) =>
      'runId' in budget.scope ? budget.scope.runId === runId : budget.projectId === projectId,
    )
  }

  /** Those that may hold jobs of the lane back, in the order in which they were made. */
  hardOf(lane: Pick<Lane, 'projectId' | 'runId'>): BudgetRow[] {
    return this.of(lane).filter(({ hard }) => hard)
  }

  /** Budgets whose day is over begin anew. */
  turn(now: number): void {
    for (const budget of this.budgets.values()) {
      const { resetsAt, scope, budgetId } = budget
      if (resetsAt === null || resetsAt > now || !('projectId' in scope) || scope.day === undefined) continue
      const { reservedMicros } = budget
      const next = nextMidnight(scope.day, now)
      this.budgets.set(budgetId, { ...budget, ...UNSPENT, reservedMicros, ...UNTOLD, resetsAt: next })
      for (const reserve of this.#reservesByBudget.in(budgetId).slice())
        if (reserve.assumed) this.#reserves.delete(reserveKey(reserve))
    }
  }

  /** The estimate of the job's next attempt; `set` says what it itself estimates. */
  estimate(
    { type, model }: JobRow,
    set: { readonly units: number; readonly costMicros?: number | undefined } | undefined,
    now: number,
  ): number {
    const prices = [...this.#usage.prices.values()]
    const price = model === null ? undefined : priceAt(prices, model, new Date(now))
    return estimateOf(set ?? {}, price, this.#costs.get(keyOf(type, model ?? '')) ?? [])
  }

  /** The first hard budget that refuses a start of that estimate; it has been reached then. */
  refusing(lane: Lane, estimateMicros: number): BudgetId | undefined {
    const refuses = this.hardOf(lane).find((budget) => !mayStart(budget, budget, estimateMicros))
    if (refuses && !refuses.reached) this.budgets.set(refuses.budgetId, { ...refuses, reached: true })
    return refuses?.budgetId
  }

  /** The next attempt of the job reserves its estimate under each of its hard budgets. */
  reserve(row: JobRow, workerId: WorkerId, micros: number): void {
    for (const budget of this.hardOf(row.lane)) {
      const { budgetId } = budget
      const reserve = { budgetId, jobId: row.jobId, start: row.starts, workerId, micros, assumed: false }
      this.#reserves.set(reserveKey(reserve), reserve)
      this.budgets.set(budgetId, { ...budget, reservedMicros: budget.reservedMicros + micros })
    }
  }

  /** Whether the job's attempt has reserved. */
  reserves({ jobId, starts }: JobRow): boolean {
    return [...this.budgets.keys()].some((budgetId) =>
      this.#reserves.has(reserveKey({ budgetId, jobId, start: starts })),
    )
  }

  /** The reserves of the worker are assumed from now on. */
  bury(workerId: WorkerId): void {
    for (const reserve of this.#reservesByWorker.in(workerId).slice()) {
      if (reserve.assumed) continue
      this.#reserves.set(reserveKey(reserve), { ...reserve, assumed: true })
      this.#move(reserve.budgetId, -reserve.micros, reserve.micros)
    }
  }

  /** Calls have cost so much. */
  spend(of: Pick<Lane, 'projectId' | 'runId'>, costMicros: number): void {
    for (const budget of this.of(of))
      this.budgets.set(budget.budgetId, { ...budget, spentMicros: budget.spentMicros + costMicros })
  }

  /** All that the attempts used is recorded. */
  end(ended: readonly EndedAttempt[], jobOf: (jobId: JobId) => JobRow | undefined): void {
    const costs = new Map<string, number[]>()
    for (const { jobId, start, costMicros } of ended) {
      for (const budgetId of this.budgets.keys()) {
        const reserve = this.#reserves.get(reserveKey({ budgetId, jobId, start }))
        if (!reserve) continue
        this.#reserves.delete(reserveKey(reserve))
        const { micros, assumed } = reserve
        this.#move(budgetId, assumed ? 0 : -micros, assumed ? -micros : 0)
      }
      const job = jobOf(jobId)
      if (!job || costMicros === null) continue
      const key = keyOf(job.type, job.model ?? '')
      costs.set(key, [...(costs.get(key) ?? []), costMicros])
    }
    for (const [key, more] of costs) this.#costs.set(key, costsAfter(this.#costs.get(key) ?? [], more))
  }

  #move(budgetId: BudgetId, reserved: number, assumed: number): void {
    const budget = this.budgets.get(budgetId)
    if (!budget) return
    const { reservedMicros, assumedMicros } = budget
    this.budgets.set(budgetId, {
      ...budget,
      reservedMicros: reservedMicros + reserved,
      assumedMicros: assumedMicros + assumed,
    })
  }

  /** The budget as it is told. */
  told(row: BudgetRow): Budget {
    const { resetsAt, toldReached: _reached, toldWarned: _warned, ...budget } = row
    const blind = this.#reservesByBudget
      .in(row.budgetId)
      .some(({ micros, assumed }) => micros === 0 && !assumed)
    return {
      ...budget,
      estimate: blind ? 'none' : 'known',
      resetsAt: resetsAt === null ? null : new Date(resetsAt),
    }
  }

  /** Those that have come to their soft share or their cap and of which nobody was told. */
  crossed(limit: number): { readonly row: BudgetRow; readonly warned: boolean; readonly reached: boolean }[] {
    return [...this.budgets.values()]
      .map((row) => ({
        row,
        warned: !row.toldWarned && isWarned(row, row),
        reached: !row.toldReached && row.reached,
      }))
      .filter(({ warned, reached }) => warned || reached)
      .slice(0, limit)
  }

  /** As {@link BudgetTables.crossed}; they count as told. */
  takeCrossed(limit: number): ReturnType<BudgetTables['crossed']> {
    const crossed = this.crossed(limit)
    for (const { row, warned, reached } of crossed) {
      const toldWarned = row.toldWarned || warned
      this.budgets.set(row.budgetId, { ...row, toldWarned, toldReached: row.toldReached || reached })
    }
    return crossed
  }
}

function reserveKey({ budgetId, jobId, start }: Pick<Reserve, 'budgetId' | 'jobId' | 'start'>): string {
  return keyOf(budgetId, jobId, start)
}
