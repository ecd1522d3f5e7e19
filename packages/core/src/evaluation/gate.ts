import type { GateDecision, Tier } from '@muster/statistics/comparison'
import type { ComparisonId, GateId, ProjectId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { CalibrationRefusal } from './calibration.ts'
import type { Metric, RunModel } from './metric.ts'

/** A rule of a policy: how far a metric may fall, or what it must reach. With both, two tests. */
export interface PolicyRule {
  readonly metric: string
  /** `critical` must be shown to hold, `supporting` must not be shown to be broken, `advisory` informs. */
  readonly tier: Tier
  /** The most that the candidate may be worse, in the metric's own units. */
  readonly maxDrop?: number | undefined
  /** The least that the candidate's own mean may be; the most, if lower is better. */
  readonly minValue?: number | undefined
  /** Pairs of this value at a pointer into the scenario's payload alone. */
  readonly slice?: { readonly at: string; readonly is: Json } | undefined
  /** Fewer pairs, clusters or labels decide nothing; default 10. */
  readonly minPairs?: number | undefined
  /** A calibration of the candidate's run by which people's answers are estimated, in place of the metric's own values. */
  readonly calibrationId?: string | undefined
}

/** Whether a candidate may follow a baseline. */
export interface Policy {
  readonly version: 1
  /** Default 0.05. */
  readonly alpha?: number | undefined
  readonly metrics: readonly Metric[]
  readonly clusterBy?: string | undefined
  /** Default 0. */
  readonly seed?: number | undefined
  readonly rules: readonly PolicyRule[]
}

/** Why a rule decides nothing. */
export type RuleReason =
  | 'missing_metric'
  | 'missing_slice'
  | 'too_few_pairs'
  | 'too_many_missing'
  /** The calibration is not there, or not of these models' run. */
  | 'not_drawn_here'
  /** Labels are to come. */
  | 'provisional'
  | CalibrationRefusal

/** One test of a rule; what does not apply is null. */
export interface JudgedRule extends PolicyRule {
  /** Pairs that count. */
  readonly n: number
  /** The candidate's own mean, of a rule with `minValue`; `low` and `high` are of it then. */
  readonly value: number | null
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
  /** Small if the rule is shown to hold. */
  readonly pass: number | null
  /** Small if it is shown to be broken. */
  readonly block: number | null
  /** By Holm over critical and supporting rules; of an advisory one as it is. */
  readonly blockAdjusted: number | null
  readonly minimumDetectable: number | null
  readonly verdict: 'PASS' | 'BLOCK' | 'INCONCLUSIVE'
  readonly reason: RuleReason | null
}

/** A policy applied to two models. It never changes. */
export interface Gate {
  readonly gateId: GateId
  readonly projectId: ProjectId
  readonly decision: GateDecision['decision']
  readonly rules: readonly JudgedRule[]
  readonly baseline: RunModel
  readonly candidate: RunModel
  readonly policy: Policy
  /** Its metrics as they were compared. */
  readonly comparisonId: ComparisonId
  readonly createdAt: Date
}
