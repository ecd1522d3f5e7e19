import { coolRequest, limitsFilter, newLimit } from '@muster/core/limits'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { operatedBy } from '../access/authorization.ts'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byKey, nothing, paging, type Routes } from '../route.ts'
import { limit, listOf } from '../schemas.ts'

const tags = ['Limits']
const listQuery = z.strictObject({ ...paging, ...limitsFilter })

export const limitRoutes: Routes = (app, { limits }) => {
  app.get(
    '/limits',
    {
      schema: {
        tags,
        summary: 'List keys with their limits and their use, by name',
        description:
          'Of a manager those that jobs of their projects have, and those that begin with `project:` and the id of one.',
        querystring: listQuery,
        response: { 200: listOf(limit) },
      },
    },
    async (request) => limits.list({ ...request.query, projects: operatedBy(principalOf(request)) }),
  )
  app.get(
    '/limits/:key',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Read a key with its limits and its use',
        description: 'Keys are percent-encoded in paths.',
        params: byKey,
        response: { 200: limit },
      },
    },
    async (request, reply) => versioned(reply, await limits.get(request.params.key)),
  )
  app.put(
    '/limits/:key',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Replace the limits of a key',
        description:
          'Members that are left out limit nothing; `burst` needs `perMinute`, and is not greater. It holds for the next job that is taken: raising opens, lowering stops nothing that runs.',
        params: byKey,
        body: newLimit,
        response: { 200: limit, 201: limit },
      },
    },
    async (request, reply) => {
      const { key } = request.params
      const put = await limits.put(key, request.body, { ifVersion: ifMatch(request) })
      return versioned(reply, put.limit, put.created ? 201 : 200)
    },
  )
  app.delete(
    '/limits/:key',
    {
      schema: {
        tags,
        summary: 'Remove the limits of a key',
        description: 'It has what the application says of it again. Its use stays counted.',
        params: byKey,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await limits.remove(request.params.key)
      return reply.status(204).send(null)
    },
  )
  app.post(
    '/limits/:key/cool',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Begin nothing under a key for some seconds',
        params: byKey,
        body: coolRequest,
        response: { 200: limit },
      },
    },
    async (request, reply) => versioned(reply, await limits.cool(request.params.key, request.body.seconds)),
  )
  app.post(
    '/limits/:key/warm',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'End the cool-down of a key',
        params: byKey,
        body: nothing,
        response: { 200: limit },
      },
    },
    async (request, reply) => versioned(reply, await limits.warm(request.params.key)),
  )
}
