import { visiblePayload } from '../forms/visible.ts'
import type { Principal, QualityPolicy } from '../people/person.ts'
import { formShownAt, type StepForms } from '../workflow/step-forms.ts'
import type { Task } from '../workflow/task.ts'
import { isPeopleStep, type Workflow } from '../workflow/workflow.ts'
import type { Assignment, TaskWork } from './assignment.ts'
import { holdsOrSubmitted, isLive } from './assignment-lifecycle.ts'
import type { SeenAssignment, SeenTask } from './assignments.ts'
import { manages } from './authority.ts'

/**
 * The assignments on a task as one person may see them. Managers: all, with results and drafts. Everybody: their own. A person who holds or has
 * submitted a review or an adjudication: also what is submitted for earlier steps, without names, but never of a step they hold or could hold
 * themselves.
 */
export function seenAssignments(work: TaskWork, workflow: Workflow, viewer: Principal): SeenAssignment[] {
  return work.assignments.flatMap((row) => {
    const seen = seenAssignment(row, work, workflow, viewer)
    return seen ? [seen] : []
  })
}

/** The assignment as the viewer may see it; nothing if they may not. */
export function seenAssignment(
  row: Assignment,
  work: TaskWork,
  workflow: Workflow,
  viewer: Principal,
): SeenAssignment | undefined {
  if (row.userId === viewer.userId) return row
  if (manages(viewer, row.projectId))
    return row.status === 'submitted' ? row : { ...row, result: null, comment: null }
  if (row.status !== 'submitted' || !mayJudge(row, work, workflow, viewer)) return undefined
  return {
    ...row,
    userId: null,
    draft: null,
    draftComment: null,
    submitsAt: null,
    handedIn: null,
    handedInAt: null,
    flag: null,
    flaggedAt: null,
    // Ids of sides may stand in a part of the payload that the judge's form does not name.
    presentation: null,
    returnComment: null,
    overrideReason: null,
    previousAssignmentId: null,
  }
}

/**
 * A task as those see it who do the steps named and do not manage the project: without the known answer and how many were asked; of its payload what the forms of these steps name, and
 * no name that its author gave it. A step without a form shows all. In a project with controls, nothing by which one could be told.
 */
export function visibleTask(
  task: Task,
  workflow: Workflow,
  forms: StepForms,
  stepIds: Iterable<string>,
  policy: QualityPolicy | null | undefined,
): SeenTask {
  const done = [...new Set(stepIds)]
  const shown = done.map((stepId) => formShownAt(workflow, forms, stepId))
  const known = shown.filter((form) => form !== undefined)
  const whole = known.length < shown.length || known.length === 0
  const seen = {
    ...task,
    gold: null,
    overlapEnds: null,
    ...(!whole && { payload: visiblePayload(known, task.payload), externalId: null }),
  }
  return policy?.controls === undefined ? seen : { ...seen, ...UNTOLD, currentStepId: done[0] ?? null }
}

const UNTOLD = {
  status: null,
  priority: null,
  requiredSkills: null,
  formId: null,
  externalId: null,
  version: null,
  cooldownUntil: null,
  stepOpenedAt: null,
  returns: null,
  jobId: null,
  createdAt: null,
  completedAt: null,
} as const

/** Whether the viewer judges what the row's step gave: by a review or an adjudication behind it. */
function mayJudge(row: Assignment, work: TaskWork, workflow: Workflow, viewer: Principal): boolean {
  const mine = work.assignments.filter((other) => other.userId === viewer.userId)
  if (mine.some((other) => other.stepId === row.stepId && isLive(other))) return false
  const place = workflow.steps.findIndex(({ stepId }) => stepId === row.stepId)
  const judging = workflow.steps
    .slice(place + 1)
    .filter((step) => isPeopleStep(step) && step.stepType !== 'annotation')
    .filter((step) => mine.some((other) => other.stepId === step.stepId && holdsOrSubmitted(other)))
  if (judging.length === 0) return false
  const couldHold =
    work.task.currentStepId === row.stepId && !judging.some(({ excludes }) => excludes.includes(row.stepId))
  return !couldHold
}
