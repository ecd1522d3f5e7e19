import { z } from 'zod'
import { FACT_TYPES, type FactType } from '../events/event.ts'
import { byMember, instant, text } from '../input/parse.ts'
import { DELIVERY_OUTCOMES, type DeliveryOutcome } from './webhook.ts'
import type { NewWebhook, ReplayRequest, WebhookChange } from './webhooks.ts'

const LONGEST_URL = 2_000
const LONGEST_DESCRIPTION = 1_000

const url = text(1, LONGEST_URL)
const types: z.ZodType<readonly FactType[], unknown> = z
  .array(z.enum(FACT_TYPES))
  .min(1)
  .transform((names) => [...new Set(names)])

const fields = {
  url: url.meta({ description: 'https, without name and password, at port 443 or 8443' }),
  types: types.nullable().optional().meta({ description: 'Facts that it is told of; null: all' }),
  description: text(0, LONGEST_DESCRIPTION).optional(),
}

/** A {@link NewWebhook}. */
export const newWebhook: z.ZodType<NewWebhook, unknown> = z.strictObject(fields)

/** A {@link WebhookChange}. */
export const webhookChange: z.ZodType<WebhookChange, unknown> = z.strictObject({
  ...fields,
  url: fields.url.optional(),
})

const after = z.strictObject({ after: instant })
const seq = z.strictObject({ seq: z.int().min(0) })

/** A {@link ReplayRequest}. */
export const replayRequest: z.ZodType<ReplayRequest, unknown> = byMember<ReplayRequest>({ after, seq })

/** Which tries are listed; as in a query, it is text. */
export const deliveriesFilter: { readonly outcome: z.ZodType<DeliveryOutcome | undefined, unknown> } = {
  outcome: z.enum(DELIVERY_OUTCOMES).optional(),
}
