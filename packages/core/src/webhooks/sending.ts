import type { Clock, Ids } from '../environment.ts'
import type { Fact } from '../events/event.ts'
import type { ProjectId } from '../ids.ts'
import { elapsedMs } from '../time.ts'
import { DeliveryError, type WebhookSender } from './sender.ts'
import type { KeptWebhook, SigningSecret, WebhookAnswer, WebhookDelivery, WebhookMessage } from './webhook.ts'

/** Of a receiver's body that is kept, in characters. */
const LONGEST_RESPONSE = 1_024

/** A message, and of what it tells. */
export interface Told {
  readonly message: WebhookMessage
  readonly projectId: ProjectId | null
  readonly seq: number | null
}

/** A fact as a message: what the feed carries, and no payload or result. */
export function toldOf(fact: Fact): Told {
  const { eventId: messageId, type, occurredAt: timestamp, projectId, seq, data } = fact
  return { message: { messageId, type, timestamp, data: { projectId, seq, ...data } }, projectId, seq }
}

/** Facts were forgotten before they could be told. The same loss has the same id. */
export function gapOf(
  { webhookId }: KeptWebhook,
  projectId: ProjectId,
  { from, to }: { readonly from: number; readonly to: number },
  timestamp: Date,
): Told {
  const message = {
    messageId: `gap_${webhookId}_${projectId}_${to}`,
    type: 'gap',
    timestamp,
    data: { projectId, from, to },
  }
  return { message, projectId, seq: to }
}

/** The secrets that sign now. */
function signingSecrets(secrets: readonly SigningSecret[], now: Date): string[] {
  return secrets.filter(({ until }) => until === null || until > now).map(({ secret }) => secret)
}

/** A try and the answer that it got. */
export interface Tried {
  readonly answer: WebhookAnswer | undefined
  /** Without an outcome yet. */
  readonly delivery: Omit<WebhookDelivery, 'outcome'>
}

/** Tries once. Undefined: `signal` ended it, and it does not count. */
export async function tryOnce(
  deps: { readonly sender: WebhookSender; readonly clock: Clock; readonly ids: Ids },
  webhook: KeptWebhook,
  { message, projectId, seq }: Told,
  signal: AbortSignal,
): Promise<Tried | undefined> {
  const { sender, clock, ids } = deps
  const startedAt = elapsedMs(clock)
  const createdAt = clock.now()
  const noted = {
    deliveryId: ids.next(),
    webhookId: webhook.webhookId,
    messageId: message.messageId,
    type: message.type,
    projectId,
    seq,
    attempt: webhook.failures + 1,
    createdAt,
  }
  const since = (): number => Math.round(elapsedMs(clock) - startedAt)
  try {
    const to = { url: webhook.url, secrets: signingSecrets(webhook.secrets, createdAt) }
    const answer = await sender.send(to, message, signal)
    const response = storable(answer.body).slice(0, LONGEST_RESPONSE)
    return { answer, delivery: { ...noted, status: answer.status, response, error: null, ms: since() } }
  } catch (error) {
    if (signal.aborted) return undefined
    if (!(error instanceof DeliveryError)) throw error
    const { code, message: why } = error
    const said = { code, message: storable(why).slice(0, LONGEST_RESPONSE) }
    return {
      answer: undefined,
      delivery: { ...noted, status: null, response: null, error: said, ms: since() },
    }
  }
}

/** Text from outside as every adapter can keep it. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '\uFFFD')
}
