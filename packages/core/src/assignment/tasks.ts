import {
  ConflictError,
  ForbiddenError,
  JobValidationError,
  NotFoundError,
  ValidationError,
} from '../errors.ts'
import { shownThings } from '../forms/visible.ts'
import type { FormId, ProjectId, TaskId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import type { Issue } from '../json/json.ts'
import { checkVersion } from '../people/people-use-cases.ts'
import { formShownAt, readForms, type StepForms } from '../workflow/step-forms.ts'
import type { Task } from '../workflow/task.ts'
import { adaptiveOverlap, type Workflow } from '../workflow/workflow.ts'
import { requirementOf } from '../workflow/workflow-use-cases.ts'
import type { TaskWork } from './assignment.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import { newTasks, positionRequest, taskChange } from './assignment-input.ts'
import type {
  Asked,
  ExistingTask,
  NewTask,
  SeenTask,
  StepOverlap,
  TaskChange,
  TaskUseCases,
} from './assignments.ts'
import { knows, manages } from './authority.ts'
import { seenAssignments, visibleTask } from './blindness.ts'
import { cancelJob } from './cancel-job.ts'
import { overlapsOf, stepsBlind } from './overlap-view.ts'
import { positionEffects } from './position.ts'
import { MAX_TRIES, rulesFor, write } from './task/locked-task.ts'
import { formIssues, formsGiven, openTasks, payloadIssues, tasksAdded, type Way } from './task/new-tasks.ts'
import { onLockedTask, settledWork } from './task/settled-task.ts'
import { resultOf } from './task/task-results.ts'
import { cancelTask, changeTask, endReservations, unchanged } from './task/task-work.ts'
import type { Changed, Rules } from './task/work-draft.ts'
import { taskBulks } from './task-bulk.ts'
import { taskHistory } from './task-history.ts'
import { taskLists } from './task-list.ts'

/** Most external ids that one refusal names. */
const MAX_TAKEN_NAMED = 100

/** Completed tasks read in one go. */
const RESULTS_PAGE = 200

/** Decisions on overlap that are read to say how far a task is: more than any task has. */
const MAX_OVERLAPS_READ = 1_000

/** A completed task, and what it went through. */
interface Completed {
  readonly work: TaskWork
  readonly workflow: Workflow
  readonly forms: StepForms
}

/** The use cases of tasks. */
export function taskUseCases(deps: AssignmentDeps): TaskUseCases {
  const { transactions, clock, jobTypes, nudge } = deps
  const { stores } = transactions

  const get = async (taskId: TaskId): Promise<Task> => {
    const task = await stores.tasks.find(taskId)
    if (task === undefined) throw new NotFoundError('task', taskId)
    return task
  }

  /** Changes a task under its lock. */
  const change = (
    taskId: TaskId,
    { ifVersion, by }: Asked,
    act: (stores: AssignmentStores, work: TaskWork, rules: Rules) => Promise<Changed>,
  ): Promise<Task> =>
    onLockedTask(
      deps,
      taskId,
      () => [],
      async (locked, work) => {
        checkVersion('Task', work.task.version, ifVersion)
        const now = clock.now()
        const rules = await rulesFor(locked, deps, work.task, now, by)
        const changed = await act(locked, work, rules)
        const written = await write(locked, deps, work, changed, now)
        await locked.events.append(written.facts)
        return written.work.task
      },
    )

  const changeParts = async (taskId: TaskId, given: TaskChange, asked: Asked): Promise<Task> => {
    const { priority, requiredSkills } = parse(taskChange, given)
    return change(taskId, asked, async (_, work, rules) =>
      changeTask(work, rules, {
        ...(priority !== undefined && { priority }),
        ...(requiredSkills !== undefined && { requiredSkills: requiredSkills.map(requirementOf) }),
      }),
    )
  }

  const overlapOf = async (work: TaskWork, workflow: Workflow): Promise<StepOverlap[]> => {
    const isDecided = workflow.steps.some((step) => adaptiveOverlap(step) !== undefined)
    const kept = isDecided ? await stores.tasks.listOverlaps(work.task.taskId, MAX_OVERLAPS_READ) : []
    return overlapsOf(
      work,
      workflow,
      kept.map(({ decision }) => decision),
    )
  }

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
    const ids = new Map(tasks.map(({ externalId, taskId }) => [externalId, taskId]))
    return given.flatMap(({ externalId }, index) => {
      const taskId = externalId == null ? undefined : ids.get(externalId)
      return externalId == null || taskId === undefined ? [] : [{ index, externalId, taskId }]
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

  /** Completed tasks, each with what it went through, in task order. */
  async function* completed(projectId: ProjectId): AsyncGenerator<Completed, void> {
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
        yield { work, workflow, forms: await formsRead(workflow, work.task.formId) }
        after = { taskId: work.task.taskId }
      }
    }
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

    get,

    async view(taskId, viewer) {
      const work = await settledWork(deps, taskId)
      if (work === undefined || !knows(viewer, work.task.projectId)) throw new NotFoundError('task', taskId)
      const manager = manages(viewer, work.task.projectId)
      if (!manager && work.assignments.every(({ userId }) => userId !== viewer.userId)) {
        throw new ForbiddenError('Only those with an assignment on it and managers may see a task')
      }
      const { workflow, forms, quality } = await rulesFor(stores, deps, work.task, clock.now())
      const mine = work.assignments.filter(({ userId }) => userId === viewer.userId)
      const own = mine.map(({ stepId }) => stepId)
      const seen = (): SeenTask => visibleTask(work.task, workflow, forms, own, quality)
      const task = manager ? work.task : seen()
      const shown = (manager ? workflow.steps.map(({ stepId }) => stepId) : own)
        .map((stepId) => formShownAt(workflow, forms, stepId))
        .find((form) => form !== undefined)
      const orders = mine.find(({ presentation }) => presentation !== null)?.presentation?.sides ?? {}
      return {
        task,
        show: shown === undefined ? [] : shownThings(shown, task.payload, orders),
        steps: manager ? workflow.steps : stepsBlind(workflow.steps),
        assignments: seenAssignments(work, workflow, viewer),
        ...(manager && { overlap: await overlapOf(work, workflow) }),
      }
    },

    ...taskLists(deps),
    ...taskBulks(deps),

    setPriority: (taskId, priority, ifVersion) => changeParts(taskId, { priority }, { ifVersion }),

    change: (taskId, given, asked = {}) => changeParts(taskId, given, asked),

    cancel: (taskId, ifVersion, by) =>
      change(taskId, { ifVersion, by }, async (locked, work, rules) => {
        if (work.task.status === 'cancelled') return unchanged(work)
        const cancelled = cancelTask(work, rules)
        const removed = await cancelJob(locked, work.task, rules.now)
        return { ...cancelled, facts: [...cancelled.facts, ...removed] }
      }),

    endReservations: (taskId, ifVersion) =>
      change(taskId, { ifVersion }, async (_, work, rules) => endReservations(work, rules)),

    ...taskHistory(deps),

    async positionEffects(projectId, request = {}) {
      return positionEffects(stores, projectId, parse(positionRequest, request))
    },

    async *results(projectId) {
      for await (const { work, workflow, forms } of completed(projectId))
        yield resultOf(work, workflow, forms)
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
  const unknown = workflow.steps.find(({ jobType }) => jobType !== null && !jobTypes.has(jobType))
  if (unknown) {
    const message = `need the job type ${unknown.jobType} of their workflow, which is not registered here`
    throw new ValidationError([{ path: 'tasks', message }])
  }
  const issues: Issue[] = []
  for (const [index, task] of tasks.entries()) {
    issues.push(...(await payloadIssues(task, workflow, jobTypes, ['tasks', index, 'payload'])))
  }
  if (issues.length > 0) throw new JobValidationError(issues)
}
