import type { NewForm } from '../forms/form.ts'
import type { UntilRule } from '../forms/until.ts'
import type { FormId, WorkflowId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { StepCondition, StepType, Workflow } from './workflow.ts'

/** Any one of these skills, at level 1 unless said otherwise; waived after `dropAfterMinutes` of waiting. */
export interface NewRequirement {
  readonly anyOf: readonly string[]
  readonly minLevel?: number | undefined
  readonly dropAfterMinutes?: number | null | undefined
}

/** Adaptive overlap as its author writes it. */
export interface NewOverlap {
  readonly min: number
  readonly max: number
  readonly until: readonly UntilRule[]
  readonly giveUpAfterMinutes?: number | null | undefined
}

/** A step as its author writes it; what is left out takes its default. */
export interface NewStep {
  readonly stepId: string
  readonly stepType: StepType
  readonly requiredSkills?: readonly NewRequirement[] | undefined
  readonly assignmentsRequired?: number | NewOverlap | undefined
  readonly excludes?: readonly string[] | undefined
  readonly strategy?: string | null | undefined
  readonly leaseMinutes?: number | null | undefined
  readonly cooldownMinutes?: number | null | undefined
  readonly estimatedDurationMinutes?: number | null | undefined
  readonly when?: StepCondition | undefined
  /** A JSON Pointer into the result, on annotation and adjudication steps. */
  readonly agreeOn?: string | null | undefined
  readonly jobType?: string | null | undefined
  /** A form that is there. */
  readonly formId?: FormId | null | undefined
  /** One that is made first. */
  readonly form?: NewForm | undefined
}

/** A workflow to be made. */
export interface NewWorkflow {
  readonly name: string
  readonly steps: readonly NewStep[]
}

/** Workflows never change: a change is a new one. Input schema: `newWorkflow` in `workflow/input.ts`. */
export interface WorkflowUseCases {
  /** @throws ValidationError naming the step and the rule, e.g. `steps[1].excludes[0] names no step of this workflow` */
  add(input: NewWorkflow): Promise<Workflow>
  get(workflowId: WorkflowId): Promise<Workflow>
  /** Newest first. */
  list(request: PageRequest): Promise<Page<Workflow>>
}
