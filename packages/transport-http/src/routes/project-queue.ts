import type { QueueItem } from '@muster/core'
import type { NewQueueItem, QueueStatus } from '@muster/core/calls'
import {
  JOB_STATES,
  manyQueueItems,
  name,
  newQueueItem,
  queuePriority,
  severalOf,
} from '@muster/core/schemas'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { atLeast } from '../access/authority.ts'
import { byItem, byProject, LARGE_BODY, nothing, paging, type Routes } from '../route.ts'
import {
  addedItems,
  cleared,
  existingQueueItem,
  queueItem,
  queueItemWithResult,
  queueStatus,
  systemQueue,
} from '../schemas.ts'
import { queueItemView } from '../views.ts'

const tags = ['Project queue']
const statusQuery = z.strictObject({
  ...paging,
  state: severalOf(JOB_STATES).optional(),
  type: name.optional(),
})

const flag = z.enum(['true', 'false']).optional()
const cancelQuery = z.strictObject({ flow: flag })
const retryQuery = z.strictObject({ force: flag, fresh: flag })

export const projectQueueRoutes: Routes = (app, muster) => {
  addingRoutes(app, muster)
  itemRoutes(app, muster)
  queueMoves(app, muster)
  systemMoves(app, muster)
}

/** The queue, and adding to it. */
const addingRoutes: Routes = (app, { queue }) => {
  app.get(
    '/projects/:projectId/queue/status',
    {
      schema: {
        tags,
        summary: 'The queue: counts and items',
        params: byProject,
        querystring: statusQuery,
        response: { 200: queueStatus },
      },
    },
    async (request) => statusView(await queue.status(request.params.projectId, request.query), request),
  )
  app.post(
    '/projects/:projectId/queue/add',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Add an item',
        description:
          '`delaySeconds` or `runAt`: when it is to be in line. `unique`: if another job of the type holds the key, that one is the answer, with 200. `after`: it waits for these jobs.',
        params: byProject,
        body: newQueueItem,
        response: { 200: existingQueueItem, 201: queueItem },
      },
    },
    async (request, reply) => {
      const added = await queue.add(request.params.projectId, request.body, principalOf(request).userId)
      const { status, differs = false, ...item } = added
      if (status === 'added') return reply.status(201).send(itemView(item, request))
      return reply.status(200).send({ ...itemView(item, request), existing: true, differs })
    },
  )
  app.post(
    '/projects/:projectId/queue/add-many',
    {
      bodyLimit: LARGE_BODY,
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Add many items',
        description:
          'Each item as the body of …/queue/add. `each` (default): one that is at fault is refused by itself, in its place in the answer. `atomic`: all are added, or none, and errors name the items.',
        params: byProject,
        body: manyQueueItems,
        response: { 200: addedItems },
      },
    },
    async (request) => {
      const { items, mode } = request.body
      const { userId } = principalOf(request)
      // Each is read by the queue itself, which says what is wrong with it.
      return queue.addMany(request.params.projectId, items as unknown as readonly NewQueueItem[], {
        mode,
        createdBy: userId,
      })
    },
  )
}

/** One item. */
const itemRoutes: Routes = (app, { queue }) => {
  app.get(
    '/projects/:projectId/queue/:itemId',
    {
      schema: {
        tags,
        summary: 'Read an item; managers also see its payload and result',
        params: byItem,
        response: { 200: queueItemWithResult },
      },
    },
    async (request) => {
      const item = await queue.get(request.params.projectId, request.params.itemId)
      const seesAll = atLeast(principalOf(request).role, 'manager')
      return {
        ...itemView(item, request),
        ...(seesAll ? { payload: item.payload, result: item.result } : {}),
      }
    },
  )
  app.delete(
    '/projects/:projectId/queue/:itemId',
    {
      schema: {
        tags,
        summary: 'Cancel an item',
        description: '`flow=true`: with it all that waits for it, and so on.',
        params: byItem,
        querystring: cancelQuery,
        response: { 200: queueItem },
      },
    },
    async (request) => {
      const { params, query } = request
      const item = await queue.cancel(params.projectId, params.itemId, { flow: query.flow === 'true' })
      return itemView(item, request)
    },
  )
  app.put(
    '/projects/:projectId/queue/:itemId/priority',
    {
      schema: {
        tags,
        summary: 'Give it another priority',
        params: byItem,
        body: queuePriority,
        response: { 200: queueItem },
      },
    },
    async (request) =>
      itemView(
        await queue.setPriority(request.params.projectId, request.params.itemId, request.body.priority),
        request,
      ),
  )
  app.post(
    '/projects/:projectId/queue/:itemId/retry',
    {
      schema: {
        tags,
        summary: 'Try a failed item again',
        description:
          'It keeps the answers that people gave it and what it made once; with `fresh=true` it asks and makes anew. ' +
          '`force=true`: one that ended because of another goes on without that.',
        params: byItem,
        querystring: retryQuery,
        body: nothing,
        response: { 200: queueItem },
      },
    },
    async (request) => {
      const { params, query } = request
      const wanted = { force: query.force === 'true', fresh: query.fresh === 'true' }
      return itemView(await queue.retry(params.projectId, params.itemId, wanted), request)
    },
  )
}

/** The whole queue of a project. */
const queueMoves: Routes = (app, { queue }) => {
  app.delete(
    '/projects/:projectId/queue',
    {
      schema: {
        tags,
        summary: 'Cancel everything that is pending',
        params: byProject,
        response: { 200: cleared },
      },
    },
    async (request) => queue.clear(request.params.projectId),
  )
  app.post(
    '/projects/:projectId/queue/pause',
    {
      schema: {
        tags,
        summary: 'Pause the queue',
        params: byProject,
        body: nothing,
        response: { 200: queueStatus },
      },
    },
    async (request) => statusView(await queue.pause(request.params.projectId), request),
  )
  app.post(
    '/projects/:projectId/queue/resume',
    {
      schema: {
        tags,
        summary: 'Resume the queue',
        params: byProject,
        body: nothing,
        response: { 200: queueStatus },
      },
    },
    async (request) => statusView(await queue.resume(request.params.projectId), request),
  )
}

/** The queues of all projects. */
const systemMoves: Routes = (app, { system }) => {
  app.get(
    '/system/queue',
    { schema: { tags: ['System'], summary: 'All queues', response: { 200: systemQueue } } },
    async () => system.status(),
  )
  app.post(
    '/system/queue/pause',
    {
      schema: {
        tags: ['System'],
        summary: 'Pause everything',
        body: nothing,
        response: { 200: systemQueue },
      },
    },
    async () => system.pause(),
  )
  app.post(
    '/system/queue/resume',
    {
      schema: {
        tags: ['System'],
        summary: 'Resume everything',
        body: nothing,
        response: { 200: systemQueue },
      },
    },
    async () => system.resume(),
  )
}

function statusView(status: QueueStatus, request: FastifyRequest): object {
  return { ...status, items: status.items.map((item) => itemView(item, request)) }
}

/** An item as it goes out: managers also see what its attempts used. */
function itemView(item: QueueItem, request: FastifyRequest): object {
  const seesUsage = atLeast(principalOf(request).role, 'manager')
  return { ...queueItemView(item), ...(seesUsage ? { usage: item.usage } : {}) }
}
