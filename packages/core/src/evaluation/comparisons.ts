import type { ComparisonId, ProjectId, RunId, TaskId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { ComparedPair, Comparison, PairChange } from './comparison.ts'
import type { NewComparison } from './comparison-input.ts'
import type { Metric } from './metric.ts'

/** One metric of one model of a run. */
export interface ModelMetric {
  readonly model: string
  readonly name: string
  /** Jobs with a value. */
  readonly n: number
  /** Settled jobs without one. */
  readonly missing: number
  readonly value: number | null
  readonly low: number | null
  readonly high: number | null
}

/** Metrics that are asked about all models of a run. */
export interface RunMetricsAsked {
  readonly metrics: readonly Metric[]
  /** A JSON Pointer into the scenario's payload: jobs with one value there depend on each other. Default: those of one scenario do. */
  readonly clusterBy?: string | undefined
  /** Of the intervals; default 0.95. */
  readonly level?: number | undefined
}

/** Which pairs of a comparison. */
export interface PairsAsked {
  readonly metric: string
  readonly change?: PairChange | undefined
}

/** Pairs that people are asked about. */
export interface AskedPeople {
  readonly added: readonly TaskId[]
  /** Pairs that the project had a task for already. */
  readonly existing: number
}

/** Comparisons of runs' models, computed from kept results: a new metric runs no model again. */
export interface ComparisonUseCases {
  /**
   * Compares two models, and keeps what was found.
   * @throws ValidationError naming the place, also for values that a metric cannot have; RunStateError for a run that has not completed
   */
  add(projectId: ProjectId, request: NewComparison): Promise<Comparison>
  /** @throws NotFoundError */
  get(comparisonId: ComparisonId): Promise<Comparison>
  /** Newest first. */
  list(projectId: ProjectId, request: PageRequest): Promise<Page<Comparison>>
  /** Its pairs by one metric, in the order of the baseline's scenarios. @throws NotFoundError, ValidationError; ConflictError if a run has changed since */
  pairs(comparisonId: ComparisonId, asked: PairsAsked): AsyncIterable<ComparedPair>
  /**
   * Makes a task of each pair that changed so, in one transaction; without a change of each that is better or worse. Which side is `a` is drawn.
   * @throws as `pairs`; ConflictError if an annotation step of the project's workflow has no form: it would show which side is which
   */
  askPeople(
    comparisonId: ComparisonId,
    asked: PairsAsked & { readonly projectId: string },
  ): Promise<AskedPeople>
  /** Each metric of each model of a run, in the order asked. @throws NotFoundError, ValidationError */
  runMetrics(runId: RunId, asked: RunMetricsAsked): Promise<ModelMetric[]>
}
