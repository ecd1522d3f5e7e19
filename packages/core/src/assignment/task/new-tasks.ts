import { JobValidationError, ValidationError } from '../../errors.ts'
import { fact, type NewFact } from '../../events/event.ts'
import { checkPayload } from '../../forms/check-payload.ts'
import { checkGold } from '../../forms/check-result.ts'
import type { FormStore } from '../../forms/form-store.ts'
import { untilFaults } from '../../forms/until.ts'
import type { FormId, JobId, ProjectId, TaskId } from '../../ids.ts'
import type { NewJob } from '../../jobs/job.ts'
import { readPayload } from '../../jobs/payload.ts'
import type { Issue } from '../../json/json.ts'
import type { Project } from '../../people/person.ts'
import { NO_FORMS, readForms, type StepForms } from '../../workflow/step-forms.ts'
import { OF_CONTROL, type Task } from '../../workflow/task.ts'
import { adaptiveOverlap, type Step, type Workflow } from '../../workflow/workflow.ts'
import { requirementOf } from '../../workflow/workflow-use-cases.ts'
import type { TaskWork } from '../assignment.ts'
import type { AssignmentDeps } from '../assignment-deps.ts'
import type { NewTask } from '../assignments.ts'
import { itemAdded, jobOf } from './locked-task.ts'
import { openTask, withJob } from './task-work.ts'
import type { Rules } from './work-draft.ts'

/** Most task ids that one fact names. */
const MAX_NAMED = 100

/** The workflow of tasks that are added, with its project. */
export interface Way {
  readonly project: Project
  readonly workflow: Workflow
  /** The forms of its steps, by the form that a task has of its own. */
  readonly forms: ReadonlyMap<FormId | null, StepForms>
}

/** New tasks at their first steps, with the jobs of those that are automatic and the facts of these jobs. */
export interface OpenedTasks {
  readonly works: readonly TaskWork[]
  readonly jobs: readonly NewJob[]
  readonly facts: readonly NewFact[]
}

/** Makes tasks, at their first steps, of what was given. Keeps nothing. */
export function openTasks(
  { ids, jobTypes, random }: Pick<AssignmentDeps, 'ids' | 'jobTypes' | 'random'>,
  { project, workflow, forms }: Way,
  given: readonly NewTask[],
  now: Date,
  origins: readonly TaskId[] = [],
): OpenedTasks {
  const rulesOf = ({ formId = null }: NewTask): Rules => ({
    workflow,
    config: project.assignment,
    quality: project.quality,
    forms: forms.get(formId) ?? NO_FORMS,
    random,
    now,
  })
  const works: TaskWork[] = []
  const jobs: NewJob[] = []
  let controls = 0
  for (const task of given) {
    const taskId = ids.next() as TaskId
    if (task.purpose === 'control') {
      const origin = origins[controls++ % Math.max(1, origins.length)]
      works.push(controlFrom(taskFrom(task, project, workflow, asOldAs(taskId, origin), now)))
      continue
    }
    const opened = openTask(taskFrom(task, project, workflow, taskId, now), rulesOf(task))
    if (opened.automatic === null) {
      works.push(opened.work)
      continue
    }
    const jobId = ids.next() as JobId
    const { work } = withJob(opened, jobId)
    works.push(work)
    jobs.push(jobOf(work.task, opened.automatic, jobId, now, jobTypes))
  }
  return { works, jobs, facts: jobs.map(itemAdded) }
}

/** A control: it stands at no step, and has no slot until somebody is given it. */
function controlFrom(task: Task): TaskWork {
  return { task: { ...task, returns: OF_CONTROL, version: 1 }, slots: [], assignments: [] }
}

/** Characters of a UUIDv7 that say when it was made: the millisecond, and the count within it that makers go on with. The ten behind them are drawn. */
const MOMENT = 26

/** The id with the moment of another one, so that it does not say when it was made. */
function asOldAs(taskId: TaskId, origin: TaskId | undefined): TaskId {
  return origin === undefined ? taskId : (`${origin.slice(0, MOMENT)}${taskId.slice(MOMENT)}` as TaskId)
}

/** Says that tasks were added. */
export function tasksAdded(projectId: ProjectId, works: readonly TaskWork[]): NewFact {
  const taskIds = works.slice(0, MAX_NAMED).map(({ task }) => task.taskId)
  return fact(projectId, 'task_added', { taskIds, count: works.length })
}

/** A job type of an automatic step that is not registered here; undefined: there is none. */
export function unregisteredType(
  { steps }: Workflow,
  jobTypes: AssignmentDeps['jobTypes'],
): string | undefined {
  return steps.find(({ jobType }) => jobType !== null && !jobTypes.has(jobType))?.jobType ?? undefined
}

/** @throws ValidationError at `tasks` where a job type of their workflow is not registered here */
export function demandRegistered(workflow: Workflow, jobTypes: AssignmentDeps['jobTypes']): void {
  const jobType = unregisteredType(workflow, jobTypes)
  if (jobType === undefined) return
  const message = `need the job type ${jobType} of their workflow, which is not registered here`
  throw new ValidationError([{ path: 'tasks', message }])
}

/**
 * The automatic steps of a workflow are done with the task's payload: that their job types take it is seen now, not when the step opens. Gives what they
 * refuse, each path behind `at`. Of a type that is not registered here nothing is known.
 */
export async function payloadIssues(
  { payload }: Pick<NewTask, 'payload'>,
  { steps }: Workflow,
  jobTypes: AssignmentDeps['jobTypes'],
  at: readonly PropertyKey[] = ['payload'],
): Promise<Issue[]> {
  const issues: Issue[] = []
  for (const name of new Set(steps.flatMap(({ jobType }) => jobType ?? []))) {
    const type = jobTypes.get(name)
    if (type === undefined) continue
    try {
      await readPayload(type, payload, at)
    } catch (refusal) {
      if (!(refusal instanceof JobValidationError)) throw refusal
      issues.push(...refusal.issues)
    }
  }
  return issues
}

/** The forms of the steps of new tasks. @throws ValidationError naming each form that is not there */
export async function formsGiven(
  forms: FormStore,
  tasks: readonly NewTask[],
  workflow: Workflow,
): Promise<ReadonlyMap<FormId | null, StepForms>> {
  const read = new Map<FormId | null, StepForms>()
  for (const [index, { formId = null }] of tasks.entries()) {
    if (read.has(formId)) continue
    if (formId !== null && (await forms.find(formId)) === undefined)
      throw new ValidationError([{ path: `tasks[${index}].formId`, message: 'names no form' }])
    read.set(formId, await readForms(forms, workflow, formId))
  }
  return read
}

/**
 * That every people step can show the payload, and that a known answer is one to what is asked, is seen now, not when somebody opens the task. Paths begin
 * with `payload` and `gold`.
 */
export function formIssues(
  { payload, gold, formId = null }: NewTask,
  { workflow, forms }: Pick<Way, 'workflow' | 'forms'>,
): Issue[] {
  const byStep = forms.get(formId) ?? NO_FORMS
  // By the workflow's own forms `until` was checked when it was made.
  const unasked = formId === null ? [] : workflow.steps.flatMap((step) => overlapIssues(step, byStep))
  const unfit = [...unasked, ...[...new Set(byStep.values())].flatMap((form) => checkPayload(form, payload))]
  const annotation = workflow.steps.find(
    ({ stepId, stepType }) => stepType === 'annotation' && byStep.has(stepId),
  )
  const form = annotation && byStep.get(annotation.stepId)
  if (unfit.length > 0 || gold == null || form === undefined) return unfit
  return checkGold(form, payload, gold)
}

/** Why a step cannot wait for answers to a form that stands in for its own. */
function overlapIssues(step: Step, forms: StepForms): Issue[] {
  const [overlap, form] = [adaptiveOverlap(step), forms.get(step.stepId)]
  if (overlap === undefined || form === undefined) return []
  return untilFaults(form, overlap, []).map(({ rule, path, message }) => ({
    path: 'formId',
    ...(rule !== undefined && { rule }),
    message: `does not fit the step ${step.stepId}, whose assignmentsRequired.${path} ${message}`,
  }))
}

/** A new task before it is opened. */
function taskFrom(given: NewTask, project: Project, workflow: Workflow, taskId: TaskId, now: Date): Task {
  return {
    taskId,
    projectId: project.projectId,
    workflowId: workflow.workflowId,
    status: 'open',
    currentStepId: null,
    priority: given.priority ?? 0,
    payload: given.payload,
    requiredSkills: (given.requiredSkills ?? []).map(requirementOf),
    gold: given.gold ?? null,
    formId: given.formId ?? null,
    externalId: given.externalId ?? null,
    version: 0,
    cooldownUntil: null,
    stepOpenedAt: now,
    returns: 0,
    jobId: null,
    createdAt: now,
    completedAt: null,
    overlapEnds: null,
  }
}
