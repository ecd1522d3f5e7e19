import type { FormUseCases } from '@muster/core/calls'
import { json, MAX_NEW_TASKS, newTask } from '@muster/core/schemas'
import { z } from 'zod'

type ToCheck = Parameters<FormUseCases['check']>[0]
type Tasks = NonNullable<ToCheck['tasks']>
type Results = NonNullable<ToCheck['results']>

/** Most answers that one check of a form takes. */
const MAX_RESULTS = 10_000

/** New tasks that a form is checked with. */
export const tasksToCheck: z.ZodType<Tasks, unknown> = z
  .array(newTask)
  .min(1)
  .max(MAX_NEW_TASKS) as unknown as z.ZodType<Tasks, unknown>

/** Answers to them. */
export const resultsToCheck: z.ZodType<Results, unknown> = z
  .array(z.strictObject({ task: z.int().min(0), result: json }))
  .min(1)
  .max(MAX_RESULTS) as unknown as z.ZodType<Results, unknown>
