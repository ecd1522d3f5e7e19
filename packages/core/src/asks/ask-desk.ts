import type { AssignmentDeps, AssignmentStores } from '../assignment/assignment-deps.ts'
import type { NewTask } from '../assignment/assignments.ts'
import { later } from '../assignment/claim/terms.ts'
import {
  formIssues,
  type OpenedTasks,
  openTasks,
  payloadIssues,
  tasksAdded,
  unregisteredType,
  type Way,
} from '../assignment/task/new-tasks.ts'
import { AskRefusedError, NotFoundError } from '../errors.ts'
import type { NewFact } from '../events/event.ts'
import { checkResult } from '../forms/check-result.ts'
import type { Form } from '../forms/form.ts'
import type { FormStore } from '../forms/form-store.ts'
import { type FormId, isUuid, type JobId, type ProjectId, type WorkflowId } from '../ids.ts'
import type { NewAsk, PlannedAsk } from '../jobs/asks/ask.ts'
import { lifeOf } from '../jobs/asks/ask-store.ts'
import type { AskDesk } from '../jobs/asks/desk.ts'
import type { Outcome, WorkerStore } from '../jobs/worker-store.ts'
import type { Issue } from '../json/json.ts'
import type { Transactions } from '../transactions.ts'
import { readForms } from '../workflow/step-forms.ts'
import { readAsk } from './ask-input.ts'

/** The stores that questions of jobs read and write. */
interface AskStores extends AssignmentStores {
  readonly workers: WorkerStore
}

/** Dependencies of what questions do. */
export interface AskDeps extends AssignmentDeps {
  readonly transactions: Transactions<AskStores>
}

/** Dependencies of taking questions. */
type DeskDeps = Pick<AskDeps, 'transactions' | 'clock' | 'ids' | 'random' | 'jobTypes' | 'nudge'>

/** A question with its task at its first step. */
interface OpenedAsk {
  readonly ask: NewAsk
  readonly projectId: ProjectId
  readonly opened: OpenedTasks
}

type Request = Parameters<WorkerStore['settle']>[0]
type Asleep = Extract<Outcome, { readonly kind: 'asleep' }>

/** Takes questions of handlers, and makes their tasks in the transaction in which the job falls asleep. */
export function askDesk(deps: DeskDeps): AskDesk {
  const { transactions, nudge } = deps
  return {
    life: (jobId) => lifeOf(transactions.stores.asks, jobId),
    lives: (jobIds) => transactions.stores.asks.lives(jobIds),
    read: readAsk,
    plan: ({ projectId }, ask) => plan(deps, projectId, ask),
    async settle(request) {
      const { receipt, jobs } = await transactions.transaction((stores) => settle(deps, stores, request))
      if (jobs > 0) nudge()
      return receipt
    },
  }
}

/** The question as it can be put. @throws AskRefusedError if the project cannot serve it */
async function plan(
  { transactions: { stores }, jobTypes }: DeskDeps,
  projectId: ProjectId,
  { name, digest, wish }: Parameters<AskDesk['plan']>[1],
): Promise<PlannedAsk> {
  const project = await stores.projects.find(projectId)
  if (project === undefined) throw new NotFoundError('project', projectId)
  const form = wish.form === undefined ? undefined : await namedForm(stores.forms, wish.form)
  if (wish.form !== undefined && form === undefined) refuse('form', `names no form: ${wish.form}`)
  const workflowId = (wish.workflowId as WorkflowId | undefined) ?? project.workflowId
  const workflow = workflowId === null ? undefined : await stores.workflows.find(workflowId)
  if (workflow === undefined) return refuse('workflowId', 'names no workflow, and the project has none')
  const planned = {
    name,
    digest,
    projectId,
    workflowId: workflow.workflowId,
    formId: form?.formId ?? null,
    wish,
  }
  const way = await wayOf(stores, planned)
  const task = taskOf(planned)
  const unregistered = unregisteredType(workflow, jobTypes)
  if (unregistered !== undefined)
    refuse('workflowId', `needs the job type ${unregistered}, which is not registered here`)
  const issues = [
    ...(await payloadIssues(task, workflow, jobTypes)),
    ...formIssues(task, way).map(({ path, ...issue }) => ({
      ...issue,
      path: path === 'formId' ? 'form' : path,
    })),
    ...defaultIssues(planned, way),
  ]
  if (issues.length > 0) throw new AskRefusedError(issues)
  return planned
}

function refuse(path: string, message: string): never {
  throw new AskRefusedError([{ path, message }])
}

/** A form by its id, or the newest version of that name. */
function namedForm(forms: FormStore, named: string): Promise<Form | undefined> {
  return isUuid(named) ? forms.find(named as FormId) : forms.findLatest(named)
}

/** Why the default answer is none to what is asked. */
function defaultIssues({ formId, wish: { payload, onTimeout } }: PlannedAsk, way: Way): Issue[] {
  if (typeof onTimeout !== 'object') return []
  const forms = way.forms.get(formId)
  const step = way.workflow.steps.find(
    ({ stepType, stepId }) => stepType === 'annotation' && forms?.has(stepId),
  )
  const form = step && forms?.get(step.stepId)
  if (form === undefined) return []
  return checkResult(form, payload, onTimeout.answer).map(({ path, rule, message }) => ({
    path: path.replace(/^result/, 'onTimeout.answer'),
    rule,
    message,
  }))
}

async function wayOf(
  { projects, workflows, forms }: AskStores,
  { projectId, workflowId, formId }: Pick<PlannedAsk, 'projectId' | 'workflowId' | 'formId'>,
): Promise<Way> {
  const project = await projects.find(projectId)
  const workflow = await workflows.find(workflowId)
  if (project === undefined) throw new NotFoundError('project', projectId)
  if (workflow === undefined) throw new NotFoundError('workflow', workflowId)
  return { project, workflow, forms: new Map([[formId, await readForms(forms, workflow, formId)]]) }
}

function taskOf({ formId, wish: { payload, priority, requiredSkills } }: PlannedAsk): NewTask {
  return { payload, priority, requiredSkills, formId }
}

async function settle(deps: DeskDeps, stores: AskStores, request: Request) {
  const receipt = await stores.workers.settle(request)
  const recorded = new Set(receipt.recorded)
  const outcomes = request.outcomes
    .filter(({ jobId }) => recorded.has(jobId))
    .toSorted((one, other) => (one.jobId < other.jobId ? -1 : 1))
  for (const { jobId, kept } of outcomes) if (kept !== undefined) await stores.asks.keep(jobId, kept)
  const sleeping = outcomes.filter((outcome): outcome is Asleep => outcome.kind === 'asleep')
  const opened = sleeping.length === 0 ? [] : await openedAsks(deps, stores, sleeping, request.now)
  const asleep = await stores.asks.open(
    opened.map(({ ask }) => ask),
    request.now,
  )
  const facts: NewFact[] = []
  let jobs = 0
  const made = Map.groupBy(
    opened.filter(({ ask }) => asleep.has(ask.jobId)),
    ({ projectId }) => projectId,
  )
  for (const [projectId, ofProject] of made) {
    const works = ofProject.flatMap(({ opened: { works } }) => works)
    const first = ofProject.flatMap(({ opened }) => opened.jobs)
    await stores.tasks.add(works)
    if (first.length > 0) await stores.jobs.add(first)
    jobs += first.length
    facts.push(tasksAdded(projectId, works), ...ofProject.flatMap(({ opened }) => opened.facts))
  }
  if (facts.length > 0) await stores.events.append(facts)
  return { receipt, jobs }
}

/** The questions of jobs that fall asleep, with tasks that are not kept yet. */
async function openedAsks(
  deps: DeskDeps,
  stores: AskStores,
  sleeping: readonly Asleep[],
  now: Date,
): Promise<OpenedAsk[]> {
  const ways = new Map<string, Way>()
  const all: OpenedAsk[] = []
  for (const { jobId, asks } of sleeping) {
    for (const ask of asks) {
      const kind = `${ask.projectId} ${ask.workflowId} ${ask.formId}`
      const way = ways.get(kind) ?? (await wayOf(stores, ask))
      ways.set(kind, way)
      all.push(openedAsk(deps, way, jobId, ask, now))
    }
  }
  return all
}

function openedAsk(deps: DeskDeps, way: Way, jobId: JobId, planned: PlannedAsk, now: Date): OpenedAsk {
  const { name, digest, projectId, wish } = planned
  const opened = openTasks(deps, way, [taskOf(planned)], now)
  const [work] = opened.works
  if (work === undefined) throw new RangeError(`No task was opened for ${name}`)
  const { timeoutSeconds, onTimeout } = wish
  const ask = {
    jobId,
    name,
    digest,
    taskId: work.task.taskId,
    timeoutAt: timeoutSeconds === undefined ? null : later(now, timeoutSeconds * 1_000),
    onTimeout: timeoutSeconds === undefined ? null : (onTimeout ?? null),
  }
  return { ask, projectId, opened }
}
