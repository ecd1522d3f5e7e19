import { isLive } from '../assignment/assignment-lifecycle.ts'
import type {
  InboxStore,
  QueueFilter,
  QueueKey,
  QueueRow,
  QueueSort,
} from '../assignment/stores/inbox-store.ts'
import type { Clock } from '../environment.ts'
import type { TaskId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { page, type Slice } from '../paging.ts'
import type { Transactions } from '../transactions.ts'
import { personalQueueQuery } from './queue-input.ts'
import type { PersonalQueueUseCases, QueueEntry } from './queues.ts'

/** Dependencies of the use cases of an inbox. */
export interface PersonalQueueDeps {
  readonly transactions: Transactions<{ readonly inboxes: InboxStore }>
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
  const { inboxes } = transactions.stores

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

  return {
    async list({ userId, cursors, ...query }) {
      const {
        projectId,
        stepType,
        status,
        sort = 'priority',
        order,
        ...request
      } = parse(personalQueueQuery, query)
      const filter: QueueFilter = {
        userId,
        projectId,
        stepType,
        status,
        sort,
        order: order ?? (sort === 'priority' ? 'desc' : 'asc'),
      }
      const { items, ...rest } = await page(
        { ...request, cursors },
        ['personal', userId, projectId ?? null, stepType ?? null, status ?? null, sort, filter.order],
        keyBy(sort),
        (slice) => listQueue(filter, slice),
      )
      const now = clock.now()
      return { items: items.map((row) => entryOf(row, now)), ...rest }
    },

    async stats(userId) {
      const stats = await inboxes.queueStats(userId)
      return {
        totalPending: stats.reduce((sum, { pending }) => sum + pending, 0),
        totalInProgress: stats.reduce((sum, { inProgress }) => sum + inProgress, 0),
        byProject: Object.fromEntries(
          stats.map(({ projectId, projectName, pending, inProgress }) => [
            projectId,
            { projectName, pending, inProgress },
          ]),
        ),
      }
    },
  }
}

/** An assignment as its holder's queue shows it. */
function entryOf(
  { assignment, projectName, priority, estimatedDurationMinutes }: QueueRow,
  now: Date,
): QueueEntry {
  const { assignmentId, taskId, projectId, stepId, stepType, status, assignedAt, expiresAt } = assignment
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
  }
}

function keyBy(sort: QueueSort): (row: QueueRow) => QueueKey {
  const by = {
    priority: ({ priority }: QueueRow) => priority ?? 0,
    age: ({ assignment }: QueueRow) => assignment.assignedAt.getTime(),
    project: ({ projectName }: QueueRow) => projectName,
  }[sort]
  return (row) => ({
    by: by(row),
    assignedAt: row.assignment.assignedAt,
    assignmentId: row.assignment.assignmentId,
  })
}
