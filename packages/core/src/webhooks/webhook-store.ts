import type { ProjectId, WebhookId } from '../ids.ts'
import type { NewestKey, Slice } from '../paging.ts'
import type { DeliveryOutcome, DisabledReason, KeptWebhook, WebhookDelivery } from './webhook.ts'

/** How far a webhook has been told of a project. */
export interface WebhookPlace {
  readonly projectId: ProjectId
  /** Of the last fact of the project that it has been told of, or passed over. */
  readonly seq: number
}

/** A project with facts that a webhook has not been told of. */
export interface WebhookBacklog extends WebhookPlace {
  /** Of the project's last fact. */
  readonly head: number
}

/** All that a holder of a webhook has done with it since its last report. */
export interface WebhookReport {
  readonly places: readonly WebhookPlace[]
  readonly deliveries: readonly WebhookDelivery[]
  readonly failures: number
  readonly nextAt: Date | null
  readonly disabled: DisabledReason | null
  /** Until when it is still held; null: it is let go. */
  readonly heldUntil: Date | null
}

/** Keeps webhooks, how far each has been told, and the tries of the last days. */
export interface WebhookStore {
  add(webhook: KeptWebhook, places: readonly WebhookPlace[]): Promise<void>
  find(webhookId: WebhookId): Promise<KeptWebhook | undefined>
  /** Of a project, or those of all projects, newest first. */
  list(projectId: ProjectId | null, slice: Slice<NewestKey>): Promise<KeptWebhook[]>
  /** The webhook; nobody else changes, takes or reports of it until the transaction ends. */
  lock(webhookId: WebhookId): Promise<KeptWebhook | undefined>
  /** Replaces the webhook, locked before; who holds it holds it no longer. */
  save(webhook: KeptWebhook): Promise<void>
  /** Sets how far it has been told, and ends its hold. Locked before. */
  place(webhookId: WebhookId, places: readonly WebhookPlace[]): Promise<void>
  /** Forgets the webhook, locked before, with all that was kept of it. */
  remove(webhookId: WebhookId): Promise<void>
  /**
   * Up to `limit` that are not disabled, held by nobody and not waiting for a retry, of which something has happened that they have not been told of: the holder's
   * until then, by `holder`, which is used once.
   */
  take(now: Date, holder: string, heldUntil: Date, limit: number): Promise<KeptWebhook[]>
  /** Of which projects it is behind. */
  backlog(webhookId: WebhookId): Promise<WebhookBacklog[]>
  /** Notes what `holder` has done. False: it holds the webhook no longer, and nothing was noted. */
  report(webhookId: WebhookId, holder: string, report: WebhookReport): Promise<boolean>
  /** Notes a try beside the feed. */
  addDelivery(delivery: WebhookDelivery): Promise<void>
  listDeliveries(
    webhookId: WebhookId,
    outcome: DeliveryOutcome | undefined,
    slice: Slice<NewestKey>,
  ): Promise<WebhookDelivery[]>
  /** Forgets tries before then, at most `limit`, and says how many. */
  prune(before: Date, limit: number): Promise<number>
}
