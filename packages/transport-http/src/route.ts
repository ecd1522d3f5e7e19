import { pageCursor, pageLimit } from '@muster/core'
import type { Muster } from '@muster/host'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import { z } from 'zod'

/** Requests have the types of their Zod schemas. Answers are documented by schemas, and held to them by tests, not by the compiler: instants go out as text. */
interface ZodRequests extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  readonly serializer: unknown
}

/** A Fastify instance whose schemas are Zod's. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodRequests
>

/** Adds the routes of one subject. */
export type Routes = (app: App, muster: Muster) => void

/** Body limit of tasks and JSON definitions. */
export const LARGE_BODY = 16 * 1024 * 1024

/** Ids in a path: one that is no UUID is answered with 404 by the authorization, so their shape is not checked here. */
export const byId = z.object({ id: z.string() })
export const byProject = z.object({ projectId: z.string() })
export const byItem = z.object({ projectId: z.string(), itemId: z.string() })
export const byMember = z.object({ projectId: z.string(), userId: z.string() })

/** A query or body in which nothing may be. */
export const nothing = z.strictObject({})

/** `?limit` and `?cursor` of every list. */
export const paging = {
  limit: pageLimit.optional(),
  cursor: pageCursor.optional(),
}

export const pagingQuery = z.strictObject(paging)
