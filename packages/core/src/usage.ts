// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Usage of providers by handlers, and its cost.

export { PriceMissingError, PriceUsedError } from './errors.ts'

// For handlers.
export { usageFrom } from './usage/usage-from.ts'
export type { CallUsage, JobUsage } from './usage/usage.ts'
export type { RunResultWithUsage } from './runs/run-results.ts'

// Rules, pure.
export { countedCall, MOST_UNITS, NO_USAGE, plusJobUsage, plusUsage, USAGE_COUNTS } from './usage/usage.ts'
export type { CountedCall, UsageSum } from './usage/usage.ts'
export { costOf, HIGHEST_PRICE, priceAt } from './usage/price.ts'
export type { Price } from './usage/price.ts'

// Budgets: their rules, and what is kept of them.
export {
  AT_CAP,
  budgetHold,
  costsAfter,
  estimateOf,
  isWarned,
  leftOf,
  MEAN_OF,
  mayStart,
  UNSPENT,
} from './usage/budget.ts'
export type { BudgetId } from './ids.ts'
export type { AtCap, Budget, BudgetHold, BudgetScope, BudgetSettings, BudgetUse } from './usage/budget.ts'
export { nextMidnight } from './usage/midnight.ts'
export type { BudgetStore, CrossedBudget, JobBudgets, NewBudget } from './usage/budget-store.ts'
export { budgetUseCases } from './runs/usage/budget-use-cases.ts'
export { budgetWatch } from './runs/usage/budget-watch.ts'
export { budgetInput, newBudget } from './runs/usage/budget-input.ts'
export type { BudgetInput, BudgetUseCases, NewBudgetRequest } from './runs/usage/budgets.ts'

// Inputs of callers, and what they are told.
export { newPrices, pricesFilter, usageFilter } from './runs/usage/usage-input.ts'
export { MOST_USAGE_PARTS } from './runs/usage/usages.ts'
export type { NewPrices, RunUsage, UsageRequest, UsageUseCases, UsageView } from './runs/usage/usages.ts'

// For adapters.
export { USAGE_REPORTS_KEPT_MS, USAGE_SPLITS } from './usage/usage-store.ts'
export type {
  EndedAttempt,
  PriceKey,
  PriceList,
  ReportReceipt,
  UsageGroup,
  UsagePart,
  UsageReport,
  UsageSplit,
  UsageStore,
  UsageWhere,
} from './usage/usage-store.ts'

// For those who compose.
export { usageSink } from './jobs/worker/usage-sink.ts'
export type { UsageSink, UsageStores } from './jobs/worker/usage-sink.ts'
export { usageUseCases } from './runs/usage/usage-use-cases.ts'
