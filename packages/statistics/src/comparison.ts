// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

// A metric of two models on their pairs, and what all metrics of a comparison decide.
export { compareMetric, compareMetricSteps, summary, verdicts } from './comparison/compare.ts'
export type {
  CompareOptions,
  InconclusiveReason,
  MetricComparison,
  MetricKind,
  MetricSummary,
  MetricVerdict,
  PairColumns,
} from './comparison/compare.ts'
export type { Steps } from './comparison/steps.ts'
export { benjaminiHochberg, holm } from './comparison/correction.ts'

// Whether to ship.
export { gate } from './comparison/gate.ts'
export type { GateDecision, GateRule, GateVerdict, Tier } from './comparison/gate.ts'
export { bootstrapMarginTests, floorTests, marginTests, minimumDetectable } from './comparison/margins.ts'
export type { Better, FloorOptions, MarginTests, Pivot, PowerOptions } from './comparison/margins.ts'

// The tests and intervals that a comparison is made of.
export { clusterBootstrap } from './comparison/bootstrap.ts'
export type { Aggregate, Bootstrapped, BootstrapOptions, Pair } from './comparison/bootstrap.ts'
export { clusterT, pairedT } from './comparison/paired-means.ts'
export type { ClusteredDifference, MeanDifference } from './comparison/paired-means.ts'
export { signFlips } from './comparison/sign-flips.ts'
export type { FlipMethod, SignFlipOptions, SignFlips } from './comparison/sign-flips.ts'
export { bonettPrice, signTest } from './comparison/sign-test.ts'
export type { Discordant, PairedShares, SignTest } from './comparison/sign-test.ts'

// Whether the side that is shown first is preferred.
export { positionEffect } from './comparison/position.ts'
export type { PositionEffect, ShownTask } from './comparison/position.ts'
