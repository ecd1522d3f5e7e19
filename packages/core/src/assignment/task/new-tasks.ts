import { JobValidationError } from '../../errors.ts'
import { fact, type NewFact } from '../../events/event.ts'
import type { JobId, ProjectId, TaskId } from '../../ids.ts'
import type { NewJob } from '../../jobs/job.ts'
import { readPayload } from '../../jobs/payload.ts'
import type { Issue } from '../../json/json.ts'
import type { Project } from '../../people/person.ts'
import type { Task } from '../../workflow/task.ts'
import type { Workflow } from '../../workflow/workflow.ts'
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
}

/** New tasks at their first steps, with the jobs of those that are automatic and the facts of these jobs. */
export interface OpenedTasks {
  readonly works: readonly TaskWork[]
  readonly jobs: readonly NewJob[]
  readonly facts: readonly NewFact[]
}

/** Makes tasks, at their first steps, of what was given. Keeps nothing. */
export function openTasks(
  { ids, jobTypes }: Pick<AssignmentDeps, 'ids' | 'jobTypes'>,
  { project, workflow }: Way,
  given: readonly NewTask[],
  now: Date,
): OpenedTasks {
  const rules: Rules = { workflow, config: project.assignment, now }
  const works: TaskWork[] = []
  const jobs: NewJob[] = []
  for (const task of given) {
    const opened = openTask(taskFrom(task, project, workflow, ids.next() as TaskId, now), rules)
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

/** Says that tasks were added. */
export function tasksAdded(projectId: ProjectId, works: readonly TaskWork[]): NewFact {
  const taskIds = works.slice(0, MAX_NAMED).map(({ task }) => task.taskId)
  return fact(projectId, 'task_added', { taskIds, count: works.length })
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
    externalId: given.externalId ?? null,
    version: 0,
    cooldownUntil: null,
    stepOpenedAt: now,
    returns: 0,
    jobId: null,
    createdAt: now,
    completedAt: null,
  }
}
