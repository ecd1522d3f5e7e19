// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// Arithmetic that is the same on every engine.
export { exp, ln } from './arithmetic/ln-exp.ts'
export { lnGamma } from './arithmetic/ln-gamma.ts'
export { normalQuantile, normalUpper } from './arithmetic/normal.ts'
export { tQuantile, tUpper } from './arithmetic/student.ts'
export { betaQuantile } from './arithmetic/beta.ts'
export { binomialHalfLower } from './arithmetic/binomial.ts'
export { sum } from './arithmetic/sum.ts'

// Intervals that every part uses.
export { meanInterval, shareInterval } from './arithmetic/interval.ts'
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
