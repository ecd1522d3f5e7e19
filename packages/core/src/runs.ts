// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// How runs and projects go.

// The pace of a run, and how long its jobs take.
export type { ModelDurations, RunPacing } from './runs/run-store.ts'

// Rates: what ended in which stretch of time.
export { RATE_GRAINS, RATE_THINNING, stepMoves, stretchOf } from './rates/rates.ts'
export type { JobRate, RateGrain, RateWindow, StepMoves, StepRate } from './rates/rates.ts'
export type { RateStore } from './rates/rate-store.ts'
export { ratesFilter, rateUseCases } from './rates/rate-use-cases.ts'
export type { Rates, RatesRequest, RateUseCases } from './rates/rate-use-cases.ts'
