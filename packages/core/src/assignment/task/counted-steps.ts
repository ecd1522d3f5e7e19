import { addedUp, type Counters, NO_COUNTERS } from '../../quality/counters.ts'
import { type CompleteStep, countersOf } from '../../quality/counting.ts'
import { comparedParts } from '../../workflow/next-step.ts'
import { answersOf, type StepForms } from '../../workflow/step-forms.ts'
import { purposeOf } from '../../workflow/task.ts'
import { isPeopleStep, type Step, type Workflow } from '../../workflow/workflow.ts'
import type { Assignment, TaskWork } from '../assignment.ts'
import { completeSteps } from './complete-steps.ts'
import { doneBy } from './task-results.ts'

interface By {
  readonly workflow: Workflow
  readonly forms: StepForms
}

/** The counters that a change of a task adds: the steps that it completes, less those that it sends back. */
export function countedBetween(before: TaskWork, after: TaskWork, by: By): Counters {
  // A step is counted from when its task goes on from it until the task comes back to it.
  if (before.task.currentStepId === after.task.currentStepId) return NO_COUNTERS
  const [was, is] = [countedSteps(before, by), countedSteps(after, by)]
  return addedUp([
    ...[...was].flatMap(([stepId, step]) => (is.has(stepId) ? [] : [countersOf(step, -1)])),
    ...[...is].flatMap(([stepId, step]) => (was.has(stepId) ? [] : [countersOf(step)])),
  ])
}

/** The steps of a task that agreement counts: those of people that are complete, and that the task does not stand at. */
export function countedSteps(work: TaskWork, { workflow, forms }: By): ReadonlyMap<string, CompleteStep> {
  const { task } = work
  if (purposeOf(task) === 'control') return new Map()
  const complete = completeSteps(work.slots)
  const counted = doneBy(work, workflow).filter(
    ({ step }) => isPeopleStep(step) && complete.has(step.stepId) && step.stepId !== task.currentStepId,
  )
  return new Map(
    counted.map(({ step, rows }) => {
      const required = [...step.requiredSkills, ...task.requiredSkills]
      return [
        step.stepId,
        {
          projectId: task.projectId,
          stepId: step.stepId,
          form: forms.get(step.stepId),
          skills: [...new Set(required.flatMap(({ anyOf }) => anyOf))],
          submissions: submissionsOf(step, rows, forms),
        },
      ]
    }),
  )
}

/** The answers by question; without a form the part that is compared, as `label`. */
function submissionsOf(
  step: Step,
  rows: readonly Assignment[],
  forms: StepForms,
): CompleteStep['submissions'] {
  const results = rows.map(({ result }) => result)
  const labels = comparedParts(results, step.agreeOn)
  return rows.map(({ userId, result }, nth) => ({
    userId,
    answers: forms.has(step.stepId) ? answersOf(result) : { label: labels[nth] },
  }))
}
