import { z } from 'zod'
import type { Clock, Ids } from '../environment.ts'
import { NotFoundError, ValidationError, VersionConflictError } from '../errors.ts'
import type { EventStore } from '../events/event-store.ts'
import type { ProjectId, UserId, WebhookId } from '../ids.ts'
import { parse } from '../input/parse.ts'
import { newestKey, page } from '../paging.ts'
import type { ProjectStore } from '../people/project-store.ts'
import { demandProject } from '../runs/run-deps.ts'
import type { Transactions } from '../transactions.ts'
import type { WebhookSender } from './sender.ts'
import { tryOnce } from './sending.ts'
import type { KeptWebhook, SigningSecret, Webhook, WebhookDelivery } from './webhook.ts'
import { deliveriesFilter, newWebhook, replayRequest, webhookChange } from './webhook-input.ts'
import type { WebhookPlace, WebhookStore } from './webhook-store.ts'
import type { NewWebhook, ReplayRequest, WebhookMove, WebhookUseCases } from './webhooks.ts'

const HOUR_MS = 60 * 60 * 1_000

/** How long a former secret signs beside the present one. */
const FORMER_SIGNS_MS = 24 * HOUR_MS

/** Secrets of a webhook: the present one, and former ones that still sign. More rotations than that within a day end the oldest. */
const MOST_SECRETS = 5

const deliveriesWhere = z.strictObject(deliveriesFilter)

interface WebhookStores {
  readonly webhooks: WebhookStore
  readonly projects: ProjectStore
  readonly events: EventStore
}

/** Dependencies of the use cases of webhooks. */
export interface WebhookDeps {
  readonly transactions: Transactions<WebhookStores>
  /** undefined: this process sends none, so none can be made or tested here. */
  readonly sender: WebhookSender | undefined
  readonly clock: Clock
  readonly ids: Ids
}

/** The use cases of webhooks. */
export function webhookUseCases(deps: WebhookDeps): WebhookUseCases {
  const { transactions, clock } = deps
  const { webhooks, projects } = transactions.stores

  const get = async (webhookId: WebhookId): Promise<KeptWebhook> =>
    found(await webhooks.find(webhookId), webhookId)

  /** Lets `change` act on the webhook, locked. The same one back: nothing changes. */
  const move = (
    webhookId: WebhookId,
    { ifVersion }: WebhookMove,
    change: (before: KeptWebhook, stores: WebhookStores) => Promise<KeptWebhook> | KeptWebhook,
  ): Promise<KeptWebhook> =>
    transactions.transaction(async (stores) => {
      const before = found(await stores.webhooks.lock(webhookId), webhookId)
      checkVersion(before, ifVersion)
      const after = await change(before, stores)
      if (after === before) return before
      const next = { ...after, version: before.version + 1 }
      await stores.webhooks.save(next)
      return next
    })

  return {
    ...webhookMoves(deps, move),

    add: (projectId, given, createdBy = null) => addWebhook(deps, projectId, given, createdBy),

    async list(projectId, request) {
      if (projectId !== null) await demandProject(projects, projectId)
      const { items, ...rest } = await page(
        request,
        ['webhooks', projectId],
        newestKey<KeptWebhook>(({ webhookId }) => webhookId),
        (slice) => webhooks.list(projectId, slice),
      )
      return { ...rest, items: items.map(shown) }
    },

    get: async (webhookId) => shown(await get(webhookId)),

    async change(webhookId, given, options = {}) {
      const { url, types, description } = parse(webhookChange, given)
      if (url !== undefined) checkUrl(senderOf(deps), url)
      const after = await move(webhookId, options, (before) => ({
        ...before,
        url: url ?? before.url,
        types: types === undefined ? before.types : types,
        description: description ?? before.description,
      }))
      return shown(after)
    },

    async remove(webhookId, { ifVersion } = {}) {
      await transactions.transaction(async (stores) => {
        checkVersion(found(await stores.webhooks.lock(webhookId), webhookId), ifVersion)
        await stores.webhooks.remove(webhookId)
      })
    },

    async test(webhookId) {
      const sender = senderOf(deps)
      const webhook = { ...(await get(webhookId)), failures: 0 }
      const messageId = `test_${deps.ids.next()}`
      const message = { messageId, type: 'test', timestamp: clock.now(), data: { webhookId } }
      const told = { message, projectId: webhook.projectId, seq: null }
      const tried = await tryOnce({ ...deps, sender }, webhook, told, new AbortController().signal)
      if (tried === undefined) throw new Error('A try that nothing ends was ended')
      const status = tried.answer?.status ?? 0
      const outcome = status >= 200 && status < 300 ? 'delivered' : 'failed'
      const delivery: WebhookDelivery = { ...tried.delivery, outcome }
      await webhooks.addDelivery(delivery)
      return delivery
    },

    async deliveries(webhookId, given, request) {
      const { outcome } = parse(deliveriesWhere, given)
      await get(webhookId)
      return page(
        request,
        ['deliveries', webhookId, outcome ?? null],
        newestKey<WebhookDelivery>(({ deliveryId }) => deliveryId),
        (slice) => webhooks.listDeliveries(webhookId, outcome, slice),
      )
    },
  }
}

type Move = (
  webhookId: WebhookId,
  move: WebhookMove,
  change: (before: KeptWebhook, stores: WebhookStores) => Promise<KeptWebhook> | KeptWebhook,
) => Promise<KeptWebhook>

function webhookMoves(
  deps: WebhookDeps,
  move: Move,
): Pick<WebhookUseCases, 'rotate' | 'enable' | 'disable' | 'replay'> {
  const { clock } = deps
  return {
    async rotate(webhookId, options = {}) {
      const secret = senderOf(deps).newSecret()
      const after = await move(webhookId, options, (before) => ({
        ...before,
        secrets: rotated(before.secrets, secret, clock.now()),
      }))
      return { webhook: shown(after), secret }
    },

    async enable(webhookId, options = {}) {
      const after = await move(webhookId, options, (before) =>
        before.disabled === null && before.failures === 0
          ? before
          : { ...before, disabled: null, failures: 0, nextAt: null },
      )
      return shown(after)
    },

    async disable(webhookId, options = {}) {
      const after = await move(webhookId, options, (before) =>
        before.disabled === null ? { ...before, disabled: 'byHand', nextAt: null } : before,
      )
      return shown(after)
    },

    async replay(webhookId, given, options = {}) {
      const request = parse(replayRequest, given)
      const after = await move(webhookId, options, async (before, stores) => {
        await stores.webhooks.place(webhookId, await placesFor(stores, before, request))
        return { ...before, failures: 0, nextAt: null }
      })
      return shown(after)
    },
  }
}

async function addWebhook(
  deps: WebhookDeps,
  projectId: ProjectId | null,
  given: NewWebhook,
  createdBy: UserId | null,
): Promise<{ readonly webhook: Webhook; readonly secret: string }> {
  const { url, types = null, description = '' } = parse(newWebhook, given)
  const { transactions, clock, ids } = deps
  const sender = senderOf(deps)
  checkUrl(sender, url)
  const secret = sender.newSecret()
  const webhook: KeptWebhook = {
    webhookId: ids.next() as WebhookId,
    projectId,
    url,
    types,
    description,
    disabled: null,
    failures: 0,
    nextAt: null,
    version: 1,
    createdBy,
    createdAt: clock.now(),
    secrets: [{ secret, until: null }],
  }
  await transactions.transaction(async (stores) => {
    if (projectId !== null) await demandProject(stores.projects, projectId)
    const heads = await stores.events.heads(projectId === null ? undefined : [projectId])
    await stores.webhooks.add(
      webhook,
      [...heads].map(([project, seq]) => ({ projectId: project, seq })),
    )
  })
  return { webhook: shown(webhook), secret }
}

/** Where a webhook stands that is told again. */
async function placesFor(
  { events }: WebhookStores,
  { projectId }: KeptWebhook,
  from: ReplayRequest,
): Promise<WebhookPlace[]> {
  const heads = await events.heads(projectId === null ? undefined : [projectId])
  if ('after' in from) {
    return Promise.all(
      [...heads].map(async ([project]) => ({
        projectId: project,
        seq: await events.seqBefore(project, new Date(from.after.getTime() + 1)),
      })),
    )
  }
  if (projectId === null) throw invalid('seq', 'numbers the facts of one project: say a time here')
  const head = heads.get(projectId) ?? 0
  if (from.seq > head) throw invalid('seq', `lies ahead: the last fact is ${head}`)
  return [{ projectId, seq: from.seq }]
}

function rotated(secrets: readonly SigningSecret[], secret: string, now: Date): SigningSecret[] {
  const until = new Date(now.getTime() + FORMER_SIGNS_MS)
  const former = secrets
    .filter((one) => one.until === null || one.until > now)
    .map((one) => (one.until === null ? { ...one, until } : one))
  return [{ secret, until: null }, ...former].slice(0, MOST_SECRETS)
}

/** @throws ValidationError if this process has nothing to send with */
function senderOf({ sender }: WebhookDeps): WebhookSender {
  if (sender !== undefined) return sender
  throw invalid('url', 'cannot be told here: createMuster was given no webhooks')
}

/** @throws ValidationError */
function checkUrl(sender: WebhookSender, url: string): void {
  const refusal = sender.refusal(url)
  if (refusal !== null) throw invalid('url', refusal)
}

/** As callers see it. */
function shown({ secrets: _secrets, ...webhook }: KeptWebhook): Webhook {
  return webhook
}

function found(webhook: KeptWebhook | undefined, webhookId: WebhookId): KeptWebhook {
  if (webhook === undefined) throw new NotFoundError('webhook', webhookId)
  return webhook
}

function checkVersion({ version }: Webhook, ifVersion: number | undefined): void {
  if (ifVersion === undefined || ifVersion === version) return
  throw new VersionConflictError(`The webhook is at version ${version}`, { version })
}

function invalid(path: string, message: string): ValidationError {
  return new ValidationError([{ path, message }])
}
