import { z } from 'zod'
import type { ProjectId, RunId } from '../ids.ts'
import { instant, name, pageCursor, pageLimit, priority, severalOf, text, uuid } from '../input/parse.ts'
import { JOB_STATES, type JobState } from '../jobs/job.ts'
import type { JobFilter } from '../jobs/job-search.ts'

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

/** Of which type the causes are. */
export const causesQuery: z.ZodType<{ readonly type?: string | undefined }> = z.strictObject({
  type: jobsFilter.type,
})

/** A search for jobs: {@link jobsFilter}, and which page. */
export const jobsQuery: z.ZodType<JobsQuery> = z.strictObject({
  ...jobsFilter,
  order: z.enum(['asc', 'desc']).optional(),
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
})

/** Read by {@link jobsFilter}. */
export interface JobsWhere extends Omit<JobFilter, 'projects' | 'causeId'> {
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

/** A move on all jobs that match: `filter` must name something; `expect` is how many the caller has seen. */
export interface JobsBulk {
  readonly action: (typeof JOB_ACTIONS)[number]
  readonly filter: JobsWhere & { readonly projectId?: ProjectId | undefined }
  readonly expect?: number | undefined
  readonly priority?: number | undefined
}

/** A {@link JobsBulk}. */
export const jobsBulk: z.ZodType<JobsBulk> = z.strictObject({
  action: z.enum(JOB_ACTIONS),
  filter: z
    .strictObject({ ...jobsFilter, projectId: (uuid as unknown as z.ZodType<ProjectId, string>).optional() })
    .refine((filter) => Object.values(filter).some((value) => value !== undefined), {
      message: 'must name something, such as a state',
    })
    .meta({ minProperties: 1 }),
  expect: z.int().min(0).max(1_000_000_000).optional(),
  priority: priority
    .optional()
    .meta({ description: 'The new one; for the action `priority`, which needs it, alone' }),
})
