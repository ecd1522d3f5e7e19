import type { Assignment, ProjectId, UserId, WorkflowId } from '@muster/core'
import type {
  PersonalQueueFilter as QueueFilter,
  QueueKey,
  QueueRow,
  QueueStat,
  SubmittedStat,
} from '@muster/core/inbox'
import type { Slice } from '@muster/core/ports'
import { byText } from '../jobs/order.ts'
import type { PeopleTables } from '../tables/people-tables.ts'
import type { TaskTables } from './task-tables.ts'

/** A person's assignments, listed and counted. */
export class PersonalQueue {
  readonly #tasks: TaskTables
  readonly #people: PeopleTables

  constructor(tasks: TaskTables, people: PeopleTables) {
    this.#tasks = tasks
    this.#people = people
  }

  list(filter: QueueFilter, { limit, after }: Slice<QueueKey>): QueueRow[] {
    const compare = (a: QueueKey, b: QueueKey): number =>
      (filter.order === 'asc' ? compareBy(a, b) : compareBy(b, a)) ||
      a.assignedAt.getTime() - b.assignedAt.getTime() ||
      byText(a.assignmentId, b.assignmentId)
    return this.#rowsFor(filter)
      .filter((row) => fits(row, filter))
      .map((assignment) => {
        const row = this.#rowOf(assignment)
        return { row, key: keyOfRow(row, filter) }
      })
      .filter(({ key }) => after === undefined || compare(key, after) > 0)
      .sort((a, b) => compare(a.key, b.key))
      .slice(0, limit)
      .map(({ row }) => row)
  }

  stats(userId: UserId): QueueStat[] {
    const stats = new Map<ProjectId, QueueStat>()
    for (const { projectId, status } of this.#tasks.liveByUser.in(userId)) {
      const projectName = this.#projectName(projectId)
      const { pending, inProgress } = stats.get(projectId) ?? { pending: 0, inProgress: 0 }
      stats.set(projectId, {
        projectId,
        projectName,
        pending: pending + (status === 'in_progress' ? 0 : 1),
        inProgress: inProgress + (status === 'in_progress' ? 1 : 0),
      })
    }
    return [...stats.values()].sort((a, b) => byText(a.projectId, b.projectId))
  }

  submitted(userId: UserId, since: Date): SubmittedStat {
    const took = this.#tasks.assignmentsByUser.in(userId).flatMap((row) => {
      const at = row.submittedAt ?? row.handedInAt
      return at !== null && at >= since ? [(at.getTime() - (row.startedAt ?? at).getTime()) / 1000] : []
    })
    return { submitted: took.length, medianSeconds: medianOf(took) }
  }

  #rowsFor({ userId, status }: QueueFilter): readonly Assignment[] {
    return status ? this.#tasks.assignmentsByUser.in(userId) : this.#tasks.liveByUser.in(userId)
  }

  #rowOf(assignment: Assignment): QueueRow {
    const task = this.#tasks.tasks.get(assignment.taskId)
    const steps = task && this.#tasks.workflows.get(task.workflowId)?.steps
    const step = steps?.find(({ stepId }) => stepId === assignment.stepId)
    const hides = this.#people.projects.get(assignment.projectId)?.quality?.controls !== undefined
    return {
      assignment,
      projectName: this.#projectName(assignment.projectId),
      priority: hides ? null : (task?.priority ?? 0),
      estimatedDurationMinutes: step?.estimatedDurationMinutes ?? null,
      externalId: hides ? null : (task?.externalId ?? null),
      workflowId: task?.workflowId as WorkflowId,
      formId: task?.formId ?? null,
    }
  }

  #projectName(projectId: ProjectId): string {
    return this.#people.projects.get(projectId)?.name ?? ''
  }
}

/** The middle one, or the mean of the two in the middle; null of none. */
export function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

function fits(assignment: Assignment, { projectId, stepType, status }: QueueFilter): boolean {
  return (
    (projectId === undefined || assignment.projectId === projectId) &&
    (stepType === undefined || assignment.stepType === stepType) &&
    (status === undefined || status.includes(assignment.status))
  )
}

function keyOfRow({ assignment, priority, projectName }: QueueRow, { sort }: QueueFilter): QueueKey {
  const { assignedAt, assignmentId } = assignment
  const submitted = (assignment.submittedAt ?? assignment.handedInAt)?.getTime() ?? 0
  const by = { priority: priority ?? 0, age: assignedAt.getTime(), project: projectName, submitted }[sort]
  return { by, assignedAt, assignmentId }
}

function compareBy({ by: a }: QueueKey, { by: b }: QueueKey): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : byText(String(a), String(b))
}
