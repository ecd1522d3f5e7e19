import { z } from 'zod'
import type { JobId, ProjectId, RunId } from '../ids.ts'
import { instant, name, pageCursor, pageLimit, priority, severalOf, text, uuid } from '../input/parse.ts'
import { JOB_STATES, type JobState } from '../jobs/job.ts'
import type { CausesWhere, JobFilter } from '../jobs/job-search.ts'

/** How many attempts: `2`, or `>2`, `>=2`, `<2`, `<=2`. */
const ATTEMPTS = /^(>=|<=|>|<|)(\d{1,5})$/
const MOST_ATTEMPTS = 99_999

const attempts: z.ZodType<{ readonly least: number; readonly most: number }, unknown> = z
  .string()
  .regex(ATTEMPTS, 'must be a number, alone or behind one of > >= < <=')
  .transform((value) => {
    const [, compare = '', digits = ''] = ATTEMPTS.exec(value) ?? []
    const number = Number(digits)
    switch (compare) {
      case '>':
        return { least: number + 1, most: MOST_ATTEMPTS }
      case '>=':
        return { least: number, most: MOST_ATTEMPTS }
      case '<':
        return { least: 0, most: number - 1 }
      case '<=':
        return { least: 0, most: number }
      default:
        return { least: number, most: number }
    }
  })
const causeId: z.ZodType<number, unknown> = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value),
  z.int().min(1).max(2_147_483_647),
)

/** Which jobs are looked for, as {@link JobFilter}; as in a query, all may be text. */
export const jobsFilter: {
  readonly state: z.ZodType<readonly JobState[] | undefined, unknown>
  readonly type: z.ZodType<string | undefined, string | undefined>
  readonly runId: z.ZodType<RunId | undefined, string | undefined>
  readonly model: z.ZodType<string | undefined, string | undefined>
  readonly scenarioId: z.ZodType<string | undefined, string | undefined>
  readonly error: z.ZodType<string | undefined, string | undefined>
  readonly cause: z.ZodType<number | undefined, unknown>
  readonly attempts: z.ZodType<JobFilter['attempts'], unknown>
  readonly from: z.ZodType<Date | undefined, unknown>
  readonly to: z.ZodType<Date | undefined, unknown>
} = {
  state: severalOf(JOB_STATES).optional(),
  type: name.optional(),
  runId: (uuid as unknown as z.ZodType<RunId, string>).optional(),
  model: name.optional(),
  scenarioId: text(1, 500).optional(),
  error: text(1, 500).optional(),
  cause: causeId.optional(),
  attempts: attempts.optional(),
  from: instant.optional(),
  to: instant.optional(),
}

/** A {@link CausesWhere}. */
export const causesQuery: z.ZodType<CausesWhere> = z.strictObject({
  type: jobsFilter.type,
  runId: jobsFilter.runId,
})

/** A search for jobs: {@link jobsFilter}, and which page. */
export const jobsQuery: z.ZodType<JobsQuery> = z.strictObject({
  ...jobsFilter,
  order: z.enum(['asc', 'desc']).optional(),
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
})

/** Read by {@link jobsFilter}. */
export interface JobsWhere extends Omit<JobFilter, 'projects' | 'causeId' | 'jobIds'> {
  readonly cause?: number | undefined
}

/** Read by {@link jobsQuery}. */
export interface JobsQuery extends JobsWhere {
  readonly order?: 'asc' | 'desc' | undefined
  readonly limit?: number | undefined
  readonly cursor?: string | undefined
}

/** The moves on many jobs. */
export const JOB_ACTIONS = ['retry', 'cancel', 'priority'] as const

/** Which jobs a bulk is about; it must name something. */
export interface JobsChosen extends JobsWhere {
  readonly projectId?: ProjectId | undefined
  /** These alone, as far as they match the rest. */
  readonly jobIds?: readonly JobId[] | undefined
}

/** Most jobs that a bulk names one by one. */
const MAX_BULK_NAMED = 10_000

/** A {@link JobsChosen}. */
export const jobsChosen: z.ZodType<JobsChosen> = z
  .strictObject({
    ...jobsFilter,
    projectId: (uuid as unknown as z.ZodType<ProjectId, string>).optional(),
    jobIds: z
      .array(uuid as unknown as z.ZodType<JobId, string>)
      .min(1)
      .max(MAX_BULK_NAMED)
      .optional(),
  })
  .refine((filter) => Object.values(filter).some((value) => value !== undefined), {
    message: 'must name something, such as a state',
  })
  .meta({ minProperties: 1 })

/** A move on all jobs that match; `expect` is how many the caller has seen. */
export interface JobsBulk {
  readonly action: (typeof JOB_ACTIONS)[number]
  readonly filter: JobsChosen
  readonly expect?: number | undefined
  readonly priority?: number | undefined
}

/** A {@link JobsBulk}. */
export const jobsBulk: z.ZodType<JobsBulk> = z.strictObject({
  action: z.enum(JOB_ACTIONS),
  filter: jobsChosen,
  expect: z.int().min(0).max(1_000_000_000).optional(),
  priority: priority
    .optional()
    .meta({ description: 'The new one; for the action `priority`, which needs it, alone' }),
})
