import { NotFoundError } from '../../errors.ts'
import type { FormId, ProjectId, TaskId, UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import { outcomeBelieved } from '../../quality/outcome.ts'
import { resultsAgree, verdictOf } from '../../workflow/next-step.ts'
import { answersOf, readForms, type StepForms } from '../../workflow/step-forms.ts'
import type { Task } from '../../workflow/task.ts'
import type { Step, Workflow } from '../../workflow/workflow.ts'
import type { Assignment, TaskWork } from '../assignment.ts'
import type { AssignmentStores } from '../assignment-deps.ts'
import type { TaskResult } from '../assignments.ts'

/** Completed tasks read in one go. */
const RESULTS_PAGE = 200

/** The outcome of a task, and whether people settled on all of it. */
interface Outcome {
  readonly result: Json
  readonly settled: boolean
  readonly posterior: TaskResult['posterior']
}

/** The submissions for a step that count, by slot. */
interface Done {
  readonly step: Step
  readonly rows: readonly Assignment[]
}

/** The submissions of each step that count, by step and slot. */
export function doneBy({ slots, assignments }: TaskWork, { steps }: Workflow): readonly Done[] {
  return steps.map((step) => ({
    step,
    rows: slots
      .filter((slot) => slot.stepId === step.stepId && slot.state === 'done')
      .sort((one, other) => one.slotNo - other.slotNo)
      .flatMap((slot) => assignments.filter(({ assignmentId }) => assignmentId === slot.assignmentId)),
  }))
}

/** The results of completed tasks, in task order. */
export async function* resultsOf(
  stores: Pick<AssignmentStores, 'tasks' | 'workflows' | 'forms'>,
  projectId: ProjectId,
): AsyncGenerator<TaskResult, void> {
  const workflows = new Map<string, Workflow>()
  const read = new Map<string, StepForms>()
  const formsRead = async (workflow: Workflow, formId: FormId | null): Promise<StepForms> => {
    const key = `${workflow.workflowId} ${formId ?? ''}`
    const forms = read.get(key) ?? (await readForms(stores.forms, workflow, formId))
    read.set(key, forms)
    return forms
  }
  let after: { readonly taskId: TaskId } | undefined
  for (;;) {
    const works = await stores.tasks.listCompletedWork(projectId, { limit: RESULTS_PAGE, after })
    if (works.length === 0) return
    for (const work of works) {
      const { workflowId } = work.task
      const workflow = workflows.get(workflowId) ?? (await stores.workflows.find(workflowId))
      if (workflow === undefined) throw new NotFoundError('workflow', workflowId)
      workflows.set(workflowId, workflow)
      yield resultOf(work, workflow, await formsRead(workflow, work.task.formId))
      after = { taskId: work.task.taskId }
    }
  }
}

/** The results of a completed task: the submissions that count, by step and slot, and the outcome. */
export function resultOf(work: TaskWork, workflow: Workflow, forms: StepForms): TaskResult {
  const { task } = work
  const byStep = doneBy(work, workflow)
  const outcome = outcomeOf(
    byStep.filter(({ rows }) => rows.length > 0),
    forms,
    task.overlapEnds,
  )
  return {
    taskId: task.taskId,
    externalId: task.externalId,
    payload: task.payload,
    submissions: byStep.flatMap(({ rows }) =>
      rows.map((row) => ({
        assignmentId: row.assignmentId,
        stepId: row.stepId,
        userId: row.userId,
        slotNo: row.slotNo,
        presentation: row.presentation,
        result: row.result,
        comment: row.comment,
        startedAt: row.startedAt,
        submittedAt: row.submittedAt,
      })),
    ),
    outcome: outcome.result,
    settled: outcome.settled,
    posterior: outcome.posterior,
  }
}

/** The place of the step that gives the outcome, among those with submissions; -1: none does. */
function placeOfOutcome(steps: readonly Done[]): number {
  const adjudicated = steps.findLastIndex(({ step }) => step.stepType === 'adjudication')
  return adjudicated === -1 ? steps.findLastIndex(({ step }) => step.stepType === 'annotation') : adjudicated
}

/** The people whose submissions make the outcome of a completed task, by slot. */
export function peopleOfOutcome(work: TaskWork, workflow: Workflow): readonly UserId[] {
  const steps = doneBy(work, workflow).filter(({ rows }) => rows.length > 0)
  return [...new Set(steps[placeOfOutcome(steps)]?.rows.map(({ userId }) => userId))]
}

/** The outcome of a task: the adjudication's result, else what the annotators have in common, unless the last review of it rejects it. */
function outcomeOf(steps: readonly Done[], forms: StepForms, overlapEnds: Task['overlapEnds']): Outcome {
  const place = placeOfOutcome(steps)
  const reviews = steps.slice(place + 1).flatMap(({ step, rows }) => (step.stepType === 'review' ? rows : []))
  const last = reviews
    .toSorted((one, other) => (one.submittedAt?.getTime() ?? 0) - (other.submittedAt?.getTime() ?? 0))
    .at(-1)
  const rejected = last !== undefined && verdictOf(last.result) === 'return'
  const settled = steps[place]
  if (rejected || settled === undefined) return { result: null, settled: false, posterior: null }
  const form = forms.get(settled.step.stepId)
  if (form === undefined || settled.step.stepType === 'adjudication') {
    const result = commonResult(settled)
    return { result, settled: result !== null, posterior: null }
  }
  const { posterior = {} } = overlapEnds?.[settled.step.stepId] ?? {}
  const answers = outcomeBelieved(
    form,
    settled.rows.map(({ result }) => answersOf(result)),
    posterior,
  )
  const isSettled = answers !== null && Object.values(answers).every((answer) => answer !== null)
  const isBelieved = Object.keys(posterior).length > 0
  return { result: answers, settled: isSettled, posterior: isBelieved ? posterior : null }
}

/** The result of more than half of them; null if none has such a majority. */
function commonResult({ step, rows }: Done): Assignment['result'] {
  const winner = rows.find(
    ({ result }) =>
      rows.filter((other) => resultsAgree([result, other.result], step.agreeOn)).length * 2 > rows.length,
  )
  return winner?.result ?? null
}
