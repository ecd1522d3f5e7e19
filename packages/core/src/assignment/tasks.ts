import { ForbiddenError, NotFoundError } from '../errors.ts'
import { shownThings } from '../forms/visible.ts'
import type { TaskId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { checkVersion } from '../people/people-use-cases.ts'
import { formShownAt } from '../workflow/step-forms.ts'
import type { Task } from '../workflow/task.ts'
import { adaptiveOverlap, type Workflow } from '../workflow/workflow.ts'
import { requirementOf } from '../workflow/workflow-use-cases.ts'
import type { TaskWork } from './assignment.ts'
import type { AssignmentDeps, AssignmentStores } from './assignment-deps.ts'
import { positionRequest, taskChange } from './assignment-input.ts'
import type { Asked, SeenTask, StepOverlap, TaskChange, TaskUseCases } from './assignments.ts'
import { knows, manages } from './authority.ts'
import { seenAssignments, visibleTask } from './blindness.ts'
import { cancelJob } from './cancel-job.ts'
import { overlapsOf, stepsBlind } from './overlap-view.ts'
import { positionEffects } from './position.ts'
import { rulesFor, write } from './task/locked-task.ts'
import { onLockedTask, settledWork } from './task/settled-task.ts'
import { taskAdding } from './task/task-adding.ts'
import { resultsOf } from './task/task-results.ts'
import { cancelTask, changeTask, endReservations, unchanged } from './task/task-work.ts'
import type { Changed, Rules } from './task/work-draft.ts'
import { taskBulks } from './task-bulk.ts'
import { taskHistory } from './task-history.ts'
import { taskLists } from './task-list.ts'
import { stepTotals } from './task-steps.ts'

/** Decisions on overlap that are read to say how far a task is: more than any task has. */
const MAX_OVERLAPS_READ = 1_000

/** The use cases of tasks. */
export function taskUseCases(deps: AssignmentDeps): TaskUseCases {
  const { transactions, clock } = deps
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

  return {
    ...taskAdding(deps),

    get,

    ...taskViewing(deps),
    ...taskLists(deps),
    steps: stepTotals(deps),
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

    results: (projectId) => resultsOf(stores, projectId),
  }
}

/** A task as a person may see it. */
function taskViewing(deps: AssignmentDeps): Pick<TaskUseCases, 'view'> {
  const { stores } = deps.transactions

  const overlapOf = async (work: TaskWork, workflow: Workflow): Promise<StepOverlap[]> => {
    const isDecided = workflow.steps.some((step) => adaptiveOverlap(step) !== undefined)
    const kept = isDecided ? await stores.tasks.listOverlaps(work.task.taskId, MAX_OVERLAPS_READ) : []
    return overlapsOf(
      work,
      workflow,
      kept.map(({ decision }) => decision),
    )
  }

  return {
    async view(taskId, viewer) {
      const work = await settledWork(deps, taskId)
      if (work === undefined || !knows(viewer, work.task.projectId)) throw new NotFoundError('task', taskId)
      const manager = manages(viewer, work.task.projectId)
      if (!manager && work.assignments.every(({ userId }) => userId !== viewer.userId)) {
        throw new ForbiddenError('Only those with an assignment on it and managers may see a task')
      }
      const { workflow, forms, quality } = await rulesFor(stores, deps, work.task, deps.clock.now())
      const mine = work.assignments.filter(({ userId }) => userId === viewer.userId)
      const own = mine.map(({ stepId }) => stepId)
      const seen = (): SeenTask => visibleTask(work.task, workflow, forms, own, quality)
      const task = manager ? work.task : seen()
      const shown = (manager ? workflow.steps.map(({ stepId }) => stepId) : own)
        .map((stepId) => formShownAt(workflow, forms, stepId))
        .find((form) => form !== undefined)
      const ask = manager ? (await stores.asks.findByTasks([taskId])).get(taskId) : undefined
      const orders = mine.find(({ presentation }) => presentation !== null)?.presentation?.sides ?? {}
      return {
        task,
        show: shown === undefined ? [] : shownThings(shown, task.payload, orders),
        steps: manager ? workflow.steps : stepsBlind(workflow.steps),
        assignments: seenAssignments(work, workflow, viewer),
        ...(manager && { overlap: await overlapOf(work, workflow) }),
        ...(ask && { ask }),
      }
    },
  }
}
