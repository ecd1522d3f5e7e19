import type { ComparisonId, ProjectId } from '../ids.ts'
import type { Json } from '../json/json.ts'
import type { Metric, RunModel } from './metric.ts'

/** How many pairs there are, and how much was left out of them. */
export interface ComparedPairs {
  readonly n: number
  /** Groups of pairs that depend on each other; null if each pair stands alone. */
  readonly clusters: number | null
  /** Jobs of the baseline without a settled one of the candidate for the same scenario and repeat. */
  readonly onlyBaseline: number
  readonly onlyCandidate: number
  /** Scenarios of one id with another payload on each side. */
  readonly changed: number
}

/** The verdict on one metric. */
export type ComparisonVerdict = 'improved' | 'regressed' | 'no_difference_shown' | 'INCONCLUSIVE'

/**
 * One metric of two models. Differences are candidate − baseline, turned so that above 0 is better; what does not apply is null.
 */
export interface ComparedMetric {
  readonly metric: string
  readonly kind: 'binary' | 'ordinal' | 'numeric'
  readonly aggregate: 'mean' | 'median' | 'p95'
  /** Pairs that count. */
  readonly n: number
  /** Clusters, or pairs. */
  readonly units: number
  /** Pairs in which a side has no value. */
  readonly missing: { readonly baseline: number; readonly candidate: number }
  readonly wins: number
  readonly losses: number
  readonly baseline: number | null
  readonly candidate: number | null
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
  readonly se: number | null
  /** Of "no difference". */
  readonly p: number | null
  readonly midP: number | null
  /** By Holm over the metrics of the comparison. */
  readonly pAdjusted: number | null
  readonly test: string | null
  /** A difference that as many pairs would show in four of five times. */
  readonly minimumDetectable: number | null
  readonly verdict: ComparisonVerdict
  readonly reason: 'too_few_pairs' | 'too_many_missing' | null
}

/** One metric of the pairs that have one value at a pointer into the scenario's payload. It moves no verdict. */
export interface ComparedSlice {
  readonly at: string
  /** `…` stands for all values beyond the thousand most frequent. */
  readonly value: Json
  readonly metric: string
  readonly n: number
  readonly units: number
  readonly difference: number | null
  readonly low: number | null
  readonly high: number | null
  readonly p: number | null
  /** By Benjamini and Hochberg over the values of this pointer and metric. */
  readonly q: number | null
  readonly exploratory: true
}

/** Two runs' models on what both did. It never changes. */
export interface Comparison {
  readonly comparisonId: ComparisonId
  readonly projectId: ProjectId
  readonly baseline: RunModel
  readonly candidate: RunModel
  readonly seed: number
  readonly level: number
  readonly clusterBy: string | null
  /** Whether a run had not completed when they were compared. */
  readonly partial: boolean
  readonly pairs: ComparedPairs
  readonly metrics: readonly ComparedMetric[]
  readonly slices: readonly ComparedSlice[]
  readonly createdAt: Date
}

/** A comparison as it is kept: with what its pairs are read anew by. */
export interface KeptComparison extends Comparison {
  readonly asked: {
    readonly metrics: readonly Metric[]
    /** The versions of the two runs when they were compared. */
    readonly versions: { readonly baseline: number; readonly candidate: number }
  }
}

/** How the candidate of a pair stands to the baseline. */
export type PairChange = 'better' | 'worse' | 'same'

/** One pair by one metric. */
export interface ComparedPair {
  readonly scenarioId: string
  readonly repeat: number
  /** null: it has no value. */
  readonly baseline: number | null
  readonly candidate: number | null
  /** null if a side has no value. */
  readonly change: PairChange | null
}
