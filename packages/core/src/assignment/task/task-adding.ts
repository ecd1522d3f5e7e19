import { ConflictError, JobValidationError, NotFoundError, ValidationError } from '../../errors.ts'
import type { ProjectId, TaskId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import { type Issue, sameJson } from '../../json/json.ts'
import type { Task } from '../../workflow/task.ts'
import type { Workflow } from '../../workflow/workflow.ts'
import type { AssignmentDeps } from '../assignment-deps.ts'
import { newTasks } from '../assignment-input.ts'
import type { ExistingTask, NewTask, TaskUseCases } from '../assignments.ts'
import { MAX_TRIES } from './locked-task.ts'
import {
  demandRegistered,
  formIssues,
  formsGiven,
  openTasks,
  payloadIssues,
  tasksAdded,
  type Way,
} from './new-tasks.ts'

/** Most external ids that one refusal names. */
const MAX_TAKEN_NAMED = 100

/** Adding tasks: all of them, or those that are missing. */
export function taskAdding(deps: AssignmentDeps): Pick<TaskUseCases, 'add' | 'addMissing'> {
  const { transactions, clock, jobTypes, nudge } = deps
  const { stores } = transactions

  /** The workflow of new tasks of the project. @throws what `add` throws of its own input */
  const wayOf = async (projectId: ProjectId, given: readonly NewTask[]): Promise<Way> => {
    const project = await stores.projects.find(projectId)
    if (project === undefined) throw new NotFoundError('project', projectId)
    const workflow = project.workflowId && (await stores.workflows.find(project.workflowId))
    if (!workflow)
      throw new ConflictError('The project has no workflow for tasks to go through', { projectId })
    await checkPayloads(given, workflow, jobTypes)
    const forms = await formsGiven(stores.forms, given, workflow)
    checkByForms(given, { workflow, forms })
    return { project, workflow, forms }
  }

  /** Those of the given tasks that the project has already. */
  const existingOf = async (projectId: ProjectId, given: readonly NewTask[]): Promise<ExistingTask[]> => {
    const externalIds = given.flatMap(({ externalId }) => externalId ?? [])
    if (externalIds.length === 0) return []
    const tasks = await stores.tasks.listByExternalId(projectId, externalIds)
    const byId = new Map(tasks.map((task) => [task.externalId, task]))
    return given.flatMap(({ externalId, payload, gold = null }, index) => {
      const task = externalId == null ? undefined : byId.get(externalId)
      if (externalId == null || task === undefined) return []
      const differs = !sameJson(task.payload, payload) || !sameJson(task.gold ?? null, gold)
      return [{ index, externalId, taskId: task.taskId, differs }]
    })
  }

  /** For each control, a task of work that it is to look as old as. */
  const originsFor = async (
    { project: { projectId } }: Way,
    given: readonly NewTask[],
  ): Promise<readonly TaskId[]> => {
    const draws = given.flatMap(({ purpose }) => (purpose === 'control' ? [deps.random.next()] : []))
    return draws.length === 0 ? [] : stores.quality.drawWork(projectId, draws)
  }

  const keep = async (way: Way, given: readonly NewTask[]): Promise<Task[]> => {
    const { works, jobs, facts } = openTasks(deps, way, given, clock.now(), await originsFor(way, given))
    await transactions.transaction(async (inside) => {
      await inside.tasks.add(works)
      if (jobs.length > 0) await inside.jobs.add(jobs)
      await inside.events.append([tasksAdded(way.project.projectId, works), ...facts])
    })
    if (jobs.length > 0) nudge()
    return works.map(({ task }) => task)
  }

  return {
    async add(projectId, tasks) {
      const given = parse(newTasks, { tasks }).tasks
      const way = await wayOf(projectId, given)
      try {
        return await keep(way, given)
      } catch (error) {
        const taken = error instanceof ConflictError ? await existingOf(projectId, given) : []
        throw taken.length === 0 ? error : takenIds(taken, error)
      }
    },

    async addMissing(projectId, tasks) {
      const given = parse(newTasks, { tasks }).tasks
      const way = await wayOf(projectId, given)
      for (let tries = 1; ; tries++) {
        const existing = await existingOf(projectId, given)
        const there = new Set(existing.map(({ index }) => index))
        const missing = given.filter((_, index) => !there.has(index))
        try {
          return { added: missing.length === 0 ? [] : await keep(way, missing), existing }
        } catch (error) {
          // Somebody added one of them between the look and the write: it exists now.
          if (!(error instanceof ConflictError) || tries === MAX_TRIES) throw error
        }
      }
    },
  }
}

/** The refusal of a call whose external ids are taken, each with its path. */
function takenIds(taken: readonly ExistingTask[], cause: unknown): ConflictError {
  const errors = taken.slice(0, MAX_TAKEN_NAMED).map(
    ({ index, externalId }): Issue => ({
      path: `tasks[${index}].externalId`,
      message: `is taken in the project: ${externalId}`,
    }),
  )
  const [first] = taken
  const message =
    taken.length === 1
      ? `The externalId ${first?.externalId} is taken in the project`
      : `${taken.length} external ids are taken in the project, the first is ${first?.externalId}`
  return new ConflictError(message, { errors }, { cause })
}

/**
 * That every people step can show the payloads, and known answers are some to what is asked.
 * @throws ValidationError naming each place behind `tasks[3].payload` and `tasks[3].gold`
 */
function checkByForms(tasks: readonly NewTask[], way: Pick<Way, 'workflow' | 'forms'>): void {
  const issues = tasks.flatMap((task, index) =>
    formIssues(task, way).map((issue) => ({ ...issue, path: `tasks[${index}].${issue.path}` })),
  )
  if (issues.length > 0) throw new ValidationError(issues.slice(0, MAX_TAKEN_NAMED))
}

/**
 * That the job types of automatic steps take the payloads.
 * @throws JobValidationError naming each path behind `tasks[3].payload`; ValidationError where a type is not registered
 */
async function checkPayloads(
  tasks: readonly NewTask[],
  workflow: Workflow,
  jobTypes: AssignmentDeps['jobTypes'],
): Promise<void> {
  demandRegistered(workflow, jobTypes)
  const issues: Issue[] = []
  for (const [index, task] of tasks.entries()) {
    issues.push(...(await payloadIssues(task, workflow, jobTypes, ['tasks', index, 'payload'])))
  }
  if (issues.length > 0) throw new JobValidationError(issues)
}
