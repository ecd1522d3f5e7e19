import type { AdaptiveOverlap } from '../forms/until.ts'
import type { FormId, WorkflowId } from '../ids.ts'

/** The kinds of steps: for people, or (`automatic`) for a job. */
export const STEP_TYPES = ['annotation', 'review', 'adjudication', 'automatic'] as const
/** One of {@link STEP_TYPES}. */
export type StepType = (typeof STEP_TYPES)[number]

/** A named condition on what was submitted before; a step whose condition does not hold is skipped. */
export const STEP_CONDITIONS = ['always', 'disagreement', 'rejectedByReview'] as const
/** One of {@link STEP_CONDITIONS}. */
export type StepCondition = (typeof STEP_CONDITIONS)[number]

/** Any one of these skills at or above the level. */
export interface Requirement {
  readonly anyOf: readonly string[]
  /** 1..5, default 1. */
  readonly minLevel: number
  /** Waived for a task whose step has been open this long; null: never waived. */
  readonly dropAfterMinutes: number | null
}

/** One step of a workflow with its terms; null: the project’s hold. */
export interface Step {
  /** Unique in its workflow: `^[a-z][a-z0-9_-]{0,62}$`. */
  readonly stepId: string
  readonly stepType: StepType
  readonly requiredSkills: readonly Requirement[]
  /** Overlap: how many people do the step, independently and blind to each other; or within which bounds, and until when. */
  readonly assignmentsRequired: number | AdaptiveOverlap
  /** Steps whose people may not do this one. Resolved when the workflow is made: absent on a review or an adjudication means every earlier people step. */
  readonly excludes: readonly string[]
  readonly strategy: string | null
  readonly leaseMinutes: number | null
  readonly cooldownMinutes: number | null
  readonly estimatedDurationMinutes: number | null
  readonly when: StepCondition
  /**
   * The part of two results that must be equal for them to agree: a JSON Pointer (RFC 6901), empty for the whole. Null: `/label` if all
   * results have one, else the whole.
   */
  readonly agreeOn: string | null
  /**
   * The form by which people are shown and asked; null: any JSON is a result. Resolved when the workflow is made: an adjudication without one has that of
   * the nearest annotation before it.
   */
  readonly formId: FormId | null
  /** The job type that does an `automatic` step; null on every other. */
  readonly jobType: string | null
}

/** The ordered steps a task goes through. Immutable: a change is a new workflow. */
export interface Workflow {
  readonly workflowId: WorkflowId
  readonly name: string
  readonly steps: readonly Step[]
  readonly version: number
  readonly createdAt: Date
}

/** The overlap of a step that decides task by task how many people do it; `undefined`: their number is fixed. */
export function adaptiveOverlap({
  assignmentsRequired,
}: Pick<Step, 'assignmentsRequired'>): AdaptiveOverlap | undefined {
  return typeof assignmentsRequired === 'number' ? undefined : assignmentsRequired
}

/** How many slots a step opens with. */
export function slotsAtFirst({ assignmentsRequired }: Pick<Step, 'assignmentsRequired'>): number {
  return typeof assignmentsRequired === 'number' ? assignmentsRequired : assignmentsRequired.min
}

/** The most slots that a step may have now, by what it asks for and the slots that managers asked for beyond. `slots`: of the task. */
export function mostSlots(
  { stepId, assignmentsRequired }: Pick<Step, 'stepId' | 'assignmentsRequired'>,
  slots: readonly { readonly stepId: string; readonly reopened: boolean }[],
): number {
  const most = typeof assignmentsRequired === 'number' ? assignmentsRequired : assignmentsRequired.max
  return most + slots.filter((slot) => slot.stepId === stepId && slot.reopened).length
}

/** Whether people do the step. */
export function isPeopleStep(step: Pick<Step, 'stepType'>): boolean {
  return step.stepType !== 'automatic'
}
