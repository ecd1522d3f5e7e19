// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// How runs and projects go.

// The pace of a run, and how long its jobs take.
export { runChange, runsFilter } from './runs/run-input.ts'
export type { RunChange } from './runs/runs.ts'
export type { ModelDurations, RunPacing, RunResultKey } from './runs/run-store.ts'

// Rates: what ended in which stretch of time.
export { CAUSE_COUNTS_KEPT_MS, RATE_GRAINS, RATE_THINNING, stepMoves, stretchOf } from './rates/rates.ts'
export type { JobRate, RateGrain, RateWindow, RunRate, StepMoves, StepRate } from './rates/rates.ts'
export type { RateStore } from './rates/rate-store.ts'
export { ratesFilter, rateUseCases } from './rates/rate-use-cases.ts'
export type { Rates, RatesRequest, RateUseCases, RunRates } from './rates/rate-use-cases.ts'

// Matrices: a run as scenarios × models.
export { cellOf, labelIn, meets, previewOf } from './runs/matrix/matrix.ts'
export type {
  MatrixCell,
  MatrixCondition,
  MatrixEntry,
  MatrixPeople,
  MatrixPointers,
  MatrixRow,
} from './runs/matrix/matrix.ts'
export type { MatrixSlice, MatrixStore } from './runs/matrix/matrix-store.ts'
export { matrixFilter, matrixPlacesFilter, matrixUseCases } from './runs/matrix/matrix-use-cases.ts'
export type {
  Matrix,
  MatrixPlaces,
  MatrixPlacesRequest,
  MatrixRequest,
  MatrixUseCases,
} from './runs/matrix/matrix-use-cases.ts'

// Runs that start after other runs.
export { LINK_WHENS } from './jobs/flows.ts'
export type { LinkWhen } from './jobs/flows.ts'
export { LINK_ENDS, LINK_STATES, MOST_REFUSALS } from './runs/links/link.ts'
export type {
  LinkEnd,
  LinkMapping,
  LinkRefusal,
  LinkState,
  RunAfter,
  RunFlowLink,
  RunLink,
} from './runs/links/link.ts'
export { meetAwaitedRuns } from './runs/links/awaited-runs.ts'
export { runStart } from './runs/links/link-input.ts'
export type {
  DueLink,
  KeptLink,
  LinkPart,
  LinkRequest,
  NewLink,
  OpenLink,
  RunLinkStore,
} from './runs/links/link-store.ts'
export { linkSweeper } from './runs/links/link-sweep.ts'
export type { LinkSweepDeps } from './runs/links/link-sweep.ts'
export { linkVerdict } from './runs/links/link-verdict.ts'
export type { RunFlow } from './runs/links/run-flow.ts'
export { linkView } from './runs/run-view.ts'
export type { RunLinkView } from './runs/run-view.ts'
export { runWaitsView } from './runs/run-wait.ts'
export type { RunWaitsFor, RunWaitsForView } from './runs/run-wait.ts'
export type { NewLinkedRun } from './runs/runs.ts'
