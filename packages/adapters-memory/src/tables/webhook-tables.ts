import type { ProjectId } from '@muster/core'
import type { KeptWebhook, WebhookDelivery, WebhookId } from '@muster/core/webhooks'
import { byAge } from '../jobs/order.ts'
import { ALL } from './people-tables.ts'
import { MemoryTable } from './table.ts'
import type { UndoJournal } from './undo-journal.ts'

/** A webhook with its holder. */
export interface WebhookRow extends KeptWebhook {
  readonly holder: string | null
  readonly heldUntil: Date | null
}

/** Rows of webhooks, how far they were told, and their tries. */
export class WebhookTables {
  readonly webhooks
  /** By projectId; those of all projects by {@link ALL}. */
  readonly byAge
  /** Key: {@link keyOf}(webhookId, projectId). */
  readonly places
  readonly deliveries
  readonly deliveriesByWebhook
  readonly deliveriesByAge

  constructor(journal: UndoJournal) {
    this.webhooks = new MemoryTable<WebhookId, WebhookRow>(journal)
    this.byAge = this.webhooks.index<ProjectId | typeof ALL>(
      ({ projectId }) => projectId ?? ALL,
      byAge(({ webhookId }) => webhookId),
    )
    this.places = new MemoryTable<string, { readonly seq: number }>(journal)
    this.deliveries = new MemoryTable<string, WebhookDelivery>(journal)
    const age = byAge<WebhookDelivery>(({ deliveryId }) => deliveryId)
    this.deliveriesByWebhook = this.deliveries.index(({ webhookId }) => webhookId, age)
    this.deliveriesByAge = this.deliveries.index(() => ALL, age)
  }
}
