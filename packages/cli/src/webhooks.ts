import type { MusterClient } from '@muster/client'
import { UsageError } from './command-error.ts'
import type { ReplayOptions, WebhookOptions } from './options.ts'

/** `muster webhook add`: of a project, or of all. What it gives has the secret, which is told this once. */
export function addWebhook(
  muster: MusterClient,
  url: string,
  { project, type, description }: WebhookOptions,
): Promise<object> {
  // The server says which types there are.
  const body = {
    url,
    ...(type && { types: type }),
    ...(description !== undefined && { description }),
  } as never
  return project === undefined ? muster.webhooks.addForAll(body) : muster.webhooks.add(project, body)
}

/** `muster webhook list`: of a project, or those of all. */
export function listWebhooks(muster: MusterClient, { project }: WebhookOptions): AsyncIterable<object> {
  return project === undefined ? muster.webhooks.listForAll() : muster.webhooks.list(project)
}

/** `muster webhook replay`: sends again from a time, or from a fact. @throws CommandError unless one of both is said */
export function replayWebhook(
  muster: MusterClient,
  webhookId: string,
  { after, seq }: ReplayOptions,
): Promise<object> {
  if ((after === undefined) === (seq === undefined)) throw new UsageError('Give --after or --seq')
  if (after !== undefined) return muster.webhooks.replay(webhookId, { after })
  if (!/^\d+$/.test(seq ?? '')) throw new UsageError(`--seq must be a whole number, not ${seq}`)
  return muster.webhooks.replay(webhookId, { seq: Number(seq) })
}
