import { z } from 'zod'
import { newForm } from '../forms/form-input.ts'
import type { FormId } from '../ids.ts'
import { duration, lease, name, skillLevel, stepId, text, uuid } from '../input/parse.ts'
import { JSON_POINTER } from '../json/json.ts'
import { STEP_CONDITIONS, STEP_TYPES, type StepType } from './workflow.ts'
import type { NewOverlap, NewRequirement, NewStep, NewWorkflow } from './workflows.ts'

/** The types a step may have. */
export const stepType: z.ZodType<StepType, StepType> = z.enum(STEP_TYPES)

/** A place in a result: the whole, or by a JSON Pointer. */
const pointer = text(0, 1000, {
  pattern: JSON_POINTER,
  rule: 'must be a JSON Pointer such as /label, or empty for the whole result',
})

const none = { type: 'null' }
/** The same rules of a step as its check has, for documents. */
const RULES_OF_STEP = {
  anyOf: [
    { properties: { stepType: { enum: ['annotation', 'adjudication'] }, jobType: none } },
    { properties: { stepType: { const: 'review' }, jobType: none, agreeOn: none } },
    {
      properties: {
        stepType: { const: 'automatic' },
        jobType: { type: 'string' },
        assignmentsRequired: { const: 1 },
        requiredSkills: { maxItems: 0 },
        excludes: { maxItems: 0 },
        strategy: none,
        agreeOn: none,
      },
      required: ['jobType'],
    },
  ],
}

/** Any one of these skills at or above the level. */
export const newRequirement: z.ZodType<NewRequirement> = z.strictObject({
  anyOf: z.array(name).min(1).max(200),
  minLevel: skillLevel.optional(),
  dropAfterMinutes: duration.nullable().optional(),
})

/** Most people who do one step of one task. */
const MOST_OVERLAP = 100
/** Most things that adaptive overlap waits for. */
const MOST_UNTIL = 10

const overlapSize = z.int().min(1).max(MOST_OVERLAP)
const untilRule = z
  .strictObject({
    question: text(1, 200),
    posterior: z.number().gt(0.5).lt(1).optional(),
    agreeing: z.int().min(2).optional(),
  })
  .superRefine(({ posterior, agreeing }, context) => {
    if (posterior === undefined && agreeing === undefined)
      context.addIssue({
        code: 'custom',
        message: 'is required, unless agreeing says how many',
        path: ['posterior'],
      })
    if (posterior !== undefined && agreeing !== undefined)
      context.addIssue({ code: 'custom', message: 'cannot stand beside posterior', path: ['agreeing'] })
  })
  .meta({
    oneOf: [
      { properties: { posterior: { type: 'number' } }, required: ['posterior'] },
      { properties: { agreeing: { type: 'integer' } }, required: ['agreeing'] },
    ],
  })

/** Overlap that is decided task by task. That `until` fits the form is seen when the workflow is made. */
const newOverlap = z
  .strictObject({
    min: overlapSize,
    max: overlapSize,
    until: z.array(untilRule).min(1).max(MOST_UNTIL),
    giveUpAfterMinutes: duration.nullable().optional(),
  })
  .superRefine(({ min, max, until }, context) => {
    const kinds = until.map(({ question, posterior }) => `${question} ${posterior === undefined}`)
    kinds.forEach((kind, place) => {
      if (kinds.indexOf(kind) !== place)
        context.addIssue({
          code: 'custom',
          message: 'repeats a rule of the question',
          path: ['until', place],
        })
    })
    if (min > max)
      context.addIssue({ code: 'custom', message: `must be at least min, ${min}`, path: ['max'] })
  })
  .meta({
    description:
      '`max` is at least `min`. `until` names questions of the form of the step, each at most once with `posterior` and once with `agreeing`.',
  }) as unknown as z.ZodType<NewOverlap>

/** Says of what is neither a number nor an object that it should be one; of an object its own faults are named. */
function unlessObject({ input }: { input?: unknown }): string | undefined {
  return typeof input === 'object' && input !== null
    ? undefined
    : `must be a whole number from 1 to ${MOST_OVERLAP}, or { min, max, until }`
}

/** One step. {@link newWorkflow} checks its references to other steps. */
export const newStep: z.ZodType<NewStep> = z
  .strictObject({
    stepId,
    stepType,
    requiredSkills: z.array(newRequirement).max(50).optional(),
    assignmentsRequired: z.union([overlapSize, newOverlap], { error: unlessObject }).optional(),
    excludes: z.array(stepId).max(50).optional(),
    strategy: name.nullable().optional(),
    leaseMinutes: lease.nullable().optional(),
    cooldownMinutes: duration.nullable().optional(),
    estimatedDurationMinutes: duration.nullable().optional(),
    when: z.enum(STEP_CONDITIONS).optional(),
    agreeOn: pointer.nullable().optional(),
    jobType: name.nullable().optional(),
    formId: (uuid as unknown as z.ZodType<FormId, string>).nullable().optional(),
    form: newForm.optional(),
  })
  .superRefine((step, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: [field] })
    if (step.agreeOn != null && step.stepType !== 'annotation' && step.stepType !== 'adjudication')
      refuse('agreeOn', 'is for annotation and adjudication steps only')
    const formField = step.form === undefined ? 'formId' : 'form'
    const hasForm = step.form !== undefined || step.formId != null
    if (step.form !== undefined && step.formId != null)
      refuse('formId', 'comes without form: there is one of both')
    if (hasForm && step.stepType === 'automatic') refuse(formField, 'is for steps that people do')
    if (hasForm && step.agreeOn != null)
      refuse('agreeOn', 'comes without a form, by which answers are compared')
    if (step.stepType !== 'automatic') {
      if (step.jobType != null) refuse('jobType', 'is for automatic steps only')
      return
    }
    if (step.jobType == null) refuse('jobType', 'is required on an automatic step')
    if ((step.assignmentsRequired ?? 1) !== 1) refuse('assignmentsRequired', 'must be 1 on an automatic step')
    if (step.requiredSkills?.length) refuse('requiredSkills', 'must be empty on an automatic step')
    if (step.excludes?.length) refuse('excludes', 'must be empty on an automatic step')
    if (step.strategy != null) refuse('strategy', 'is for steps that people do')
  })
  .meta(RULES_OF_STEP)

/** A workflow as its author writes it; each fault is named by its step, e.g. `steps[1].excludes[0]`. */
export const newWorkflow: z.ZodType<NewWorkflow> = z
  .strictObject({ name, steps: z.array(newStep).min(1).max(50) })
  .superRefine(({ steps }, context) => {
    const refuse = (message: string, ...path: PropertyKey[]): void =>
      context.addIssue({ code: 'custom', message, path: ['steps', ...path] })
    const ids = steps.map((step) => step.stepId)
    steps.forEach((step, index) => {
      if (ids.indexOf(step.stepId) !== index) refuse(`repeats the step ${step.stepId}`, index, 'stepId')
      step.excludes?.forEach((excluded, place) => {
        if (excluded === step.stepId) refuse('names the step itself', index, 'excludes', place)
        else if (!ids.includes(excluded)) refuse('names no step of this workflow', index, 'excludes', place)
      })
      const earlier = steps.slice(0, index).map((other) => other.stepType)
      if (step.when === 'disagreement' && !earlier.includes('annotation')) {
        refuse('needs an annotation step before it', index, 'when')
      }
      if (step.when === 'rejectedByReview' && !earlier.includes('review')) {
        refuse('needs a review step before it', index, 'when')
      }
    })
  })
  .meta({
    description:
      'No two steps have the same stepId. `excludes` names other steps of the workflow. `disagreement` needs an annotation step before it, `rejectedByReview` a review step.',
  })
