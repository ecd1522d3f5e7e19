import type { ProjectId } from '@muster/core'
import type { NewestKey, Slice } from '@muster/core/ports'
import type {
  DeliveryOutcome,
  KeptWebhook,
  SigningSecret,
  WebhookBacklog,
  WebhookDelivery,
  WebhookId,
  WebhookPlace,
  WebhookReport,
  WebhookStore,
} from '@muster/core/webhooks'
import { type Connection, engineStatement, jsonText, statement } from '../connection/queryable.ts'

const WEBHOOK = `w.webhook_id as "webhookId", w.project_id as "projectId", w.url, to_json(w.types) as types, w.description, w.disabled, w.failures,
  w.next_at as "nextAt", w.version, w.created_by as "createdBy", w.created_at as "createdAt", w.secrets`

const ADD = statement(
  'webhook_add',
  `with added as (
     insert into webhook (webhook_id, project_id, url, types, description, disabled, failures, next_at, secrets, version, created_by, created_at)
     values ($1, $2, $3, (select array_agg(value) from json_array_elements_text($4::json)), $5, $6, $7, $8, $9::json, $10, $11, $12)
     returning webhook_no)
   insert into webhook_place (webhook_no, project_id, seq)
   select webhook_no, "projectId", seq from added cross join json_to_recordset($13::json) as place ("projectId" uuid, seq bigint)`,
)
const FIND = statement('webhook_find', `select ${WEBHOOK} from webhook as w where w.webhook_id = $1`)
const LOCK = statement(
  'webhook_lock',
  `select ${WEBHOOK} from webhook as w where w.webhook_id = $1 for update`,
)
const LIST = statement(
  'webhook_list',
  `select ${WEBHOOK} from webhook as w
   where w.project_id is not distinct from $1::uuid and ($3::timestamptz is null or (w.created_at, w.webhook_id) < ($3, $4::uuid))
   order by w.created_at desc, w.webhook_id desc limit $2`,
)
const SAVE = statement(
  'webhook_save',
  `update webhook set url = $3, types = (select array_agg(value) from json_array_elements_text($4::json)), description = $5, disabled = $6,
     failures = $7, next_at = $8, secrets = $9::json, version = $10, holder = null, held_until = null
   where webhook_id = $1 and project_id is not distinct from $2::uuid`,
)
const REMOVE = statement('webhook_remove', 'delete from webhook where webhook_id = $1')
// A hold is ended with the places, so that its holder's next report finds that it is one no longer.
const PLACE = statement(
  'webhook_place_set',
  `with freed as (update webhook set holder = null, held_until = null where webhook_id = $1 returning webhook_no)
   insert into webhook_place (webhook_no, project_id, seq)
   select webhook_no, "projectId", seq from freed cross join json_to_recordset($2::json) as place ("projectId" uuid, seq bigint)
   on conflict (webhook_no, project_id) do update set seq = excluded.seq`,
)
const BEHIND = `feed_head as h left join webhook_place as p on p.webhook_no = w.webhook_no and p.project_id = h.project_id
       where (w.project_id is null or h.project_id = w.project_id) and h.seq > coalesce(p.seq, 0)`
const TAKE = engineStatement(
  'webhook_take',
  `with due as materialized (
     select w.webhook_no from webhook as w
     where w.disabled is null and (w.next_at is null or w.next_at <= $1) and (w.held_until is null or w.held_until <= $1)
       and exists (select from ${BEHIND})
     order by w.next_at nulls first, w.webhook_no limit $4 for update skip locked)
   update webhook as w set holder = $2, held_until = $3 from due where w.webhook_no = due.webhook_no
   returning ${WEBHOOK}`,
)
const BACKLOG = engineStatement(
  'webhook_backlog',
  `select behind.* from webhook as w cross join lateral (
     select h.project_id as "projectId", coalesce(p.seq, 0)::float8 as seq, h.seq::float8 as head from ${BEHIND}) as behind
   where w.webhook_id = $1 order by "projectId"`,
)
const DELIVERY_ROWS = `json_to_recordset($3::json) as d ("deliveryId" uuid, "messageId" text, type text, "projectId" uuid, seq bigint,
       attempt smallint, outcome text, status smallint, response text, error json, ms int, "createdAt" timestamptz)`
const DELIVERY_COLUMNS = `(delivery_id, webhook_no, message_id, type, project_id, seq, attempt, delivered, status, response, error, ms, created_at)`
const DELIVERY_VALUES = `d."deliveryId", held.webhook_no, d."messageId", d.type, d."projectId", d.seq, d.attempt, d.outcome = 'delivered', d.status,
     d.response, d.error, d.ms, d."createdAt"`
const REPORT = engineStatement(
  'webhook_report',
  `with held as (
     update webhook set failures = $5, next_at = $6, disabled = $7, held_until = $8, holder = case when $8::timestamptz is null then null else holder end
     where webhook_id = $1 and holder = $2
     returning webhook_no),
   placed as (
     insert into webhook_place (webhook_no, project_id, seq)
     select held.webhook_no, "projectId", seq from held cross join json_to_recordset($4::json) as place ("projectId" uuid, seq bigint)
     on conflict (webhook_no, project_id) do update set seq = excluded.seq),
   noted as (
     insert into webhook_delivery ${DELIVERY_COLUMNS}
     select ${DELIVERY_VALUES} from held cross join ${DELIVERY_ROWS})
   select webhook_no from held`,
)
const ADD_DELIVERY = statement(
  'webhook_delivery_add',
  `with held as (select webhook_no from webhook where webhook_id = $1 and $2::text is null)
   insert into webhook_delivery ${DELIVERY_COLUMNS}
   select ${DELIVERY_VALUES} from held cross join ${DELIVERY_ROWS}`,
)
const LIST_DELIVERIES = statement(
  'webhook_delivery_list',
  `select delivery_id as "deliveryId", $1::uuid as "webhookId", message_id as "messageId", type, project_id as "projectId", seq::float8 as seq, attempt,
     delivered, status, response, error, ms, created_at as "createdAt"
   from webhook_delivery
   where webhook_no = (select webhook_no from webhook where webhook_id = $1) and ($2::boolean is null or delivered = $2)
     and ($4::timestamptz is null or (created_at, delivery_id) < ($4, $5::uuid))
   order by created_at desc, delivery_id desc limit $3`,
)
const PRUNE = engineStatement(
  'webhook_delivery_prune',
  `delete from webhook_delivery where ctid = any(array(
     select ctid from webhook_delivery where created_at < $1 order by created_at limit $2 for update skip locked))
   returning delivery_id`,
)

/** A row as it comes: instants inside of JSON are text. */
interface WebhookRow extends Omit<KeptWebhook, 'secrets'> {
  readonly secrets: readonly { readonly secret: string; readonly until: string | null }[]
}

type DeliveryRow = Omit<WebhookDelivery, 'outcome'> & { readonly delivered: boolean }

/** Webhooks in `webhook`, how far they were told in `webhook_place`, tries in `webhook_delivery`. */
export class PgWebhookStore implements WebhookStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(webhook: KeptWebhook, places: readonly WebhookPlace[]): Promise<void> {
    const { createdBy, createdAt } = webhook
    await this.#connection.rows(ADD, [...valuesOf(webhook), createdBy, createdAt, jsonText(places)])
  }

  async find(webhookId: WebhookId): Promise<KeptWebhook | undefined> {
    return (await this.#read(FIND, [webhookId]))[0]
  }

  list(projectId: ProjectId | null, { limit, after }: Slice<NewestKey>): Promise<KeptWebhook[]> {
    return this.#read(LIST, [projectId, limit, after?.createdAt ?? null, after?.id ?? null])
  }

  async lock(webhookId: WebhookId): Promise<KeptWebhook | undefined> {
    return (await this.#read(LOCK, [webhookId]))[0]
  }

  async save(webhook: KeptWebhook): Promise<void> {
    await this.#connection.rows(SAVE, valuesOf(webhook))
  }

  async place(webhookId: WebhookId, places: readonly WebhookPlace[]): Promise<void> {
    await this.#connection.rows(PLACE, [webhookId, jsonText(places)])
  }

  async remove(webhookId: WebhookId): Promise<void> {
    await this.#connection.rows(REMOVE, [webhookId])
  }

  take(now: Date, holder: string, heldUntil: Date, limit: number): Promise<KeptWebhook[]> {
    return this.#read(TAKE, [now, holder, heldUntil, limit])
  }

  backlog(webhookId: WebhookId): Promise<WebhookBacklog[]> {
    return this.#connection.rows<WebhookBacklog>(BACKLOG, [webhookId])
  }

  async report(webhookId: WebhookId, holder: string, report: WebhookReport): Promise<boolean> {
    const { places, deliveries, failures, nextAt, disabled, heldUntil } = report
    const rows = await this.#connection.rows(REPORT, [
      webhookId,
      holder,
      jsonText(deliveries),
      jsonText(places),
      failures,
      nextAt,
      disabled,
      heldUntil,
    ])
    return rows.length > 0
  }

  async addDelivery(delivery: WebhookDelivery): Promise<void> {
    await this.#connection.rows(ADD_DELIVERY, [delivery.webhookId, null, jsonText([delivery])])
  }

  async listDeliveries(
    webhookId: WebhookId,
    outcome: DeliveryOutcome | undefined,
    { limit, after }: Slice<NewestKey>,
  ): Promise<WebhookDelivery[]> {
    const rows = await this.#connection.rows<DeliveryRow>(LIST_DELIVERIES, [
      webhookId,
      outcome === undefined ? null : outcome === 'delivered',
      limit,
      after?.createdAt ?? null,
      after?.id ?? null,
    ])
    return rows.map(({ delivered, ...row }) => ({ ...row, outcome: delivered ? 'delivered' : 'failed' }))
  }

  async prune(before: Date, limit: number): Promise<number> {
    return (await this.#connection.rows(PRUNE, [before, limit])).length
  }

  async #read(asked: Parameters<Connection['rows']>[0], values: readonly unknown[]): Promise<KeptWebhook[]> {
    const rows = await this.#connection.rows<WebhookRow>(asked, values)
    return rows.map((row) => ({ ...row, secrets: row.secrets.map(secretOf) }))
  }
}

function secretOf({ secret, until }: WebhookRow['secrets'][number]): SigningSecret {
  return { secret, until: until === null ? null : new Date(until) }
}

function valuesOf(webhook: KeptWebhook): unknown[] {
  const { webhookId, projectId, url, types, description, disabled, failures, nextAt, secrets, version } =
    webhook
  const [names, signing] = [types && jsonText(types), jsonText(secrets)]
  return [webhookId, projectId, url, names, description, disabled, failures, nextAt, signing, version]
}
