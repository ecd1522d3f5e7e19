import type { FactType } from '../events/event.ts'
import type { EventId, ProjectId, UserId, WebhookId } from '../ids.ts'

/** Why nothing is sent any longer: its receiver said that it is gone (410), it failed at every try, or somebody said so. */
export const DISABLED_REASONS = ['gone', 'exhausted', 'byHand'] as const
export type DisabledReason = (typeof DISABLED_REASONS)[number]

/** Somebody else's address that is told what happens, one message at a time, in the order in which it happened. */
export interface Webhook {
  readonly webhookId: WebhookId
  /** null: of all projects, for admins. */
  readonly projectId: ProjectId | null
  readonly url: string
  /** Of which facts it is told; null: of all. */
  readonly types: readonly FactType[] | null
  readonly description: string
  readonly disabled: DisabledReason | null
  /** Tries of the message in hand that have failed; 0: none is failing. */
  readonly failures: number
  /** When the message in hand is tried again; null: at once. */
  readonly nextAt: Date | null
  readonly version: number
  readonly createdBy: UserId | null
  readonly createdAt: Date
}

/** A secret that messages are signed with. */
export interface SigningSecret {
  readonly secret: string
  /** It is a former one, and signs beside the present one until then. */
  readonly until: Date | null
}

/** A webhook as it is kept, with what nobody is shown. */
export interface KeptWebhook extends Webhook {
  /** The present one first. */
  readonly secrets: readonly SigningSecret[]
}

export const DELIVERY_OUTCOMES = ['delivered', 'failed'] as const
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number]

/** One try to deliver one message. */
export interface WebhookDelivery {
  readonly deliveryId: string
  readonly webhookId: WebhookId
  /** The same at each try: the fact's `eventId`, or a name of its own. */
  readonly messageId: EventId | string
  readonly type: string
  readonly projectId: ProjectId | null
  /** Of the fact in its project; null: the message is no fact. */
  readonly seq: number | null
  /** 1: the first. */
  readonly attempt: number
  readonly outcome: DeliveryOutcome
  /** The receiver's answer; null: none came. */
  readonly status: number | null
  /** The beginning of its body, at most 1 KiB. */
  readonly response: string | null
  /** Why no answer came, such as `timeout` or `address_refused`. */
  readonly error: { readonly code: string; readonly message: string } | null
  /** How long it took, in ms. */
  readonly ms: number
  readonly createdAt: Date
}

/** A message on its way, as Standard Webhooks 1.0 has it. */
export interface WebhookMessage {
  readonly messageId: string
  readonly type: string
  /** When what it tells happened. */
  readonly timestamp: Date
  readonly data: object
}

/** A receiver's answer. */
export interface WebhookAnswer {
  readonly status: number
  /** The beginning of its body. */
  readonly body: string
  /** Of `Retry-After`, in seconds. */
  readonly retryAfterSeconds?: number | undefined
}
