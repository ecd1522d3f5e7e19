import type { AssignmentDeps, AssignmentStores } from '../assignment/assignment-deps.ts'
import type { NewTask } from '../assignment/assignments.ts'
import { formIssues, openTasks, payloadIssues, tasksAdded, type Way } from '../assignment/task/new-tasks.ts'
import { digestOf } from '../digest.ts'
import { ConflictError, NotFoundError, ValidationError } from '../errors.ts'
import type { ProjectId } from '../ids.ts'
import { lengthOf } from '../input/parse.ts'
import type { Issue } from '../json/json.ts'
import type { Transactions } from '../transactions.ts'
import { readForms } from '../workflow/step-forms.ts'
import type { AskedPeople } from './comparisons.ts'

/** Most faults that one refusal names. */
const MOST_NAMED = 10
/** Ids that the store is asked for at once. */
const BATCH = 1_000
/** Longest externalId, in characters. */
const LONGEST = 200

/** Dependencies of asking people. */
export type PeopleTasksDeps = Pick<AssignmentDeps, 'clock' | 'ids' | 'jobTypes' | 'random'>

/**
 * The way that tasks go through which people must not know the origin of.
 * @throws NotFoundError; ConflictError if the project has no workflow, or one with an annotation step that has no form and so shows all
 */
export async function blindWay(
  { projects, workflows, forms }: Pick<AssignmentStores, 'projects' | 'workflows' | 'forms'>,
  projectId: ProjectId,
): Promise<Way> {
  const project = await projects.find(projectId)
  if (project === undefined) throw new NotFoundError('project', projectId)
  const workflow = project.workflowId && (await workflows.find(project.workflowId))
  if (!workflow) throw new ConflictError('The project has no workflow for tasks to go through', { projectId })
  const read = await readForms(forms, workflow, null)
  const bare = workflow.steps.find(({ stepType, stepId }) => stepType === 'annotation' && !read.has(stepId))
  if (bare !== undefined) {
    const message = `The annotation step ${bare.stepId} has no form: it would show where each answer came from`
    throw new ConflictError(message, { projectId, stepId: bare.stepId })
  }
  return { project, workflow, forms: new Map([[null, read]]) }
}

/** @throws ValidationError naming what steps cannot show or job types do not take, by the task's externalId */
export async function checkTasks(
  { jobTypes }: Pick<PeopleTasksDeps, 'jobTypes'>,
  way: Way,
  tasks: readonly NewTask[],
): Promise<void> {
  const issues: Issue[] = []
  for (const task of tasks) {
    const at = `tasks[${task.externalId ?? ''}]`
    for (const issue of [...(await payloadIssues(task, way.workflow, jobTypes)), ...formIssues(task, way)])
      issues.push({ ...issue, path: `${at}.${issue.path}` })
    if (issues.length >= MOST_NAMED) break
  }
  if (issues.length > 0) throw new ValidationError(issues.slice(0, MOST_NAMED))
}

/**
 * Makes those of the tasks that the project does not have, in one transaction.
 * @throws ValidationError as `checkTasks`; ConflictError if somebody adds one of them meanwhile
 */
export async function askMissing(
  deps: PeopleTasksDeps & {
    readonly transactions: Transactions<Pick<AssignmentStores, 'tasks' | 'jobs' | 'events'>>
    readonly nudge: () => void
  },
  way: Way,
  tasks: readonly NewTask[],
): Promise<AskedPeople> {
  const { transactions, clock, nudge } = deps
  const { projectId } = way.project
  const there = new Set<string>()
  const ids = tasks.flatMap(({ externalId }) => externalId ?? [])
  for (let from = 0; from < ids.length; from += BATCH) {
    const found = await transactions.stores.tasks.listByExternalId(projectId, ids.slice(from, from + BATCH))
    for (const { externalId } of found) if (externalId !== null) there.add(externalId)
  }
  const missing = tasks.filter(({ externalId }) => !there.has(externalId ?? ''))
  await checkTasks(deps, way, missing)
  const { works, jobs, facts } = openTasks(deps, way, missing, clock.now())
  if (works.length > 0) {
    await transactions.transaction(async (stores) => {
      await stores.tasks.add(works)
      if (jobs.length > 0) await stores.jobs.add(jobs)
      await stores.events.append([tasksAdded(projectId, works), ...facts])
    })
  }
  if (jobs.length > 0) nudge()
  return { added: works.map(({ task }) => task.taskId), existing: there.size }
}

/** A task's own name: `comparison/<id>/…`. Too long a rest stands as its SHA-256. */
export function externalIdOf(head: string, parts: readonly (string | number)[]): string {
  const rest = parts.join('/')
  const whole = `${head}/${rest}`
  return lengthOf(whole) <= LONGEST ? whole : `${head}/${digestOf(rest)}`
}
