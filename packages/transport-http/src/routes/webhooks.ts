import {
  deliveriesFilter,
  newWebhook,
  replayRequest,
  type Webhook,
  type WebhookId,
  type WebhookMove,
  webhookChange,
} from '@muster/core/webhooks'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byProject, byWebhook, nothing, paging, pagingQuery, type Routes } from '../route.ts'
import { delivery, listOf, webhook, webhookWithSecret } from '../schemas.ts'

const tags = ['Webhooks']

export const webhookRoutes: Routes = (app, muster) => {
  webhooksOfProject(app, muster)
  webhooksOfAll(app, muster)
  webhookKeeping(app, muster)
  webhookMoves(app, muster)
}

const ADDING =
  'Tells a receiver of what happens from now on, in order, at least once each, signed as Standard Webhooks says. The secret is shown this once. Addresses of networks inside are refused.'

const webhooksOfProject: Routes = (app, { webhooks }) => {
  app.post(
    '/projects/:projectId/webhooks',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags,
        summary: 'Add a webhook',
        description: ADDING,
        params: byProject,
        body: newWebhook,
        response: { 201: webhookWithSecret },
      },
    },
    async (request, reply) => {
      const { userId } = principalOf(request)
      return withSecret(reply, await webhooks.add(request.params.projectId, request.body, userId), 201)
    },
  )
  app.get(
    '/projects/:projectId/webhooks',
    {
      schema: {
        tags,
        summary: 'List webhooks, newest first',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(webhook) },
      },
    },
    async (request) => webhooks.list(request.params.projectId, request.query),
  )
}

const webhooksOfAll: Routes = (app, { webhooks }) => {
  app.post(
    '/webhooks',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags,
        summary: 'Add a webhook of all projects',
        description: ADDING,
        body: newWebhook,
        response: { 201: webhookWithSecret },
      },
    },
    async (request, reply) =>
      withSecret(reply, await webhooks.add(null, request.body, principalOf(request).userId), 201),
  )
  app.get(
    '/webhooks',
    {
      schema: {
        tags,
        summary: 'List webhooks of all projects, newest first',
        querystring: pagingQuery,
        response: { 200: listOf(webhook) },
      },
    },
    async (request) => webhooks.list(null, request.query),
  )
}

const webhookKeeping: Routes = (app, { webhooks }) => {
  app.get(
    '/webhooks/:id',
    {
      config: { etag: true },
      schema: { tags, summary: 'Read a webhook', params: byWebhook, response: { 200: webhook } },
    },
    async (request, reply) => versioned(reply, await webhooks.get(request.params.id)),
  )
  app.patch(
    '/webhooks/:id',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Change a webhook',
        params: byWebhook,
        body: webhookChange,
        response: { 200: webhook },
      },
    },
    async (request, reply) =>
      versioned(reply, await webhooks.change(request.params.id, request.body, moveOf(request))),
  )
  app.delete(
    '/webhooks/:id',
    {
      schema: {
        tags,
        summary: 'Remove a webhook',
        description: 'Nothing is sent any longer. Honours `If-Match`.',
        params: byWebhook,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await webhooks.remove(request.params.id, moveOf(request))
      return reply.status(204).send()
    },
  )
  app.get(
    '/webhooks/:id/deliveries',
    {
      schema: {
        tags,
        summary: 'List the tries of the last seven days, newest first',
        params: byWebhook,
        querystring: z.strictObject({ ...paging, ...deliveriesFilter }),
        response: { 200: listOf(delivery) },
      },
    },
    async (request) => {
      const { limit, cursor, ...where } = request.query
      return webhooks.deliveries(request.params.id, where, { limit, cursor })
    },
  )
}

const webhookMoves: Routes = (app, { webhooks }) => {
  for (const [path, summary, move] of [
    ['enable', 'Go on where it stopped, at once', (id, how) => webhooks.enable(id, how)],
    ['disable', 'Send nothing until it is enabled', (id, how) => webhooks.disable(id, how)],
  ] satisfies [string, string, (id: WebhookId, how: WebhookMove) => Promise<Webhook>][]) {
    app.post(
      `/webhooks/:id/${path}`,
      {
        config: { etag: true },
        schema: { tags, summary, params: byWebhook, body: nothing, response: { 200: webhook } },
      },
      async (request, reply) => versioned(reply, await move(request.params.id, moveOf(request))),
    )
  }
  app.post(
    '/webhooks/:id/rotate',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Sign with a new secret',
        description: 'The one before signs beside it for 24 hours. The new one is shown this once.',
        params: byWebhook,
        body: nothing,
        response: { 200: webhookWithSecret },
      },
    },
    async (request, reply) =>
      withSecret(reply, await webhooks.rotate(request.params.id, moveOf(request)), 200),
  )
  app.post(
    '/webhooks/:id/test',
    {
      schema: {
        tags,
        summary: 'Send a message of type test now, and say what came of it',
        params: byWebhook,
        body: nothing,
        response: { 200: delivery },
      },
    },
    async (request) => webhooks.test(request.params.id),
  )
  app.post(
    '/webhooks/:id/replay',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Tell again what happened after then, as far as it is kept',
        description: 'Messages have the ids that they had. `seq` numbers the facts of one project.',
        params: byWebhook,
        body: replayRequest,
        response: { 200: webhook },
      },
    },
    async (request, reply) =>
      versioned(reply, await webhooks.replay(request.params.id, request.body, moveOf(request))),
  )
}

/** The version that its `ETag` names is that of the webhook. */
function withSecret<Answer extends { readonly webhook: Webhook }>(
  reply: Parameters<typeof versioned>[0],
  answer: Answer,
  status: 200 | 201,
): Answer {
  versioned(reply, answer.webhook, status)
  return answer
}

/** The caller, and the version that they have seen. */
function moveOf(request: Parameters<typeof principalOf>[0]): WebhookMove {
  return { by: principalOf(request).userId, ifVersion: ifMatch(request) }
}
