import { isLive } from '../assignment/assignment-lifecycle.ts'
import type { SeenTask } from '../assignment/assignments.ts'
import { visibleTask } from '../assignment/blindness.ts'
import type {
  InboxStore,
  QueueFilter,
  QueueKey,
  QueueRow,
  QueueSort,
} from '../assignment/stores/inbox-store.ts'
import type { TaskStore } from '../assignment/stores/task-store.ts'
import type { Clock } from '../environment.ts'
import { NotFoundError } from '../errors.ts'
import type { Form } from '../forms/form.ts'
import type { FormStore } from '../forms/form-store.ts'
import type { AssignmentId, FormId, ProjectId, TaskId, UserId, WorkflowId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { page, type Slice } from '../paging.ts'
import type { Project } from '../people/person.ts'
import type { ProjectStore } from '../people/project-store.ts'
import type { Transactions } from '../transactions.ts'
import { formShownAt, readForms, type StepForms } from '../workflow/step-forms.ts'
import { TASK_PURPOSES, type Task } from '../workflow/task.ts'
import type { Workflow } from '../workflow/workflow.ts'
import type { WorkflowStore } from '../workflow/workflow-store.ts'
import { personalQueueQuery } from './queue-input.ts'
import type { PersonalQueueStats, PersonalQueueUseCases, QueueEntry } from './queues.ts'

interface QueueStores {
  readonly inboxes: InboxStore
  readonly tasks: Pick<TaskStore, 'list'>
  readonly projects: Pick<ProjectStore, 'find'>
  readonly workflows: Pick<WorkflowStore, 'find'>
  readonly forms: FormStore
}

/** Dependencies of the use cases of an inbox. */
export interface PersonalQueueDeps {
  readonly transactions: Transactions<QueueStores>
  readonly clock: Clock
  /** Does what is due on a task. Left out if nothing may be written: then a hold that has ended is shown until somebody else notices. */
  readonly settleTask?: (taskId: TaskId) => Promise<unknown>
}

/** The inbox of one person. */
export function personalQueueUseCases({
  transactions,
  clock,
  settleTask,
}: PersonalQueueDeps): PersonalQueueUseCases {
  const { stores } = transactions
  const { inboxes } = stores

  /** Nobody is shown as theirs what they have lost, however long ago the last sweep was. */
  const listQueue = async (filter: QueueFilter, slice: Slice<QueueKey>): Promise<QueueRow[]> => {
    const rows = await inboxes.listQueue(filter, slice)
    const now = clock.now()
    const over = rows.filter(
      ({ assignment }) =>
        isLive(assignment) &&
        [assignment.expiresAt, assignment.submitsAt].some((moment) => moment !== null && moment <= now),
    )
    if (over.length === 0 || settleTask === undefined) return rows
    for (const taskId of new Set(over.map(({ assignment }) => assignment.taskId))) await settleTask(taskId)
    return inboxes.listQueue(filter, slice)
  }

  const stats = async (userId: UserId): Promise<PersonalQueueStats> => {
    const counted = await inboxes.queueStats(userId)
    return {
      totalPending: counted.reduce((sum, { pending }) => sum + pending, 0),
      totalInProgress: counted.reduce((sum, { inProgress }) => sum + inProgress, 0),
      byProject: Object.fromEntries(
        counted.map(({ projectId, projectName, pending, inProgress }) => [
          projectId,
          { projectName, pending, inProgress },
        ]),
      ),
    }
  }

  return {
    async list({ userId, cursors, ...query }) {
      const {
        projectId,
        stepType,
        status,
        sort = 'priority',
        order,
        include,
        ...request
      } = parse(personalQueueQuery, query)
      const filter: QueueFilter = {
        userId,
        projectId,
        stepType,
        status,
        sort,
        order: order ?? (sort === 'priority' || sort === 'submitted' ? 'desc' : 'asc'),
      }
      const { items, ...rest } = await page(
        { ...request, cursors },
        ['personal', userId, projectId ?? null, stepType ?? null, status ?? null, sort, filter.order],
        keyBy(sort),
        (slice) => listQueue(filter, slice),
      )
      const now = clock.now()
      const shown = new Showing(stores)
      const tasks = include?.includes('task') ? await shown.tasksOf(items) : undefined
      const entries: QueueEntry[] = []
      for (const row of items) {
        const form = await shown.formOf(row)
        const task = tasks?.get(row.assignment.assignmentId)
        const externalId = form === undefined ? row.externalId : null
        entries.push({ ...entryOf(row, now), externalId, ...(task && { task }) })
      }
      return { items: entries, ...rest }
    },

    async statsSince(userId, since) {
      return { ...(await stats(userId)), ...(await inboxes.submittedStats(userId, since)) }
    },

    stats,
  }
}

/** A workflow and the forms of its steps. */
interface Way {
  readonly workflow: Workflow
  readonly forms: StepForms
}

/** The part of a task that the holder of an assignment is shown, each workflow with its forms read once. */
class Showing {
  readonly #stores: QueueStores
  readonly #ways = new Map<string, Promise<Way>>()

  constructor(stores: QueueStores) {
    this.#stores = stores
  }

  /** The form by which the step shows the payload; `undefined`: it shows all. */
  async formOf(row: QueueRow): Promise<Form | undefined> {
    const { workflow, forms } = await this.#wayOf(row)
    return formShownAt(workflow, forms, row.assignment.stepId)
  }

  /** By assignment. Tasks are read all at once, and each project once. */
  async tasksOf(rows: readonly QueueRow[]): Promise<ReadonlyMap<AssignmentId, SeenTask>> {
    const projects = new Map<ProjectId, Project | undefined>()
    for (const projectId of new Set(rows.map(({ assignment }) => assignment.projectId)))
      projects.set(projectId, await this.#stores.projects.find(projectId))
    const taskIds = new Set(rows.map(({ assignment }) => assignment.taskId))
    const tasks = await this.#tasksBy([...projects.keys()], taskIds)
    const seen = new Map<AssignmentId, SeenTask>()
    for (const row of rows) {
      const { assignmentId, taskId, projectId, stepId } = row.assignment
      const task = tasks.get(taskId)
      if (task === undefined) continue
      const { workflow, forms } = await this.#wayOf(row)
      const quality = projects.get(projectId)?.quality
      seen.set(assignmentId, visibleTask(task, workflow, forms, [stepId], quality))
    }
    return seen
  }

  async #tasksBy(
    projectIds: readonly ProjectId[],
    taskIds: ReadonlySet<TaskId>,
  ): Promise<ReadonlyMap<TaskId, Task>> {
    const found = new Map<TaskId, Task>()
    for (const purpose of TASK_PURPOSES) {
      const left = [...taskIds].filter((taskId) => !found.has(taskId))
      if (left.length === 0) break
      const filter = { projectIds, taskIds: left, purpose }
      const tasks = await this.#stores.tasks.list(filter, { limit: left.length })
      for (const task of tasks) found.set(task.taskId, task)
    }
    return found
  }

  #wayOf({ workflowId, formId }: QueueRow): Promise<Way> {
    const key = `${workflowId} ${formId}`
    const known = this.#ways.get(key) ?? this.#read(workflowId, formId)
    this.#ways.set(key, known)
    return known
  }

  async #read(workflowId: WorkflowId, formId: FormId | null): Promise<Way> {
    const workflow = await this.#stores.workflows.find(workflowId)
    if (workflow === undefined) throw new NotFoundError('workflow', workflowId)
    return { workflow, forms: await readForms(this.#stores.forms, workflow, formId) }
  }
}

/** An assignment as its holder's queue shows it. */
function entryOf(
  { assignment, projectName, priority, estimatedDurationMinutes }: QueueRow,
  now: Date,
): Omit<QueueEntry, 'externalId' | 'task'> {
  const { assignmentId, taskId, projectId, stepId, stepType, status, assignedAt, expiresAt } = assignment
  const { attempt, returnComment, submittedAt, submitsAt, draft, ahead } = assignment
  return {
    assignmentId,
    taskId,
    projectId,
    projectName,
    stepId,
    stepType,
    status,
    priority,
    assignedAt,
    expiresAt,
    timeInQueueSeconds: Math.max(0, (now.getTime() - assignedAt.getTime()) / 1000),
    estimatedDurationMinutes,
    attempt,
    returnComment,
    submittedAt,
    submitsAt,
    hasDraft: draft !== null,
    ahead,
  }
}

function keyBy(sort: QueueSort): (row: QueueRow) => QueueKey {
  const by = {
    priority: ({ priority }: QueueRow) => priority ?? 0,
    age: ({ assignment }: QueueRow) => assignment.assignedAt.getTime(),
    project: ({ projectName }: QueueRow) => projectName,
    submitted: ({ assignment }: QueueRow) =>
      (assignment.submittedAt ?? assignment.handedInAt)?.getTime() ?? 0,
  }[sort]
  return (row) => ({
    by: by(row),
    assignedAt: row.assignment.assignedAt,
    assignmentId: row.assignment.assignmentId,
  })
}
