import { z } from 'zod'
import { ASSIGNMENT_STATUSES, type AssignmentStatus } from '../assignment/assignment.ts'
import type { ProjectId } from '../ids.ts'
import {
  duration,
  instant,
  json,
  name,
  pageCursor,
  pageLimit,
  priority,
  severalOf,
  uuid,
} from '../input/parse.ts'
import type { StepType } from '../workflow/workflow.ts'
import { stepType } from '../workflow/workflow-input.ts'
import type { AddMode, NewQueueItem } from './queues.ts'

/** A loose item to be put in a project's queue. */
export const newQueueItem: z.ZodType<NewQueueItem> = z.strictObject({
  type: name,
  payload: json,
  priority: priority.optional(),
  delaySeconds: duration.optional(),
})

/** Items that are added in one call at most. */
const MAX_ITEMS = 10_000

/**
 * Many items, `each` by itself or `atomic`, all of them or none. The queue reads each as a {@link newQueueItem} by itself, so that one that is at fault
 * is refused by itself.
 */
export const manyQueueItems: z.ZodType<{
  readonly mode?: AddMode | undefined
  readonly items: readonly unknown[]
}> = z.strictObject({
  mode: z.enum(['each', 'atomic']).optional(),
  items: z.array(z.unknown()).min(1).max(MAX_ITEMS),
})

/** The new priority of an item. */
export const queuePriority: z.ZodType<{ readonly priority: number }> = z.strictObject({ priority })

const status = severalOf(ASSIGNMENT_STATUSES)

/** Since when submissions are counted. */
export const queueStatsQuery: z.ZodType<{ readonly since?: Date | undefined }, unknown> = z.strictObject({
  since: instant.optional(),
})

/** How a person asks for their own queue. `status` is a list, or as in a query its items with commas between; `limit` may be text. */
export const personalQueueQuery: z.ZodType<{
  readonly projectId?: ProjectId | undefined
  readonly stepType?: StepType | undefined
  readonly status?: readonly AssignmentStatus[] | undefined
  readonly sort?: 'priority' | 'age' | 'project' | 'submitted' | undefined
  readonly order?: 'asc' | 'desc' | undefined
  readonly include?: readonly 'task'[] | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}> = z.strictObject({
  projectId: (uuid as unknown as z.ZodType<ProjectId, string>).optional(),
  stepType: stepType.optional(),
  status: status.optional(),
  sort: z.enum(['priority', 'age', 'project', 'submitted']).optional(),
  order: z.enum(['asc', 'desc']).optional(),
  include: severalOf(['task']).optional(),
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
})
