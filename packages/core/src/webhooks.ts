// biome-ignore-all assist/source/organizeImports: grouped by subject, in the order one would read them

import './node-version.ts'

// Receivers outside that are told what happens.

export type { WebhookId } from './ids.ts'
export { DELIVERY_OUTCOMES, DISABLED_REASONS } from './webhooks/webhook.ts'
export type {
  WebhookAnswer,
  WebhookDelivery,
  DeliveryOutcome,
  DisabledReason,
  KeptWebhook,
  WebhookMessage,
  SigningSecret,
  Webhook,
} from './webhooks/webhook.ts'
export { retryAfterMs } from './jobs/retry/retry-after.ts'
export { judge, RETRY_SECONDS } from './webhooks/retrying.ts'
export type { Verdict } from './webhooks/retrying.ts'

// Inputs of callers, and results.
export { deliveriesFilter, newWebhook, replayRequest, webhookChange } from './webhooks/webhook-input.ts'
export type {
  NewWebhook,
  ReplayRequest,
  WebhookChange,
  WebhookMove,
  WebhookUseCases,
  WebhookWithSecret,
} from './webhooks/webhooks.ts'

// The ports, and the parts that a host composes.
export { DeliveryError } from './webhooks/sender.ts'
export type { Destination, WebhookSender } from './webhooks/sender.ts'
export type { WebhookBacklog, WebhookPlace, WebhookReport, WebhookStore } from './webhooks/webhook-store.ts'
export { WebhookDeliverer } from './webhooks/deliverer.ts'
export type { DelivererDeps, DelivererStores } from './webhooks/deliverer.ts'
export { webhookUseCases } from './webhooks/webhook-use-cases.ts'
export type { WebhookDeps } from './webhooks/webhook-use-cases.ts'
