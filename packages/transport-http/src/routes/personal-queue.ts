import { claimRequest, personalQueueQuery, queueStatsQuery } from '@muster/core/inbox'
import { principalOf } from '../access/authentication.ts'
import { requireProject } from '../access/authorization.ts'
import { claimAnswer, claimQuery } from '../claim-answer.ts'
import { byProject, type Routes } from '../route.ts'
import { claimed, listOf, nothingForYou, outlook, presence, queueEntry, queueStats } from '../schemas.ts'
import { taskView } from '../views.ts'

export const personalQueueRoutes: Routes = (app, muster) => {
  app.get(
    '/queue',
    {
      schema: {
        tags: ['Personal queue'],
        summary: 'My assignments',
        querystring: personalQueueQuery,
        response: { 200: listOf(queueEntry) },
      },
    },
    async (request) => {
      const caller = principalOf(request)
      const { projectId } = request.query
      if (projectId !== undefined) await requireProject(muster, caller, projectId)
      const { items, nextCursor } = await muster.personalQueue.list({
        ...request.query,
        userId: caller.userId,
      })
      return {
        items: items.map(({ task, ...entry }) => ({
          ...entry,
          ...(task && { task: taskView(task, caller) }),
        })),
        nextCursor,
      }
    },
  )
  app.get(
    '/queue/stats',
    {
      schema: {
        tags: ['Personal queue'],
        summary: 'My assignments, counted',
        description: 'With since also what I submitted since then, and how long half of it took at most.',
        querystring: queueStatsQuery,
        response: { 200: queueStats },
      },
    },
    async (request) => {
      const { userId } = principalOf(request)
      const { since } = request.query
      if (since === undefined) return muster.personalQueue.stats(userId)
      return muster.personalQueue.statsSince(userId, since)
    },
  )
  app.get(
    '/queue/outlook',
    {
      schema: {
        tags: ['Personal queue'],
        summary: 'What is open to me, and what keeps the rest from me',
        description: 'At most 5 s old. Gives nothing out.',
        response: { 200: outlook },
      },
    },
    async (request) => muster.assignments.outlook(principalOf(request).userId),
  )
  app.get(
    '/queue/presence/:projectId',
    {
      schema: {
        tags: ['Presence'],
        summary: 'Who has the project open',
        params: byProject,
        response: { 200: presence },
      },
    },
    async (request) => ({ items: await muster.presence.list(request.params.projectId) }),
  )
  app.post(
    '/queue/next',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags: ['Personal queue'],
        summary: 'Claim the best open step for me',
        description:
          'With ahead it is held, unseen, for after what I work on: one at most, which a repeat answers; for 45 s from my last heartbeat on something else. Given back or lapsed it leaves no trace. A conflict if I work on nothing. With `include=work` it has all that a page needs to work on it.',
        querystring: claimQuery,
        body: claimRequest,
        response: { 200: nothingForYou, 201: claimed },
      },
    },
    async (request, reply) => {
      const caller = principalOf(request)
      const projectId = request.body.projectId
      if (projectId !== undefined) await requireProject(muster, caller, projectId)
      const claim = await muster.assignments.claimNext({ ...request.body, projectId, userId: caller.userId })
      const view = await claimAnswer(muster.assignments, claim, caller, request.query)
      if (claim.kind === 'nothing') return reply.send(view)
      return reply.status(201).header('etag', `"${claim.assignment.version}"`).send(view)
    },
  )
}
