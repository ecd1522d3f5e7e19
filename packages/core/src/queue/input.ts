import { z } from 'zod'
import { duration, json, name, priority } from '../parse.ts'
import type { NewQueueItem } from './api.ts'

/** A loose item to be put in a project's queue. */
export const newQueueItem: z.ZodType<NewQueueItem> = z.strictObject({
  type: name,
  payload: json,
  priority: priority.optional(),
  delaySeconds: duration.optional(),
})

/** The new priority of an item. */
export const queuePriority: z.ZodType<{ readonly priority: number }> = z.strictObject({ priority })
