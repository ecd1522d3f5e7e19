import { ForbiddenError, NotFoundError } from '../errors.ts'
import { prefilledOf } from '../forms/check-result.ts'
import type { Answers, Form } from '../forms/form.ts'
import { shownThings } from '../forms/visible.ts'
import type { Principal } from '../people/person.ts'
import { outcomeBelieved } from '../quality/outcome.ts'
import { reviewedStep } from '../workflow/next-step.ts'
import { agreeOn, answersOf, formShownAt, type StepForms } from '../workflow/step-forms.ts'
import type { Step, Workflow } from '../workflow/workflow.ts'
import type { Assignment, TaskWork } from './assignment.ts'
import type { AssignmentDeps } from './assignment-deps.ts'
import type { AssignmentUseCases, AssignmentWork } from './assignments.ts'
import { knows } from './authority.ts'
import { seenAssignment } from './blindness.ts'
import { keptDraft } from './drafts.ts'
import { findAssignment, rowIn } from './moves.ts'
import { rulesFor } from './task/locked-task.ts'
import { settledWork } from './task/settled-task.ts'

/** Everything that a page needs to let a person work, in one call. */
export function workWith(deps: AssignmentDeps): AssignmentUseCases['work'] {
  const { stores } = deps.transactions
  return async (assignmentId, viewer) => {
    const { userId, projectId, taskId } = await findAssignment(stores, assignmentId)
    if (userId !== viewer.userId && !knows(viewer, projectId))
      throw new NotFoundError('assignment', assignmentId)
    const work = await settledWork(deps, taskId)
    if (work === undefined) throw new NotFoundError('task', taskId)
    const { workflow, forms } = await rulesFor(stores, deps, work.task, deps.clock.now())
    const row = rowIn(work, assignmentId)
    const seen = seenAssignment(row, work, workflow, viewer)
    if (seen === undefined || (seen.userId === null && row.userId !== viewer.userId))
      throw new ForbiddenError("Another person's work is not for you to see")
    const form = forms.get(row.stepId) ?? null
    const judged = judgedBy(row, work, workflow, viewer)
    return {
      assignment: seen,
      form,
      show: shownAt(row, work, workflow, forms),
      presentation: row.presentation,
      start: form === null ? {} : startOf(row, form, work, judged),
      draft: keptDraft(row),
      submissions: judged.map(({ assignmentId: id, result, comment }) => ({
        assignmentId: id,
        result: result ?? null,
        comment,
      })),
      contested: form === null || row.stepType !== 'adjudication' ? [] : contestedBy(form, judged),
    }
  }
}

/** The things shown by the form of the step, or of the step that it judges; without one, the payload as it is. */
function shownAt(
  { stepId, presentation }: Assignment,
  { task }: TaskWork,
  workflow: Workflow,
  forms: StepForms,
): AssignmentWork['show'] {
  const shown = formShownAt(workflow, forms, stepId)
  if (shown === undefined) return [{ name: 'payload', as: 'json', value: task.payload }]
  return shownThings(shown, task.payload, presentation?.sides ?? {})
}

/** The submissions that the row judges and its reader may see, in the order that was drawn. */
function judgedBy(row: Assignment, work: TaskWork, workflow: Workflow, viewer: Principal): Assignment[] {
  if (row.stepType !== 'review' && row.stepType !== 'adjudication') return []
  const done = new Set(work.slots.map(({ stepId }) => stepId))
  const step: Step | undefined = reviewedStep(workflow, row.stepId, done)
  const order = row.presentation?.submissions ?? []
  return work.assignments
    .filter((other) => other.stepId === step?.stepId && other.status === 'submitted')
    .filter((other) => seenAssignment(other, work, workflow, viewer) !== undefined)
    .sort((one, other) => order.indexOf(one.assignmentId) - order.indexOf(other.assignmentId))
}

/** The answers that questions start with: those of the payload, and of an adjudication the outcome so far. */
function startOf(
  { stepType, status, result: submitted }: Assignment,
  form: Form,
  { task }: TaskWork,
  judged: readonly Assignment[],
): Answers {
  // Work that came back begins with what was handed in.
  if (status !== 'submitted' && submitted !== null) return answersOf(submitted)
  const prefilled = prefilledOf(form, task.payload)
  if (stepType !== 'adjudication') return prefilled
  const bySlot = judged.toSorted((one, other) => one.slotNo - other.slotNo)
  const judgedStep = bySlot[0]?.stepId ?? ''
  const outcome = outcomeBelieved(
    form,
    bySlot.map(({ result }) => answersOf(result)),
    task.overlapEnds?.[judgedStep]?.posterior ?? {},
  )
  const agreed = Object.entries(outcome ?? {}).filter(([, answer]) => answer !== null)
  return { ...prefilled, ...Object.fromEntries(agreed) }
}

/** Questions on which some two submissions do not agree. */
function contestedBy(form: Form, judged: readonly Assignment[]): string[] {
  const results = judged.map(({ result }) => result)
  return form.questions.filter((question) => !agreeOn(question, results)).map(({ id }) => id)
}
