import { agree } from '../forms/agreement.ts'
import type { Answers, Form, FormQuestion } from '../forms/form.ts'
import type { FormStore } from '../forms/form-store.ts'
import type { FormId } from '../ids.ts'
import { type Json, valueAt } from '../json/json.ts'
import type { Step, Workflow } from './workflow.ts'

/** The form of each step that has one, by its stepId. */
export type StepForms = ReadonlyMap<string, Form>

/** Steps without forms. */
export const NO_FORMS: StepForms = new Map()

/**
 * The form of each step of a task that has one. The task's own stands in for that of every annotation step, and so for that of an adjudication which has the form of
 * the annotation before it.
 */
function formIdsOf({ steps }: Pick<Workflow, 'steps'>, ofTask: FormId | null): ReadonlyMap<string, FormId> {
  const found = new Map<string, FormId>()
  steps.forEach((step, place) => {
    const follows =
      step.stepType === 'annotation' || step.formId === judgedFormId(steps.slice(0, place), step)
    const formId = follows && ofTask !== null ? ofTask : step.formId
    if (formId !== null) found.set(step.stepId, formId)
  })
  return found
}

/** The form that a task has at a step; null: none. `ofTask`: the task's own. */
export function formIdAt(
  workflow: Pick<Workflow, 'steps'>,
  stepId: string,
  ofTask: FormId | null,
): FormId | null {
  return formIdsOf(workflow, ofTask).get(stepId) ?? null
}

/** The form that an adjudication has unless it names one: that of the nearest annotation before it. */
export function judgedFormId(
  earlier: readonly Pick<Step, 'stepType' | 'formId'>[],
  { stepType }: Pick<Step, 'stepType'>,
): FormId | null | undefined {
  if (stepType !== 'adjudication') return undefined
  return earlier.findLast((step) => step.stepType === 'annotation')?.formId
}

/** The forms of a task's steps, read from the store. @throws RangeError if one is missing, which cannot be: forms are never deleted */
export async function readForms(
  forms: FormStore,
  workflow: Workflow,
  ofTask: FormId | null,
): Promise<StepForms> {
  const ids = formIdsOf(workflow, ofTask)
  if (ids.size === 0) return NO_FORMS
  const read = new Map<FormId, Form>()
  for (const formId of new Set(ids.values())) {
    const form = await forms.find(formId)
    if (form === undefined) throw new RangeError(`There is no form ${formId}`)
    read.set(formId, form)
  }
  return new Map([...ids].flatMap(([stepId, formId]) => [[stepId, read.get(formId)] as [string, Form]]))
}

/** The form by which a step shows a payload: its own, or that of the step it judges; `undefined`: it shows all. */
export function formShownAt(
  { steps }: Pick<Workflow, 'steps'>,
  forms: StepForms,
  stepId: string,
): Form | undefined {
  const place = steps.findIndex((step) => step.stepId === stepId)
  const step = steps[place]
  const own = forms.get(stepId)
  if (own !== undefined || step === undefined || step.stepType === 'annotation') return own
  const judged = steps
    .slice(0, place)
    .findLast(({ stepType }) => stepType === 'annotation' || stepType === 'adjudication')
  return judged && formShownAt({ steps }, forms, judged.stepId)
}

/** The answer of a result to a question; `undefined`: none. */
function answerIn(result: Json, question: string): Json | undefined {
  return valueAt(result, `/${question}`)
}

/** The answers of a result to a form, which every result of its steps holds. */
export function answersOf(result: Json): Answers {
  return result as Answers
}

/** Whether every two results agree on every question of the form. */
export function allAgree(form: Form, results: readonly Json[]): boolean {
  return form.questions.every((question) => agreeOn(question, results))
}

/** Whether every two results agree on a question. */
export function agreeOn(question: FormQuestion, results: readonly Json[]): boolean {
  return results.every((one, place) =>
    results
      .slice(place + 1)
      .every((other) => agree(question, answerIn(one, question.id), answerIn(other, question.id))),
  )
}
