import { z } from 'zod'
import { json, name, pointer, uuid } from '../input/parse.ts'
import type { Expected, Metric, Scorer } from './metric.ts'

/** Most metrics of one comparison. */
const MOST_METRICS = 50
/** Most answers that a map names. */
const MOST_MAPPED = 200

/** A seed of draws. */
export const seed: z.ZodType<number, number> = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

const expected: z.ZodType<Expected> = z.union([
  z.strictObject({ scenario: pointer }),
  z.strictObject({ value: json }),
])
const tolerance = z.number().min(0).optional()

/** Answers with the number that each stands for. */
export const answerMap: z.ZodType<Readonly<Record<string, number>>> = z
  .record(z.string(), z.number())
  .refine((map) => Object.keys(map).length > 0 && Object.keys(map).length <= MOST_MAPPED, {
    error: `must name 1 to ${MOST_MAPPED} answers`,
  })
  .meta({ minProperties: 1, maxProperties: MOST_MAPPED })

/** How one job's value is got. */
export const scorer: z.ZodType<Scorer> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('value'), at: pointer }),
  z.strictObject({
    type: z.literal('equals'),
    at: pointer,
    to: expected,
    as: z.enum(['json', 'text']).optional(),
  }),
  z.strictObject({
    type: z.literal('within'),
    at: pointer,
    to: expected,
    abs: tolerance,
    rel: tolerance,
  }),
  z.strictObject({ type: z.literal('includes'), at: pointer, to: expected }),
  z.strictObject({
    type: z.literal('judge'),
    runId: uuid,
    judge: name.optional(),
    at: pointer,
    ofAt: pointer.optional(),
  }),
  z.strictObject({
    type: z.literal('people'),
    projectId: uuid,
    question: name,
    map: answerMap.optional(),
    ofAt: pointer.optional(),
  }),
  z.strictObject({ type: z.literal('registered'), name }),
])

/** The least and the most that values may be. */
export const range: z.ZodType<readonly [number, number]> = z
  .array(z.number())
  .length(2)
  .refine(([least = 0, most = 0]) => least < most, {
    error: 'must be two numbers, the lesser first',
  }) as unknown as z.ZodType<readonly [number, number]>

const metric = z
  .strictObject({
    name,
    score: scorer,
    better: z.enum(['higher', 'lower']).optional(),
    kind: z.enum(['binary', 'ordinal', 'numeric']).optional(),
    aggregate: z.enum(['mean', 'median', 'p95']).optional(),
    missing: z.enum(['drop', 'worst']).optional(),
    range: range.optional(),
  })
  .superRefine(({ missing, range }, context) => {
    if (missing === 'worst' && range === undefined)
      context.addIssue({ code: 'custom', message: 'is required with missing: worst', path: ['range'] })
  })

/** The metrics of a comparison. */
export const metrics: z.ZodType<readonly Metric[]> = z
  .array(metric)
  .min(1)
  .max(MOST_METRICS)
  .superRefine((all, context) => {
    const seen = new Set<string>()
    for (const [index, { name: given }] of all.entries()) {
      if (seen.has(given))
        context.addIssue({ code: 'custom', message: `repeats the metric ${given}`, path: [index, 'name'] })
      seen.add(given)
    }
  })
