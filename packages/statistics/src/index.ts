// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// Intervals that every part uses.
export { DEFAULT_LEVEL, meanInterval, shareInterval } from './arithmetic/interval.ts'
export type { Interval, IntervalOptions } from './arithmetic/interval.ts'

// Draws that a seed repeats.
export { shuffled, stream } from './random/stream.ts'
export type { Stream } from './random/stream.ts'
export { drawPoisson, drawUniform, unitNumber } from './random/units.ts'

// How far people agree.
export { alpha } from './agreement/alpha.ts'
export type { AlphaOptions, Difference } from './agreement/alpha.ts'
export { cohen } from './agreement/cohen.ts'
export type { CohenOptions, Kappa, KappaWeights } from './agreement/cohen.ts'
export { fleiss } from './agreement/fleiss.ts'
export type { Agreement, AgreementReason, Answer, ItemsOptions } from './agreement/items.ts'
export { percent } from './agreement/percent.ts'
export type { PercentOptions } from './agreement/percent.ts'
export { kendallDistance, rankingAgreement } from './agreement/rankings.ts'
export type { Ranking } from './agreement/rankings.ts'
export { masi } from './agreement/sets.ts'
export { spanAgreement, spanOverlap } from './agreement/spans.ts'
export type { Span, SpanAgreement, SpanOverlap } from './agreement/spans.ts'

// From many answers to one, and what they say of people and models.
export { davidson, strengthDifference } from './aggregation/davidson.ts'
export type {
  DavidsonOptions,
  Game,
  Strength,
  StrengthDifference,
  Strengths,
} from './aggregation/davidson.ts'
export { dawidSkene } from './aggregation/dawid-skene.ts'
export type { DawidSkeneFit, DawidSkeneOptions } from './aggregation/dawid-skene.ts'
export type { Fit, FitOptions } from './aggregation/fit.ts'
export type { Label, LabelColumns, Labels } from './aggregation/labels.ts'
export { mace } from './aggregation/mace.ts'
export type { MaceFit } from './aggregation/mace.ts'
export { oneCoin } from './aggregation/one-coin.ts'
export type { OneCoinFit, OneCoinOptions } from './aggregation/one-coin.ts'
export { accuracySince, posterior } from './aggregation/posterior.ts'
export type { BelievedAnswer } from './aggregation/posterior.ts'
export { majority } from './aggregation/votes.ts'

// A watch on each person's accuracy.
export { CUSUM_START, cusum, cusumAfter, cusumSteps, isAlarm, wrongPause } from './drift/cusum.ts'
export type { Cusum, CusumPolicy, CusumState, CusumSteps } from './drift/cusum.ts'
