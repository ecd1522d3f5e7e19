import type { BudgetId, ProjectId, RunId } from '../ids.ts'
import { costOf, type Price } from './price.ts'

/**
 * The rules of budgets, as functions of a budget's cap and of its use. Money is in millionths of the currency unit, whole numbers. SQL repeats them in `budgets.sql`;
 * generated cases hold it to these.
 */

/** At the cap jobs wait, or all that has not begun is cancelled. */
export const AT_CAP = ['pause', 'cancel'] as const
/** One of {@link AT_CAP}. */
export type AtCap = (typeof AT_CAP)[number]

/** A run, all of a project, or what a project costs on a day of an IANA zone. */
export type BudgetScope =
  | { readonly runId: RunId }
  | { readonly projectId: ProjectId; readonly day?: string | undefined }

/** The money that there is, and how strictly it is kept. */
export interface BudgetSettings {
  readonly capMicros: number
  /** The share of the cap at which managers are warned, above 0 and at most 1. */
  readonly soft: number
  /** Nothing begins beyond the cap. A budget that is not hard only tells. */
  readonly hard: boolean
  readonly atCap: AtCap
}

/** The money that is gone or promised. */
export interface BudgetUse {
  /** The recorded cost of calls. */
  readonly spentMicros: number
  /** The estimates of attempts that run, or whose usage is on its way. */
  readonly reservedMicros: number
  /** The estimates of attempts whose worker is gone: they count as spent until a late report replaces them. */
  readonly assumedMicros: number
}

/** A budget with its use. */
export interface Budget extends BudgetSettings, BudgetUse {
  readonly budgetId: BudgetId
  readonly projectId: ProjectId
  readonly scope: BudgetScope
  /** `none`: an attempt runs under it whose cost nothing estimates. */
  readonly estimate: 'known' | 'none'
  /** Of a budget by day: the next midnight of its zone, at which `spentMicros` and `assumedMicros` become 0. */
  readonly resetsAt: Date | null
  /** It has refused a start in this period, since it was last changed. */
  readonly reached: boolean
  readonly version: number
}

/** Of nothing. */
export const UNSPENT: BudgetUse = { spentMicros: 0, reservedMicros: 0, assumedMicros: 0 }

/** Attempts of a job type and model of which the mean cost is an estimate. */
export const MEAN_OF = 100

/** The money that is neither gone nor promised; negative if attempts have cost more than they were estimated at. */
export function leftOf(
  { capMicros }: Pick<BudgetSettings, 'capMicros'>,
  { spentMicros, reservedMicros, assumedMicros }: BudgetUse,
): number {
  return capMicros - spentMicros - reservedMicros - assumedMicros
}

/** Whether an attempt of that estimate may begin: with it no more than the cap is gone or promised, and not all of it is gone. */
export function mayStart(
  settings: Pick<BudgetSettings, 'capMicros'>,
  use: BudgetUse,
  estimateMicros: number,
): boolean {
  const { spentMicros, assumedMicros } = use
  return estimateMicros <= leftOf(settings, use) && spentMicros + assumedMicros < settings.capMicros
}

/** A budget that holds jobs back. */
export interface BudgetHold {
  readonly kind: 'budget'
  /** `budget:` and its id. */
  readonly key: string
  /** Gone or promised, of so many, in millionths of the currency unit. */
  readonly used: number
  readonly of: number
  /** It opens then, or when others end or a person raises it. */
  readonly opensAt: Date | null
}

/** How the budget holds back an attempt of that estimate; null: it may begin. */
export function budgetHold(budget: Budget, estimateMicros: number): BudgetHold | null {
  if (mayStart(budget, budget, estimateMicros)) return null
  const { budgetId, capMicros, resetsAt } = budget
  const used = capMicros - leftOf(budget, budget)
  return { kind: 'budget', key: `budget:${budgetId}`, used, of: capMicros, opensAt: resetsAt }
}

/**
 * The estimate of an attempt: what the job says that it costs, else its units at the price of the model's input, else the mean of what the last attempts of its
 * type and model have cost, rounded up, else 0.
 */
export function estimateOf(
  { costMicros = 0, units = 0 }: { readonly costMicros?: number | undefined; readonly units?: number },
  price: Price | undefined,
  costs: readonly number[],
): number {
  if (costMicros > 0) return costMicros
  if (units > 0 && price) return costOf({ ...UNIT_CALL, model: price.model, input: units }, price)
  if (costs.length === 0) return 0
  return Math.ceil(costs.reduce((sum, cost) => sum + cost, 0) / costs.length)
}

const UNIT_CALL = { output: 0, cached: 0, cacheWrite: 0, reasoning: 0, costMicros: null }

/** The costs of the last {@link MEAN_OF} attempts after these. */
export function costsAfter(costs: readonly number[], ended: readonly number[]): readonly number[] {
  return [...costs, ...ended].slice(-MEAN_OF)
}

/** Whether the money that is gone has passed the share at which managers are warned. */
export function isWarned({ capMicros, soft }: BudgetSettings, { spentMicros }: BudgetUse): boolean {
  return spentMicros > 0 && spentMicros >= soft * capMicros
}
