import { ConflictError, NotFoundError } from '../../errors.ts'
import { fact, type NewFact } from '../../events/event.ts'
import type { JobId, ProjectId, TaskId, UserId } from '../../ids.ts'
import { HIGHEST_PRIORITY } from '../../input/parse.ts'
import type { NewJob } from '../../jobs/job.ts'
import { limitsOf } from '../../jobs/limited.ts'
import { retryPolicy } from '../../jobs/retry/retry.ts'
import type { AssignmentConfig } from '../../people/person.ts'
import { addedUp, isNothing } from '../../quality/counters.ts'
import { personPaused } from '../../quality/facts.ts'
import { type Watch, watchAfter } from '../../quality/watch.ts'
import { readForms } from '../../workflow/step-forms.ts'
import type { Task } from '../../workflow/task.ts'
import type { Step } from '../../workflow/workflow.ts'
import type { TaskWork } from '../assignment.ts'
import type { AssignmentDeps, AssignmentStores } from '../assignment-deps.ts'
import { CALIBRATION_PREFIX, tellCalibrations } from '../calibrated-tasks.ts'
import { absence, overload } from '../eligibility.ts'
import type { Available } from './slots.ts'
import { peopleOfOutcome, resultOf } from './task-results.ts'
import { withJob } from './task-work.ts'
import type { Changed, Judgement, Rules } from './work-draft.ts'

/** How often something is decided again because others were faster. */
export const MAX_TRIES = 10

/** Priority of the job of an automatic step, above the task's own: that of a loose item for a task of priority 0. */
const JOB_PRIORITY = 5

/**
 * Acts on a task that nobody else changes meanwhile. The people who may be given something of it are locked before the task is, so what is read of these
 * people holds too; if it turns out under the lock that more people are concerned, it begins again with them. `settle` does what must be done on the task
 * before, and says whether it did; `lockMore` takes locks that come after those of people and before that of the task.
 *
 * @throws NotFoundError
 * @throws ConflictError if the task changes too fast to catch up
 */
export async function underLock<T>(
  { transactions }: AssignmentDeps,
  taskId: TaskId,
  mayReceive: (work: TaskWork) => readonly UserId[],
  act: (stores: AssignmentStores, work: TaskWork) => Promise<T>,
  settle: (work: TaskWork) => Promise<boolean> = async () => false,
  lockMore?: (stores: AssignmentStores) => Promise<unknown>,
): Promise<T> {
  let seen = await transactions.stores.tasks.findWork(taskId)
  if (seen !== undefined && (await settle(seen))) seen = await transactions.stores.tasks.findWork(taskId)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if (seen === undefined) throw new NotFoundError('task', taskId)
    const locked = new Set(mayReceive(seen))
    const outcome = await transactions.transaction(async (stores) => {
      if (locked.size > 0) await stores.people.lock([...locked].sort())
      await lockMore?.(stores)
      const work = await stores.tasks.lockWork(taskId)
      if (work === undefined || !mayReceive(work).every((userId) => locked.has(userId))) {
        return { kind: 'again', work } as const
      }
      return { kind: 'done', result: await act(stores, work) } as const
    })
    if (outcome.kind === 'done') return outcome.result
    seen = outcome.work
  }
  throw new ConflictError(`Task ${taskId} is changing too fast; try again`, { taskId })
}

/** The rules that decide over a task in a call of `by`, read once: its workflow with its forms, and its project's configuration. */
export async function rulesFor(
  stores: AssignmentStores,
  { random }: Pick<AssignmentDeps, 'random'>,
  task: Task,
  now: Date,
  by: UserId | null = null,
): Promise<Rules> {
  const workflow = await stores.workflows.find(task.workflowId)
  const project = await stores.projects.find(task.projectId)
  if (workflow === undefined) throw new NotFoundError('workflow', task.workflowId)
  if (project === undefined) throw new NotFoundError('project', task.projectId)
  const forms = await readForms(stores.forms, workflow, task.formId)
  return { workflow, config: project.assignment, quality: project.quality, forms, random, now, by }
}

/** The same for many tasks of one moment: rules of tasks that are alike in project, workflow and form are read once. */
export function rulesByKind(
  stores: AssignmentStores,
  deps: Pick<AssignmentDeps, 'random'>,
  now: Date,
  by: UserId | null,
): (task: Task) => Promise<Rules> {
  const known = new Map<string, Promise<Rules>>()
  return (task) => {
    const kind = `${task.projectId} ${task.workflowId} ${task.formId}`
    const rules = known.get(kind) ?? rulesFor(stores, deps, task, now, by)
    known.set(kind, rules)
    return rules
  }
}

/** Those of these people, all locked, who may have their work back now. */
export async function availabilityOf(
  stores: AssignmentStores,
  { projectId }: Task,
  config: AssignmentConfig,
  userIds: readonly UserId[],
): Promise<Available> {
  if (userIds.length === 0) return () => 'later'
  // Load and membership are the same whatever the type of step.
  const people = await stores.decisions.listPeople(projectId, 'annotation', [...new Set(userIds)])
  const byId = new Map(people.map((person) => [person.userId, person]))
  return (userId) => {
    const person = byId.get(userId)
    if (person?.paused) return 'never'
    if (person === undefined || person.status === 'suspended' || !person.isMember) return 'never'
    return absence(person).length + overload(person, config).length === 0 ? 'now' : 'later'
  }
}

/** A change as it was written. */
export interface Written {
  readonly work: TaskWork
  /** To be appended last. */
  readonly facts: readonly NewFact[]
  /** Those whom it paused; what they hold ends once it is committed. */
  readonly paused: readonly UserId[]
}

/**
 * Writes a change of a locked task, quality and the job of an automatic step included, and gives what became true, to be appended last, and the
 * task as it is then.
 */
export async function write(
  stores: AssignmentStores,
  { ids, jobTypes }: AssignmentDeps,
  before: TaskWork,
  changed: Changed,
  now: Date,
): Promise<Written> {
  const { projectId } = before.task
  const jobId = changed.automatic && (ids.next() as JobId)
  const { work, facts, observations, judgements, counters, automatic } =
    jobId === null ? changed : withJob(changed, jobId)
  const decided = changed.decided.map((one) => ({ decisionId: ids.next(), ...one }))
  const { moves } = changed
  await stores.tasks.saveWorks([{ before, after: work, moves, ...(decided.length > 0 && { decided }) }])
  const inOrder = [...observations].sort((one, other) => (one.userId < other.userId ? -1 : 1))
  for (const { userId, stepType, outcome } of inOrder) {
    await stores.people.observeQuality(userId, projectId, stepType, outcome)
  }
  const jobs = automatic === null || jobId === null ? [] : [jobOf(work.task, automatic, jobId, now, jobTypes)]
  if (jobs.length > 0) await stores.jobs.add(jobs)
  const ended = await feedBack(stores, before, work, now)
  if (!isNothing(counters)) await stores.quality.count(work.task.taskId, counters)
  const paused = await watch(stores, projectId, judgements)
  return {
    work,
    facts: [...facts, ...jobs.map(itemAdded), ...paused.map(personPaused), ...ended],
    paused: paused.map(({ userId }) => userId),
  }
}

/** Keeps how submissions were judged, and gives the watches that pause their people now. The people are locked. */
async function watch(
  { quality }: AssignmentStores,
  projectId: ProjectId,
  judgements: readonly Judgement[],
): Promise<Watch[]> {
  const paused: Watch[] = []
  for (const { userId, right, isControl, known, policy, now } of judgements) {
    await quality.addKnown(known)
    const before = await quality.lockWatch(projectId, userId)
    const after = watchAfter(before, { right, isControl, now }, policy)
    await quality.saveWatch(after)
    if (before.paused === null && after.paused !== null) paused.push(after)
  }
  return paused
}

/** A task that has ended is told to the run, the calibration or the job that it came from: behind the jobs, in the order of locks. */
async function feedBack(
  stores: AssignmentStores,
  before: TaskWork,
  work: TaskWork,
  now: Date,
): Promise<NewFact[]> {
  const { taskId, status, workflowId, externalId } = work.task
  if (status === 'open' || before.task.status !== 'open') return []
  const [isEscalated, asked] = await Promise.all([
    stores.escalations.hasTask(taskId),
    stores.asks.findByTasks([taskId]),
  ])
  const isAsked = asked.has(taskId)
  if (!isEscalated && !isAsked && externalId?.startsWith(CALIBRATION_PREFIX) !== true) return []
  const workflow = status === 'completed' ? await stores.workflows.find(workflowId) : undefined
  const outcome =
    workflow && resultOf(work, workflow, await readForms(stores.forms, workflow, work.task.formId)).outcome
  // The job of a question is locked before scenarios are.
  if (isAsked) {
    const by = workflow === undefined ? [] : peopleOfOutcome(work, workflow)
    const state = status === 'completed' ? 'answered' : 'cancelled'
    await stores.asks.endTasks([taskId], { state, answer: outcome ?? null, by }, now)
  }
  if (isEscalated) await stores.escalations.endTasks([taskId], status, outcome ?? null)
  return tellCalibrations(stores, [work.task], status, outcome ?? null)
}

/** The job that does an automatic step: it gets the task's payload, and goes before others as the task does. */
export function jobOf(
  { taskId, projectId, payload, priority }: Task,
  step: Step,
  jobId: JobId,
  now: Date,
  jobTypes: AssignmentDeps['jobTypes'],
): NewJob {
  if (step.jobType === null) throw new RangeError(`Step ${step.stepId} names no job type`)
  const type = jobTypes.get(step.jobType)
  return {
    jobId,
    projectId,
    taskId,
    type: step.jobType,
    payload,
    priority: Math.min(HIGHEST_PRIORITY, priority + JOB_PRIORITY),
    maxAttempts: retryPolicy(type?.retry).maxAttempts,
    availableAt: now,
    createdBy: null,
    createdAt: now,
    limits: limitsOf(type, { projectId, model: null, payload }),
  }
}

/** Says that a job was put in line. */
export function itemAdded({ projectId, jobId, type, priority, createdBy }: NewJob): NewFact {
  return fact(projectId, 'queue_item_added', { itemId: jobId, type, priority, createdBy })
}

/** One change after another, as one. */
export function followedBy(first: Changed, second: Changed): Changed {
  return {
    work: second.work,
    facts: [...first.facts, ...second.facts],
    observations: [...first.observations, ...second.observations],
    judgements: [...first.judgements, ...second.judgements],
    counters: addedUp([first.counters, second.counters]),
    automatic: second.automatic ?? first.automatic,
    decided: [...first.decided, ...second.decided],
    moves: [...first.moves, ...second.moves],
  }
}
