import type { FactType } from '../events/event.ts'
import type { ProjectId, UserId, WebhookId } from '../ids.ts'
import type { Page, PageRequest } from '../paging.ts'
import type { DeliveryOutcome, Webhook, WebhookDelivery } from './webhook.ts'

/** A webhook to be kept. */
export interface NewWebhook {
  /** `https`, without name and password, at port 443 or 8443 unless the sender was told otherwise. */
  readonly url: string
  /** Default: of all facts. */
  readonly types?: readonly FactType[] | null | undefined
  readonly description?: string | undefined
}

/** A change of a webhook; what is missing stays. */
export type WebhookChange = { readonly [Field in keyof NewWebhook]?: NewWebhook[Field] | undefined }

/** From where on it is told again: a time, or behind a fact by the project's `seq`. */
export type ReplayRequest = { readonly after: Date } | { readonly seq: number }

/** The caller, and the version that they have seen. */
export interface WebhookMove {
  readonly by?: UserId | null | undefined
  readonly ifVersion?: number | undefined
}

/** A webhook with its secret, which is shown once. */
export interface WebhookWithSecret {
  readonly webhook: Webhook
  readonly secret: string
}

/**
 * Webhooks: receivers outside that are told of facts, signed as Standard Webhooks 1.0 says, at least once each and in order. Input schemas:
 * `newWebhook`, `webhookChange`, `replayRequest`.
 */
export interface WebhookUseCases {
  /**
   * Tells it of what happens from now on. `projectId` null: in all projects.
   * @throws ValidationError for an address that nothing is sent to; NotFoundError for the project
   */
  add(projectId: ProjectId | null, webhook: NewWebhook, createdBy?: UserId | null): Promise<WebhookWithSecret>
  /** Newest first; `projectId` null: those of all projects. @throws NotFoundError for the project */
  list(projectId: ProjectId | null, request: PageRequest): Promise<Page<Webhook>>
  /** @throws NotFoundError */
  get(webhookId: WebhookId): Promise<Webhook>
  /** @throws as `add`; VersionConflictError */
  change(webhookId: WebhookId, change: WebhookChange, move?: WebhookMove): Promise<Webhook>
  /** Nothing is sent any longer, and all that was kept of it goes. @throws NotFoundError, VersionConflictError */
  remove(webhookId: WebhookId, move?: WebhookMove): Promise<void>
  /** A new secret; the one before signs beside it for 24 hours. */
  rotate(webhookId: WebhookId, move?: WebhookMove): Promise<WebhookWithSecret>
  /** Goes on where it stopped, at once: with the message that failed, if one did. Again is fine. */
  enable(webhookId: WebhookId, move?: WebhookMove): Promise<Webhook>
  /** Sends nothing until it is enabled; facts are kept for it no longer than for anybody. Again is fine. */
  disable(webhookId: WebhookId, move?: WebhookMove): Promise<Webhook>
  /** Sends a message of type `test` now, beside all others, and gives the try. It is not tried again. */
  test(webhookId: WebhookId): Promise<WebhookDelivery>
  /**
   * Tells again all that happened after then and is still kept, under the ids that these messages had.
   * @throws ValidationError for a `seq` of a webhook of all projects, and for one that lies ahead
   */
  replay(webhookId: WebhookId, from: ReplayRequest, move?: WebhookMove): Promise<Webhook>
  /** The tries of the last seven days, newest first. */
  deliveries(
    webhookId: WebhookId,
    where: { readonly outcome?: DeliveryOutcome | undefined },
    request: PageRequest,
  ): Promise<Page<WebhookDelivery>>
}
