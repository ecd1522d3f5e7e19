import type { JobId, Json, ProjectId, RunId } from '@muster/core'
import type { ActiveJob, Stores } from '@muster/core/ports'
import type { Budget, BudgetId } from '@muster/core/usage'
import { must } from './violation.ts'

/** Budgets of one history are fewer. */
const MOST = 20

/** The project, and the run if there is one, that pays for a call. */
export interface Payer {
  readonly projectId: ProjectId
  readonly runId: RunId | null
}

/** A call of a provider, as its handler told of it. */
interface Call extends Payer {
  readonly micros: number
  /** The handler was told that it is counted. */
  isStored: boolean
}

/** A handler at work, and what its attempt was estimated at. */
export interface Handled {
  readonly jobId: JobId
  readonly micros: number
  readonly process: object
}

/** A budget as of the last commit, and since when it is there. */
interface Known {
  readonly budget: Budget
  /** Calls that had been told of before, and those of them that were not counted yet. */
  readonly from: number
  readonly onTheirWay: number
  /** Jobs of which an attempt has begun under it, with the handlers that were at work before. */
  readonly begun: Map<JobId, ReadonlySet<Handled>>
}

/** The rules about money, held against what handlers themselves told of their calls. */
export class BudgetRules {
  readonly #known = new Map<BudgetId, Known>()
  readonly #calls: Call[] = []
  /** Handlers that have not returned, by the process that they are in. */
  readonly #running = new Set<Handled>()
  /** A handler never returns. */
  hangs = false
  /** Budgets that have held a job back. */
  readonly reached = new Set<BudgetId>()
  /** Budgets that an attempt left money to whose worker is gone. */
  readonly assumed = new Set<BudgetId>()

  /** Budgets as of the last commit. */
  get budgets(): readonly Budget[] {
    return [...this.#known.values()].map(({ budget }) => budget)
  }

  /** A handler tells of a call; gives what to call when it is said to be counted. */
  calling(call: Payer & { readonly micros: number }): () => void {
    const told: Call = { ...call, isStored: false }
    this.#calls.push(told)
    return () => {
      told.isStored = true
    }
  }

  /** A handler begins; gives what to call when it returns. */
  running(handled: Handled): () => void {
    this.#running.add(handled)
    return () => this.#running.delete(handled)
  }

  /** The process is gone with its handlers, or about to be. */
  died(process: object): void {
    for (const handled of this.#running) if (handled.process === process) this.#running.delete(handled)
  }

  /**
   * @param isReport whether the commit counted a report of usage
   * @throws ViolationError
   */
  async look({ budgets }: Stores, begun: readonly ActiveJob[], isReport: boolean, now: Date): Promise<void> {
    const kept = await budgets.list(null, { limit: MOST }, now)
    const before = new Map(this.#known)
    this.#known.clear()
    for (const budget of kept) {
      const known = before.get(budget.budgetId) ?? this.#meet(budget)
      this.#known.set(budget.budgetId, { ...known, budget })
      this.#check(known, budget, begun, isReport)
      if (budget.reached) this.reached.add(budget.budgetId)
      if (budget.assumedMicros > 0) this.assumed.add(budget.budgetId)
    }
  }

  #meet(budget: Budget): Known {
    const open = this.#calls.filter((call) => !call.isStored && pays(budget, call))
    return {
      budget,
      from: this.#calls.length,
      onTheirWay: sum(open),
      begun: new Map(),
    }
  }

  #check(
    { budget: before, begun: earlier }: Known,
    budget: Budget,
    begun: readonly ActiveJob[],
    isReport: boolean,
  ): void {
    const { capMicros, hard, reservedMicros, assumedMicros } = budget
    const what = (): string => JSON.stringify(budget)
    const mine = begun.filter((job) => pays(budget, job))
    must('A budget is not passed', !hard || mine.length === 0 || goneOf(budget) <= capMicros, what)
    must(
      'Money comes back with a report alone',
      isReport || goneOf(budget) >= goneOf(before),
      () => `${what()} after ${goneOf(before)}`,
    )
    for (const { jobId } of mine) {
      // What begins while it only tells reserves nothing.
      if (hard) earlier.set(jobId, new Set(this.#running))
      else earlier.delete(jobId)
    }
    const running = [...this.#running].filter((one) => earlier.get(one.jobId)?.has(one) === false)
    must('Money for what runs is reserved', reservedMicros + assumedMicros >= sum(running), what)
  }

  /** Whether every attempt that began with money has told what it cost, or died; one whose handler hangs may still spend, and never tells. */
  get isSettled(): boolean {
    return this.hangs || this.budgets.every(({ reservedMicros }) => reservedMicros === 0)
  }

  /** What is true once everything has come to its end. @throws ViolationError */
  end(): void {
    for (const { budget, from, onTheirWay } of this.#known.values()) {
      const calls = this.#calls.slice(from).filter((call) => pays(budget, call))
      const least = sum(calls.filter(({ isStored }) => isStored))
      const { spentMicros } = budget
      must(
        'Money spent is what calls cost',
        least <= spentMicros && spentMicros <= sum(calls) + onTheirWay,
        () => `${JSON.stringify(budget)}, counted ${least}, told of ${sum(calls)} and ${onTheirWay}`,
      )
    }
  }
}

/** The estimate of a job of a simulation, in millionths; 0: it says none. */
export function costOf(payload: Json): number {
  return (payload as { readonly costs?: number } | null)?.costs ?? 0
}

function pays({ projectId, scope }: Budget, payer: Payer): boolean {
  return 'runId' in scope ? scope.runId === payer.runId : projectId === payer.projectId
}

function goneOf({ spentMicros, reservedMicros, assumedMicros }: Budget): number {
  return spentMicros + reservedMicros + assumedMicros
}

function sum(amounts: readonly { readonly micros: number }[]): number {
  return amounts.reduce((all, { micros }) => all + micros, 0)
}
