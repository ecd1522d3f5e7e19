import { z } from 'zod'
import { ASSIGNMENT_STATUSES, type AssignmentStatus } from '../assignment/assignment.ts'
import type { JobId, ProjectId, RunId } from '../ids.ts'
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
import { LINK_WHENS, MOST_LINKS, NEEDS, ON_FAILURES } from '../jobs/flows.ts'
import { JOB_STATES } from '../jobs/job.ts'
import type { StepType } from '../workflow/workflow.ts'
import { stepType } from '../workflow/workflow-input.ts'
import type { AddMode, AfterWish, NewQueueItem, UniqueWish } from './queues.ts'

/** The longest window of a unique key: a year, in seconds. */
const LONGEST_WINDOW = 366 * 24 * 60 * 60

/** A key that one job of a project and type holds at a time. */
const uniqueWish: z.ZodType<UniqueWish> = z.strictObject({
  key: name,
  windowSeconds: z.number().gt(0, 'must be greater than 0').max(LONGEST_WINDOW).optional(),
  states: z
    .array(z.enum(JOB_STATES))
    .check(({ value: input, issues }) => {
      if (!input.includes('pending')) issues.push({ code: 'custom', message: 'must contain pending', input })
    })
    .meta({ contains: { const: 'pending' } })
    .optional(),
  onExisting: z.enum(['keep', 'replace']).optional(),
})

/** The schema of what has all of these members. */
function having(...names: string[]): { properties: Record<string, object>; required: string[] } {
  return { properties: Object.fromEntries(names.map((name) => [name, {}])), required: names }
}

/** The jobs or the run that an item waits for. How many jobs they may be is said by a code of its own. */
const afterWish: z.ZodType<AfterWish, unknown> = z
  .strictObject({
    jobs: z
      .array(z.union([uuid as unknown as z.ZodType<JobId, string>, z.strictObject({ item: z.int().min(0) })]))
      .min(1)
      .meta({ maxItems: MOST_LINKS })
      .optional(),
    need: z.enum(NEEDS).optional(),
    runId: (uuid as unknown as z.ZodType<RunId, string>).optional(),
    when: z.enum(LINK_WHENS).optional(),
    onFailure: z.enum(ON_FAILURES).optional(),
  })
  .check(({ value: { jobs, need, runId, when }, issues }) => {
    const wrong = (path: string, message: string): void => {
      issues.push({ code: 'custom', message, path: [path], input: undefined })
    }
    if (jobs === undefined && runId === undefined) wrong('jobs', 'is required, unless runId names a run')
    if (jobs !== undefined && runId !== undefined) wrong('runId', 'cannot stand beside jobs')
    if (need !== undefined && runId !== undefined) wrong('need', 'is of jobs: when says it of a run')
    if (when === undefined && runId !== undefined) wrong('when', 'is required beside runId')
    if (when !== undefined && runId === undefined) wrong('when', 'is of a run: runId must name it')
  })
  .meta({
    not: {
      anyOf: [
        { not: { anyOf: [having('jobs'), having('runId')] } },
        having('jobs', 'runId'),
        having('need', 'runId'),
        { ...having('runId'), not: having('when') },
        { ...having('when'), not: having('runId') },
      ],
    },
  })

/** A loose item to be put in a project's queue. */
export const newQueueItem: z.ZodType<ReadQueueItem, unknown> = z
  .strictObject({
    type: name,
    payload: json,
    priority: priority.optional(),
    delaySeconds: duration.optional(),
    runAt: instant.optional(),
    unique: uniqueWish.optional(),
    after: afterWish.optional(),
  })
  .check(({ value: { delaySeconds, runAt }, issues }) => {
    if (delaySeconds === undefined || runAt === undefined) return
    issues.push({
      code: 'custom',
      message: 'cannot stand beside delaySeconds',
      path: ['runAt'],
      input: runAt,
    })
  })
  .meta({ not: { properties: { delaySeconds: {}, runAt: {} }, required: ['delaySeconds', 'runAt'] } })

/** A {@link NewQueueItem} as it is read. */
export interface ReadQueueItem extends NewQueueItem {
  readonly runAt?: Date | undefined
}

/** Items that are added in one call at most. */
export const MAX_ITEMS = 10_000

/**
 * Many items, `each` by itself or `atomic`, all of them or none. The queue reads each as a {@link newQueueItem} by itself, so that one that is at fault
 * is refused by itself.
 */
export const manyQueueItems: z.ZodType<{
  readonly mode?: AddMode | undefined
  readonly items: readonly unknown[]
}> = z.strictObject({
  mode: z.enum(['each', 'atomic']).optional(),
  // More are refused by a code of their own.
  items: z.array(z.unknown()).min(1).meta({ maxItems: MAX_ITEMS }),
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
