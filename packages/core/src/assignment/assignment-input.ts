import { z } from 'zod'
import { FORM_LIMITS, VERDICTS } from '../forms/form.ts'
import type { FormId, ProjectId, TaskId, UserId } from '../ids.ts'
import {
  instant,
  json,
  LONGEST_STEP_ID,
  name,
  pageCursor,
  pageLimit,
  priority,
  severalOf,
  stepId,
  text,
  uuid,
} from '../input/parse.ts'
import type { PageRequest } from '../paging.ts'
import { level } from '../quality/quality-input.ts'
import { TASK_PURPOSES, TASK_STATUSES } from '../workflow/task.ts'
import type { StepType } from '../workflow/workflow.ts'
import { newRequirement, stepType } from '../workflow/workflow-input.ts'
import { REJECT_CODES, type RejectCode } from './assignment.ts'
import type { MainReason, NewTask, PositionRequest, TaskBulk, TaskChange, TaskQuery } from './assignments.ts'

/** Most tasks that one call may add. */
export const MAX_NEW_TASKS = 10_000

/** Most tasks of one batch. */
export const MAX_BATCH = 10_000
/** Tasks of a batch, unless asked for otherwise. */
export const DEFAULT_BATCH = 1_000

const isTrue = z
  .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
  .meta({ type: 'string', enum: ['true', 'false'] }) as unknown as z.ZodType<boolean, unknown>
const userId = uuid as unknown as z.ZodType<UserId, string>
const projectId = uuid as unknown as z.ZodType<ProjectId, string>
const attempt = z.int().min(1).max(2_147_483_647)
const words = text(0, FORM_LIMITS.comment)
const reason = text(1, 10_000)

/** One task. That its payload suits the automatic steps of its workflow is seen when it is added. */
export const newTask: z.ZodType<NewTask> = z.strictObject({
  payload: json,
  priority: priority.optional(),
  requiredSkills: z.array(newRequirement).max(50).optional(),
  gold: json.optional(),
  externalId: name.nullable().optional(),
  formId: (uuid as unknown as z.ZodType<FormId, string>).nullable().optional(),
  purpose: z.enum(TASK_PURPOSES).optional(),
})

const tasks = z
  .array(newTask)
  .min(1)
  .max(MAX_NEW_TASKS)
  .superRefine((given, context) => {
    const seen = new Set<string>()
    given.forEach(({ externalId, purpose, gold }, index) => {
      if (purpose === 'control' && gold == null)
        context.addIssue({ code: 'custom', message: 'is required of a control', path: [index, 'gold'] })
      if (externalId == null) return
      if (seen.has(externalId)) {
        context.addIssue({ code: 'custom', message: `repeats ${externalId}`, path: [index, 'externalId'] })
      }
      seen.add(externalId)
    })
  })
  .meta({ description: 'No two of them have the same externalId. A control has `gold`.' })

/** Tasks added in one call. */
export const newTasks: z.ZodType<{ readonly tasks: readonly NewTask[] }> = z.strictObject({ tasks })

/** Tasks added in one call, and what becomes of it if an externalId is taken: `refuse` (default) or `skip` that task. */
export const newTasksRequest: z.ZodType<{
  readonly tasks: readonly NewTask[]
  readonly onConflict?: 'refuse' | 'skip' | undefined
}> = z.strictObject({ tasks, onConflict: z.enum(['refuse', 'skip']).optional() })

/** The position effects that are asked for. */
export const positionRequest: z.ZodType<PositionRequest, unknown> = z.strictObject({
  stepId: stepId.optional(),
  question: name.optional(),
  level: level.optional(),
})

/** The parts of a task that may change. `requiredSkills` are replaced whole. */
export const taskChange: z.ZodType<TaskChange> = z.strictObject({
  priority: priority.optional(),
  requiredSkills: z.array(newRequirement).max(50).optional(),
})

/** The reasons that may hold for most people. */
export const MAIN_REASONS = [
  'inactive',
  'notMember',
  'qualityPaused',
  'missingSkill',
  'alreadyAssigned',
  'excludedByStep',
  'rejectedBefore',
  'atLimit',
  'notQualified',
  'coolingDown',
  'reservedFor',
  'noFreeSlot',
  'queuePaused',
  'noEligiblePerson',
] as const satisfies readonly MainReason[]

const taskParts = {
  status: severalOf(TASK_STATUSES).optional(),
  stepId: text(1, LONGEST_STEP_ID).optional(),
  externalId: name.optional(),
  q: name.optional(),
  holder: userId.optional(),
  skill: name.optional(),
  waits: z.enum(MAIN_REASONS).optional(),
  from: instant.optional(),
  to: instant.optional(),
  flagged: isTrue.optional(),
  purpose: z.enum(TASK_PURPOSES).optional(),
  order: z.enum(['asc', 'desc']).optional(),
}

/** Which tasks are asked for; as in a query, `flagged` may be text. */
export const taskFilter: z.ZodType<TaskQuery, unknown> = z.strictObject(taskParts)

/** The same, and which part of the list. */
export const taskQuery: z.ZodType<TaskQuery & PageRequest, unknown> = z.strictObject({
  ...taskParts,
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
})

/** Most tasks that a bulk names one by one. */
const MAX_BULK_NAMED = 10_000

const { order: _order, ...bulkParts } = taskParts

/** One move on all tasks that match. `priority` belongs to the action of that name. */
export const taskBulk: z.ZodType<TaskBulk, unknown> = z.strictObject({
  action: z.enum(['priority', 'cancel']),
  filter: z.strictObject({
    ...bulkParts,
    projectId: projectId.optional(),
    taskIds: z
      .array(uuid as unknown as z.ZodType<TaskId, string>)
      .min(1)
      .max(MAX_BULK_NAMED)
      .optional(),
  }),
  expect: z.int().min(0).max(2_147_483_647).optional(),
  priority: priority.optional(),
})

/** A person's wish for the next task. */
export const claimRequest: z.ZodType<{
  readonly projectId?: ProjectId | undefined
  readonly stepType?: StepType | undefined
  /** To be held ahead of what the person works on. */
  readonly ahead?: boolean | undefined
}> = z.strictObject({
  projectId: projectId.optional(),
  stepType: stepType.optional(),
  ahead: z.boolean().optional(),
})

/** A move without words: accept, start, heartbeat. */
export const moveRequest: z.ZodType<{ readonly attempt?: number | undefined }> = z.strictObject({
  attempt: attempt.optional(),
})

/** A move as a query says it: its attempt may be text. */
export const moveQuery: z.ZodType<{ readonly attempt?: number | undefined }, unknown> = z.strictObject({
  attempt: z
    .preprocess(
      (value) => (typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value),
      attempt,
    )
    .optional(),
})

/** Most seconds that a submission waits for second thoughts. */
const MOST_UNDO_SECONDS = 30

const submissionFields = {
  attempt: attempt.optional(),
  result: json,
  comment: words.optional(),
  undoSeconds: z.int().min(0).max(MOST_UNDO_SECONDS).optional(),
}

/** A result that is handed in, and for how long it may be taken back. A review's is held to {@link reviewResult} too. */
export const submission: z.ZodType<{
  readonly attempt?: number | undefined
  readonly result: z.output<typeof json>
  readonly comment?: string | undefined
  readonly undoSeconds?: number | undefined
}> = z.strictObject(submissionFields)

/** A submission, perhaps with the wish for the next task. */
export const submissionWithNext: z.ZodType<
  z.output<typeof submission> & {
    readonly next?:
      | { readonly projectId?: ProjectId | undefined; readonly stepType?: StepType | undefined }
      | undefined
  }
> = z.strictObject({
  ...submissionFields,
  next: z.strictObject({ projectId: projectId.optional(), stepType: stepType.optional() }).optional(),
})

/** The members that every review has, among others of its own. */
export const reviewResult: z.ZodType<{
  readonly verdict: 'accept' | 'return'
  readonly comment?: string | undefined
}> = z.looseObject({ verdict: z.enum(VERDICTS), comment: words.optional() })

/** The answers so far, and the draft that they build on. */
export const draftRequest: z.ZodType<{
  readonly attempt?: number | undefined
  readonly draftVersion?: number | undefined
  readonly answers: z.output<typeof json>
  readonly comment?: string | undefined
}> = z.strictObject({
  attempt: attempt.optional(),
  draftVersion: z.int().min(0).max(2_147_483_647).optional(),
  answers: json,
  comment: words.optional(),
})

/** A mark for managers, with words. */
export const flagRequest: z.ZodType<{ readonly comment: string }> = z.strictObject({ comment: reason })

/** The assignee declines. */
export const rejection: z.ZodType<{
  readonly attempt?: number | undefined
  readonly code: RejectCode
  readonly comment?: string | undefined
}> = z.strictObject({
  attempt: attempt.optional(),
  code: z.enum(REJECT_CODES),
  comment: words.optional(),
})

/** The assignee gives it back. */
export const releaseRequest: z.ZodType<{
  readonly attempt?: number | undefined
  readonly reason?: string | undefined
}> = z.strictObject({ attempt: attempt.optional(), reason: words.optional() })

/** A manager moves the slot to somebody else: the person named, or the strategy's choice. */
export const reassignRequest: z.ZodType<{
  readonly attempt?: number | undefined
  readonly userId?: UserId | undefined
  readonly reason: string
}> = z.strictObject({ attempt: attempt.optional(), userId: userId.optional(), reason })

/** A push. `override` lifts exclusions, is an admin's and is recorded. */
export const assignRequest: z.ZodType<{
  readonly userId?: UserId | undefined
  readonly strategy?: string | undefined
  readonly override?: { readonly reason: string } | undefined
}> = z.strictObject({
  userId: userId.optional(),
  strategy: name.optional(),
  override: z.strictObject({ reason }).optional(),
})

/** A whole project's open work in one decision. */
export const batchRequest: z.ZodType<{
  readonly strategy?: string | undefined
  readonly limit?: number | undefined
}> = z.strictObject({ strategy: name.optional(), limit: z.int().min(1).max(MAX_BATCH).optional() })
