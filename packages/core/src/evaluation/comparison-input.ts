import { z } from 'zod'
import { name, pointer, uuid } from '../input/parse.ts'
import type { PairChange } from './comparison.ts'
import type { Metric } from './metric.ts'
import { metrics, seed } from './metric-input.ts'

/** Most pointers that pairs are sliced by. */
const MOST_SLICES = 10
/** Most draws of sign flips. */
const MOST_DRAWS = 99_999

/** A model of a run, as callers name it. */
export interface NamedModel {
  readonly runId: string
  readonly model: string
}

/** Two models to be compared. */
export interface NewComparison {
  readonly baseline: NamedModel
  readonly candidate: NamedModel
  readonly metrics: readonly Metric[]
  /** A JSON Pointer into the scenario's payload: pairs with one value there depend on each other. Default: pairs of one scenario do. */
  readonly clusterBy?: string | undefined
  /** JSON Pointers into the scenario's payload, by whose values pairs are looked at apart. */
  readonly slices?: readonly string[] | undefined
  /** Default 0. */
  readonly seed?: number | undefined
  /** Default 0.95. */
  readonly level?: number | undefined
  /** Of sign flips; default 9 999. */
  readonly draws?: number | undefined
  /** Whether runs that have not completed are compared on what they have. Default false. */
  readonly allowPartial?: boolean | undefined
}

/** A model of a run. */
export const runModel: z.ZodType<NamedModel> = z.strictObject({ runId: uuid, model: name })

const slices = z
  .array(pointer)
  .min(1)
  .max(MOST_SLICES)
  .superRefine((all, context) => {
    const seen = new Set<string>()
    for (const [index, at] of all.entries()) {
      if (seen.has(at))
        context.addIssue({ code: 'custom', message: `repeats the pointer ${at}`, path: [index] })
      seen.add(at)
    }
  })
  .meta({ uniqueItems: true })

/** The level of intervals. */
const level: z.ZodType<number, number> = z.number().gt(0).lt(1)

/** Two models to be compared. */
export const newComparison: z.ZodType<NewComparison> = z.strictObject({
  baseline: runModel,
  candidate: runModel,
  metrics,
  clusterBy: pointer.optional(),
  slices: slices.optional(),
  seed: seed.optional(),
  level: level.optional(),
  draws: z.int().min(99).max(MOST_DRAWS).optional(),
  allowPartial: z.boolean().optional(),
})

const change: z.ZodType<PairChange> = z.enum(['better', 'worse', 'same'])

/** Which pairs of a comparison are wanted, as in a query. */
export const pairsFilter: {
  readonly metric: z.ZodType<string, string>
  readonly change: z.ZodType<PairChange | undefined, PairChange | undefined>
} = { metric: name, change: change.optional() as never }

/** Which pairs of a comparison people are asked about, and where. */
export const comparisonTasks: z.ZodType<{
  readonly projectId: string
  readonly metric: string
  readonly change?: PairChange | undefined
}> = z.strictObject({ projectId: uuid, metric: name, change: change.optional() })

/** Metrics that are asked about all models of a run. */
export const runMetricsAsked: z.ZodType<{
  readonly metrics: readonly Metric[]
  readonly clusterBy?: string | undefined
  readonly level?: number | undefined
}> = z.strictObject({ metrics, clusterBy: pointer.optional(), level: level.optional() })
