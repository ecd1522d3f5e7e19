import { z } from 'zod'
import { json, name, priority, text, uuid } from '../../input/parse.ts'
import { JSON_POINTER, type Json } from '../../json/json.ts'
import { MAX_SCENARIOS } from '../run.ts'
import {
  ESCALATION_STATES,
  type EscalationCondition,
  type EscalationPolicy,
  type EscalationState,
} from './policy.ts'

/** Most conditions of a policy. */
const MOST_CONDITIONS = 20

/** Most scenarios that one call escalates by hand. */
const MOST_BY_HAND = 1_000

const RULE_OF_POINTER = 'must be a JSON Pointer such as /label, or empty for the whole'
const pointer = text(0, 1000, { pattern: JSON_POINTER, rule: RULE_OF_POINTER })
const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER)

const disagreement = z.strictObject({
  type: z.literal('disagreement'),
  agreeOn: z.union([pointer, z.strictObject({ form: name, question: name, at: pointer.optional() })]),
  minModels: z.int().min(2).max(100).optional(),
  absent: z.enum(['differs', 'ignored']).optional(),
})
const failure = z.strictObject({ type: z.literal('failure'), of: z.enum(['any', 'all']).optional() })
const score = z.strictObject({
  type: z.literal('score'),
  at: pointer,
  below: z.number(),
  of: z.enum(['any', 'all', 'mean']).optional(),
})
const sample = z
  .strictObject({
    type: z.literal('sample'),
    probability: z.number().gt(0).max(1).optional(),
    count: z.int().min(1).max(MAX_SCENARIOS).optional(),
    seed,
  })
  .superRefine(({ probability, count }, context) => {
    if (probability === undefined && count === undefined) {
      const message = 'is required, unless count says how many'
      context.addIssue({ code: 'custom', message, path: ['probability'] })
    } else if (probability !== undefined && count !== undefined) {
      context.addIssue({ code: 'custom', message: 'cannot stand beside probability', path: ['count'] })
    }
  })
  .meta({
    oneOf: [
      { properties: { probability: { type: 'number' } }, required: ['probability'] },
      { properties: { count: { type: 'integer' } }, required: ['count'] },
    ],
  })

const condition: z.ZodType<EscalationCondition> = z.discriminatedUnion('type', [
  disagreement,
  failure,
  score,
  sample,
])

/** Scenarios to be escalated by hand. */
export const byHand: z.ZodType<readonly string[]> = z
  .array(name)
  .min(1)
  .max(MOST_BY_HAND)
  .superRefine((ids, context) => {
    const seen = new Set<string>()
    ids.forEach((id, index) => {
      if (seen.has(id)) context.addIssue({ code: 'custom', message: `repeats ${id}`, path: [index] })
      seen.add(id)
    })
  })
  .meta({ uniqueItems: true })

/** Where people's outcomes and models' results are compared; missing: where the policy does. */
export const peopleFilter: z.ZodType<{ readonly agreeOn?: string | undefined }> = z.strictObject({
  agreeOn: pointer.optional(),
})

/** Which scenarios of a run are looked for. */
export const escalationStates: z.ZodType<readonly EscalationState[] | undefined> = z
  .array(z.enum(ESCALATION_STATES))
  .min(1)
  .optional()

/** JSON in which an object with the member `$` stands for what its pointer leads to. */
export const withReferences: z.ZodType<Json, unknown> = json.superRefine((value, context) => {
  for (const { path, message } of faultsIn(value, [])) {
    context.addIssue({ code: 'custom', message, path: [...path] })
  }
})

const template: z.ZodType<Json, unknown> = withReferences.meta({
  description:
    'JSON in which `{ "$": "/pointer" }` stands for what the pointer leads to in { scenario: { scenarioId, payload }, results: [{ result, answer, error }], candidates }. If it leads nowhere, its member is dropped, or with `"required": true` the scenario refused.',
}) as unknown as z.ZodType<Json, unknown>

/** A run's policy of escalation. That its workflow exists is seen when it is used. */
export const escalationPolicy: z.ZodType<EscalationPolicy> = z.strictObject({
  when: z.array(condition).min(1).max(MOST_CONDITIONS),
  task: z.strictObject({
    payload: template,
    workflowId: uuid.optional(),
    form: name.optional(),
    priority: priority.optional(),
    requiredSkills: template.optional(),
    gold: template.optional(),
  }),
  limit: z.int().min(1).max(MAX_SCENARIOS).optional(),
  revealModels: z.boolean().optional(),
})

interface Fault {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

function faultsIn(value: Json, at: readonly PropertyKey[]): Fault[] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((item: Json, index) => faultsIn(item, [...at, index]))
  const members = value as { readonly [name: string]: Json }
  if (!Object.hasOwn(members, '$')) {
    return Object.entries(members).flatMap(([name, member]) => faultsIn(member, [...at, name]))
  }
  const faults: Fault[] = []
  const { $: to, required, ...others } = members
  if (typeof to !== 'string' || !JSON_POINTER.test(to)) {
    faults.push({ path: [...at, '$'], message: RULE_OF_POINTER })
  }
  if (required !== undefined && typeof required !== 'boolean') {
    faults.push({ path: [...at, 'required'], message: 'must be true or false' })
  }
  for (const name of Object.keys(others)) {
    faults.push({ path: [...at, name], message: 'is not a known field beside $' })
  }
  return faults
}
