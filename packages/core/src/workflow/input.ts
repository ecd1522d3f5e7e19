import { z } from 'zod'
import { JSON_POINTER } from '../json.ts'
import { duration, name } from '../parse.ts'
import type { NewRequirement, NewStep, NewWorkflow } from './api.ts'
import type { StepType } from './workflow.ts'

/** The types a step may have. */
export const stepType: z.ZodType<StepType, StepType> = z.enum([
  'annotation',
  'review',
  'adjudication',
  'automatic',
])

/** A step's own name in its workflow, chosen by its author. */
export const stepId: z.ZodType<string, string> = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must begin with a letter a-z, then up to 62 of a-z, 0-9, _ and -')

/** Any one of these skills at or above the level. */
export const newRequirement: z.ZodType<NewRequirement> = z.strictObject({
  anyOf: z.array(name).min(1).max(200),
  minLevel: z.int().min(1).max(5).optional(),
  dropAfterMinutes: duration.nullable().optional(),
})

/** One step. What it says of other steps is seen in {@link newWorkflow}. */
export const newStep: z.ZodType<NewStep> = z
  .strictObject({
    stepId,
    stepType,
    requiredSkills: z.array(newRequirement).max(50).optional(),
    assignmentsRequired: z.int().min(1).max(100).optional(),
    excludes: z.array(stepId).max(50).optional(),
    strategy: name.nullable().optional(),
    leaseMinutes: duration
      .refine((minutes) => minutes > 0, 'must be greater than 0')
      .nullable()
      .optional(),
    cooldownMinutes: duration.nullable().optional(),
    estimatedDurationMinutes: duration.nullable().optional(),
    when: z.enum(['always', 'disagreement', 'rejectedByReview']).optional(),
    agreeOn: z
      .string()
      .max(1000)
      .regex(JSON_POINTER, 'must be a JSON Pointer such as /label, or empty for the whole result')
      .nullable()
      .optional(),
    jobType: name.nullable().optional(),
  })
  .superRefine((step, context) => {
    const refuse = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: [field] })
    if (step.agreeOn != null && step.stepType !== 'annotation' && step.stepType !== 'adjudication')
      refuse('agreeOn', 'is for annotation and adjudication steps only')
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
