import { type Json, sameJson, valueAt } from '../json/json.ts'
import { allAgree, type StepForms } from './step-forms.ts'
import type { Task } from './task.ts'
import type { Step, Workflow } from './workflow.ts'

/** A submission for a step that counts. */
export interface Submission {
  readonly stepId: string
  readonly result: Json
}

/** The past of a task, as far as its way on depends on it. */
export interface History {
  /** In the order of submission. */
  readonly submissions: readonly Submission[]
  /** Review may not send the work back (again). */
  readonly returnsSpent: boolean
  /** Steps that are complete as they are and need not be done again, although the way leads past them once more. */
  readonly complete: ReadonlySet<string>
  /** By which results are compared; without one, by `agreeOn`. */
  readonly forms?: StepForms
  /** How steps with adaptive overlap ended, by stepId. */
  readonly overlapEnds?: Task['overlapEnds']
}

/**
 * The step after `stepId` (null: from the start), or `undefined` if the task is through. Work that review has rejected for good goes to the
 * nearest later adjudication whose condition holds; without one it goes on like any other.
 */
export function nextStep(workflow: Workflow, stepId: string | null, history: History): Step | undefined {
  const later = workflow.steps
    .slice(workflow.steps.findIndex((step) => step.stepId === stepId) + 1)
    .filter((step) => !history.complete.has(step.stepId) && conditionHolds(workflow, step, history))
  const here = workflow.steps.find((step) => step.stepId === stepId)
  const rejected = here?.stepType === 'review' && rejectedByReview(workflow, undefined, history)
  const adjudication = rejected ? later.find((step) => step.stepType === 'adjudication') : undefined
  return adjudication ?? later[0]
}

/** Whether the step's named condition holds on what earlier steps gave. */
export function conditionHolds(workflow: Workflow, step: Step, history: History): boolean {
  if (step.when === 'always') return true
  if (step.when === 'rejectedByReview') return rejectedByReview(workflow, step.stepId, history)
  const annotation = before(workflow, step.stepId).findLast((other) => other.stepType === 'annotation')
  const end = annotation && history.overlapEnds?.[annotation.stepId]
  if (end) return !end.held
  const results = history.submissions
    .filter(({ stepId }) => stepId === annotation?.stepId)
    .map(({ result }) => result)
  const form = annotation && history.forms?.get(annotation.stepId)
  return !(form === undefined ? resultsAgree(results, annotation?.agreeOn ?? null) : allAgree(form, results))
}

/** The step whose work a review judges: among those that were done, the nearest earlier one that people do and that is no review. */
export function reviewedStep(
  workflow: Workflow,
  reviewStepId: string,
  done: ReadonlySet<string>,
): Step | undefined {
  return before(workflow, reviewStepId).findLast(
    ({ stepId, stepType }) => done.has(stepId) && (stepType === 'annotation' || stepType === 'adjudication'),
  )
}

/**
 * Whether all results say the same at the JSON Pointer `agreeOn` of their step; a value that is missing agrees only with another
 * that is missing. Without a pointer: by their `label` if all have one, else as a whole.
 */
export function resultsAgree(results: readonly Json[], agreeOn: string | null): boolean {
  const compared = comparedParts(results, agreeOn)
  const [first] = compared
  return compared.every((one) =>
    one === undefined || first === undefined ? one === first : sameJson(one, first),
  )
}

/** The part of each result by which {@link resultsAgree} goes; `undefined`: it lacks it. */
export function comparedParts(results: readonly Json[], agreeOn: string | null): (Json | undefined)[] {
  const labels = results.map((result) => valueAt(result, agreeOn ?? '/label'))
  return agreeOn === null && labels.includes(undefined) ? [...results] : labels
}

/** The last verdict given before the step (`undefined`: ever) is "return", and it could no longer be followed. */
function rejectedByReview(workflow: Workflow, stepId: string | undefined, history: History): boolean {
  const reviews = new Set(
    before(workflow, stepId)
      .filter(({ stepType }) => stepType === 'review')
      .map((step) => step.stepId),
  )
  const last = history.submissions.findLast((submission) => reviews.has(submission.stepId))
  return history.returnsSpent && last !== undefined && verdictOf(last.result) === 'return'
}

/** `verdict` of a review's result. */
export function verdictOf(result: Json): Json | undefined {
  return valueAt(result, '/verdict')
}

function before(workflow: Workflow, stepId: string | undefined): readonly Step[] {
  const place = workflow.steps.findIndex((step) => step.stepId === stepId)
  return place === -1 ? workflow.steps : workflow.steps.slice(0, place)
}
