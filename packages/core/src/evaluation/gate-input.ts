import { z } from 'zod'
import { json, name, pointer, uuid } from '../input/parse.ts'
import { type NamedModel, runModel } from './comparison-input.ts'
import type { Policy, PolicyRule } from './gate.ts'
import { metrics, seed } from './metric-input.ts'

/** Most rules of a policy. */
const MOST_RULES = 100
/** Most pointers that its rules slice by. */
const MOST_SLICES = 10
/** Most pairs that a rule may ask for. */
const MOST_PAIRS = 1_000_000

const rule: z.ZodType<PolicyRule> = z
  .strictObject({
    metric: name,
    tier: z.enum(['critical', 'supporting', 'advisory']),
    maxDrop: z.number().min(0).optional(),
    minValue: z.number().optional(),
    slice: z.strictObject({ at: pointer, is: json }).optional(),
    minPairs: z.int().min(1).max(MOST_PAIRS).optional(),
    calibrationId: uuid.optional(),
  })
  .superRefine(({ maxDrop, minValue, slice, calibrationId }, context) => {
    if (slice !== undefined && calibrationId !== undefined) {
      const message = 'cannot stand beside calibrationId, which speaks for all scenarios'
      context.addIssue({ code: 'custom', message, path: ['slice'] })
    }
    if (maxDrop === undefined && minValue === undefined)
      context.addIssue({
        code: 'custom',
        message: 'is required, unless minValue is given',
        path: ['maxDrop'],
      })
  })

/** A policy as a file has it, with the models that it is applied to. */
export interface NewGate extends Policy {
  readonly baseline: NamedModel
  readonly candidate: NamedModel
}

/** A policy with the models that it is applied to. A rule may name a metric that is not there: it decides nothing. */
export const newGate: z.ZodType<NewGate> = z
  .strictObject({
    version: z.literal(1),
    alpha: z.number().gt(0).lt(1).optional(),
    baseline: runModel,
    candidate: runModel,
    metrics,
    clusterBy: pointer.optional(),
    seed: seed.optional(),
    rules: z.array(rule).min(1).max(MOST_RULES),
  })
  .superRefine(({ metrics: all, rules }, context) => {
    for (const [index, { metric, minValue }] of rules.entries()) {
      const aggregate = all.find((each) => each.name === metric)?.aggregate ?? 'mean'
      if (minValue === undefined || aggregate === 'mean') continue
      const message = `is held against means, and ${metric} is a ${aggregate}`
      context.addIssue({ code: 'custom', message, path: ['rules', index, 'minValue'] })
    }
    const pointers = new Set(rules.flatMap(({ slice }) => slice?.at ?? []))
    if (pointers.size > MOST_SLICES) {
      const message = `slice by ${pointers.size} pointers, of ${MOST_SLICES} at most`
      context.addIssue({ code: 'custom', message, path: ['rules'] })
    }
  })
