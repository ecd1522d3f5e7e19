import type { RunId } from '../ids.ts'
import type { Json } from '../json/json.ts'

/** The value that a result is held against: at a pointer into the scenario's payload, or one for all. */
export type Expected = { readonly scenario: string } | { readonly value: Json }

/** How one job's value is got. Pointers are JSON Pointers. */
export type Scorer =
  /** The number at the pointer in its result; true is 1, false 0. */
  | { readonly type: 'value'; readonly at: string }
  /** 1 if it is the same JSON, or the same text but for case, spaces and Unicode's compatible forms; else 0. */
  | {
      readonly type: 'equals'
      readonly at: string
      readonly to: Expected
      readonly as?: 'json' | 'text' | undefined
    }
  /** 1 if |x − t| ≤ max(abs, rel·|t|), else 0. */
  | {
      readonly type: 'within'
      readonly at: string
      readonly to: Expected
      readonly abs?: number | undefined
      readonly rel?: number | undefined
    }
  /** 1 if the text contains it, or the array has it; else 0. */
  | { readonly type: 'includes'; readonly at: string; readonly to: Expected }
  /**
   * The number at `at` in the result of another run's job, whose scenario's payload says at `ofAt` (default `/of`) which job it judges:
   * { runId, scenarioId, model, repeat? }. `judge` is the model that judges; needless if the run has one.
   */
  | {
      readonly type: 'judge'
      readonly runId: string
      readonly judge?: string | undefined
      readonly at: string
      readonly ofAt?: string | undefined
    }
  /** The outcome that people settled on at this question of the task whose payload says so; `map` turns answers into numbers. */
  | {
      readonly type: 'people'
      readonly projectId: string
      readonly question: string
      readonly map?: Readonly<Record<string, number>> | undefined
      readonly ofAt?: string | undefined
    }
  /** A host's function, by the name that it was registered under. */
  | { readonly type: 'registered'; readonly name: string }

/** A host's scorer: the value of a completed job, or null if it has none. */
export type ScoreFunction = (result: Json, scenario: Json) => number | null

/** How values of jobs are read as one figure of a model, and which way is better. */
export interface Metric {
  /** Unique in its comparison. */
  readonly name: string
  readonly score: Scorer
  /** Default `higher`. */
  readonly better?: 'higher' | 'lower' | undefined
  /** Default: binary if every value is 0 or 1, else numeric. */
  readonly kind?: 'binary' | 'ordinal' | 'numeric' | undefined
  /** Default `mean`. */
  readonly aggregate?: 'mean' | 'median' | 'p95' | undefined
  /** Without a value, a pair is dropped (default), or counts as the worse end of `range`. */
  readonly missing?: 'drop' | 'worst' | undefined
  /** The least and the most that a value may be. */
  readonly range?: readonly [least: number, most: number] | undefined
}

/** A model of a run. */
export interface RunModel {
  readonly runId: RunId
  readonly model: string
}
