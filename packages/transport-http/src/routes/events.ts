import type { RunId, TaskId, UserId } from '@muster/core'
import { FACT_TYPES, type Fact } from '@muster/core/feed'
import { severalOf } from '@muster/core/schemas'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { byProject, inQuery, paging, type Routes } from '../route.ts'
import { event, listOf } from '../schemas.ts'

/** A place in a project's feed. */
const place = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the seq of an event')
  .transform(Number)

/** Which events are wanted, as in a query. */
export const keptEventsQuery = z.strictObject({
  ...paging,
  before: place.optional(),
  after: place.optional(),
  type: severalOf(FACT_TYPES).optional(),
  userId: inQuery<UserId>().optional(),
  runId: inQuery<RunId>().optional(),
  taskId: inQuery<TaskId>().optional(),
})

export const eventRoutes: Routes = (app, muster) => {
  app.get(
    '/projects/:projectId/events',
    {
      schema: {
        tags: ['Live'],
        summary: 'What has happened: events that are kept and that the caller may see, newest first',
        description:
          '`before` and `after` are `seq`s of events. A page looks at a bounded number of events: one with few items, or none, may have a `nextCursor`.',
        params: byProject,
        querystring: keptEventsQuery,
        response: { 200: listOf(event) },
      },
    },
    async (request) => {
      const { items, nextCursor } = await muster.events.list(
        principalOf(request),
        request.params.projectId,
        request.query,
      )
      return { items: items.map(eventView), nextCursor }
    },
  )
}

function eventView({ audience: _audience, ...event }: Fact): object {
  return event
}
