import type { ProjectId } from '@muster/core'
import type { NewestKey, Slice } from '@muster/core/ports'
import type {
  DeliveryOutcome,
  KeptWebhook,
  WebhookBacklog,
  WebhookDelivery,
  WebhookId,
  WebhookPlace,
  WebhookReport,
  WebhookStore,
} from '@muster/core/webhooks'
import { keyOf, sliceNewest } from './jobs/order.ts'
import type { EventTables } from './tables/event-tables.ts'
import { ALL } from './tables/people-tables.ts'
import type { MemoryContext } from './tables/tables.ts'
import type { WebhookRow, WebhookTables } from './tables/webhook-tables.ts'

/** Webhooks in memory. A transaction is alone, so nothing has to be locked. */
export class MemoryWebhookStore implements WebhookStore {
  readonly #tables: WebhookTables
  readonly #events: EventTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.webhooks
    this.#events = tables.events
  }

  async add(webhook: KeptWebhook, places: readonly WebhookPlace[]): Promise<void> {
    this.#tables.webhooks.set(webhook.webhookId, { ...webhook, holder: null, heldUntil: null })
    this.#put(webhook.webhookId, places)
  }

  async find(webhookId: WebhookId): Promise<KeptWebhook | undefined> {
    const row = this.#tables.webhooks.get(webhookId)
    return row && keptOf(row)
  }

  async list(projectId: ProjectId | null, slice: Slice<NewestKey>): Promise<KeptWebhook[]> {
    const { byAge } = this.#tables
    return sliceNewest(byAge, projectId ?? ALL, ({ webhookId }) => webhookId, slice).map(keptOf)
  }

  async lock(webhookId: WebhookId): Promise<KeptWebhook | undefined> {
    return this.find(webhookId)
  }

  async save(webhook: KeptWebhook): Promise<void> {
    this.#tables.webhooks.set(webhook.webhookId, { ...webhook, holder: null, heldUntil: null })
  }

  async place(webhookId: WebhookId, places: readonly WebhookPlace[]): Promise<void> {
    const row = this.#tables.webhooks.get(webhookId)
    if (row === undefined) return
    this.#tables.webhooks.set(webhookId, { ...row, holder: null, heldUntil: null })
    this.#put(webhookId, places)
  }

  async remove(webhookId: WebhookId): Promise<void> {
    this.#tables.webhooks.delete(webhookId)
    const tries = this.#tables.deliveriesByWebhook.in(webhookId).map(({ deliveryId }) => deliveryId)
    for (const deliveryId of tries) this.#tables.deliveries.delete(deliveryId)
    for (const projectId of this.#events.heads.keys()) this.#tables.places.delete(keyOf(webhookId, projectId))
  }

  async take(now: Date, holder: string, heldUntil: Date, limit: number): Promise<KeptWebhook[]> {
    const due = [...this.#tables.webhooks.values()]
      .filter((row) => isDue(row, now) && this.#behind(row).length > 0)
      .sort((one, other) => (one.nextAt?.getTime() ?? 0) - (other.nextAt?.getTime() ?? 0))
      .slice(0, limit)
    return due.map((row) => keptOf(this.#tables.webhooks.set(row.webhookId, { ...row, holder, heldUntil })))
  }

  async backlog(webhookId: WebhookId): Promise<WebhookBacklog[]> {
    const row = this.#tables.webhooks.get(webhookId)
    return row ? this.#behind(row) : []
  }

  async report(webhookId: WebhookId, holder: string, report: WebhookReport): Promise<boolean> {
    const row = this.#tables.webhooks.get(webhookId)
    if (row === undefined || row.holder !== holder) return false
    const { places, deliveries, failures, nextAt, disabled, heldUntil } = report
    const next = heldUntil === null ? null : holder
    this.#tables.webhooks.set(webhookId, { ...row, failures, nextAt, disabled, heldUntil, holder: next })
    this.#put(webhookId, places)
    for (const delivery of deliveries) this.#tables.deliveries.set(delivery.deliveryId, delivery)
    return true
  }

  async addDelivery(delivery: WebhookDelivery): Promise<void> {
    if (this.#tables.webhooks.has(delivery.webhookId))
      this.#tables.deliveries.set(delivery.deliveryId, delivery)
  }

  async listDeliveries(
    webhookId: WebhookId,
    outcome: DeliveryOutcome | undefined,
    slice: Slice<NewestKey>,
  ): Promise<WebhookDelivery[]> {
    return sliceNewest(
      this.#tables.deliveriesByWebhook,
      webhookId,
      ({ deliveryId }) => deliveryId,
      slice,
      (delivery) => outcome === undefined || delivery.outcome === outcome,
    )
  }

  async prune(before: Date, limit: number): Promise<number> {
    const old = this.#tables.deliveriesByAge.in(ALL).filter(({ createdAt }) => createdAt < before)
    const gone = old.slice(0, limit)
    for (const { deliveryId } of gone) this.#tables.deliveries.delete(deliveryId)
    return gone.length
  }

  #put(webhookId: WebhookId, places: readonly WebhookPlace[]): void {
    for (const { projectId, seq } of places) this.#tables.places.set(keyOf(webhookId, projectId), { seq })
  }

  #behind({ webhookId, projectId }: WebhookRow): WebhookBacklog[] {
    const behind: WebhookBacklog[] = []
    for (const [project, { seq: head }] of this.#events.heads.entries()) {
      if (projectId !== null && project !== projectId) continue
      const seq = this.#tables.places.get(keyOf(webhookId, project))?.seq ?? 0
      if (head > seq) behind.push({ projectId: project, seq, head })
    }
    return behind.sort((one, other) => (one.projectId < other.projectId ? -1 : 1))
  }
}

/** Up to which fact of the project webhooks have been told that are not disabled: the least of them; undefined: there is none. */
export function toldOf(tables: WebhookTables, projectId: ProjectId): number | undefined {
  let least: number | undefined
  for (const row of tables.webhooks.values()) {
    if (row.disabled !== null || (row.projectId !== null && row.projectId !== projectId)) continue
    const seq = tables.places.get(keyOf(row.webhookId, projectId))?.seq ?? 0
    if (least === undefined || seq < least) least = seq
  }
  return least
}

function isDue({ disabled, nextAt, heldUntil }: WebhookRow, now: Date): boolean {
  return disabled === null && (nextAt === null || nextAt <= now) && (heldUntil === null || heldUntil <= now)
}

function keptOf({ holder: _holder, heldUntil: _heldUntil, ...webhook }: WebhookRow): KeptWebhook {
  return webhook
}
