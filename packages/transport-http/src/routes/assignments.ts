import type { AssignmentId } from '@muster/core'
import type { Move, SeenAssignment } from '@muster/core/calls'
import { draftRequest, flagRequest, moveQuery, rejection, submissionWithNext } from '@muster/core/inbox'
import { moveRequest, reassignRequest, releaseRequest } from '@muster/core/schemas'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { requireProject } from '../access/authorization.ts'
import { claimAnswer, claimQuery } from '../claim-answer.ts'
import { ifMatch } from '../requests/versions.ts'
import { byAssignment, type Routes } from '../route.ts'
import { assignment, assignmentWork, savedDraft, submittedWithNext } from '../schemas.ts'
import { assignmentView, workView } from '../views.ts'

const answer = { 200: assignment }
const tags = ['Assignments']

export const assignmentRoutes: Routes = (app, muster) => {
  workRoutes(app, muster)
  progressMoves(app, muster)
  partingMoves(app, muster)
}

/** Reading an assignment, its draft and its flag. */
const workRoutes: Routes = (app, { assignments }) => {
  app.get(
    '/assignments/:id',
    {
      config: { etag: true },
      schema: { tags, summary: 'Read an assignment', params: byAssignment, response: answer },
    },
    async (request, reply) => send(reply, await assignments.view(request.params.id, principalOf(request))),
  )
  app.get(
    '/assignments/:id/work',
    {
      schema: {
        tags,
        summary: 'Read all that a page needs to work on it',
        params: byAssignment,
        response: { 200: assignmentWork },
      },
    },
    async (request) => {
      return workView(await assignments.work(request.params.id, principalOf(request)))
    },
  )
  app.put(
    '/assignments/:id/draft',
    {
      schema: {
        tags,
        summary: 'Keep what is answered so far',
        description:
          'A draftVersion that is not the kept one is a conflict, with the kept draft; without one the first draft wins.',
        params: byAssignment,
        body: draftRequest,
        response: { 200: savedDraft },
      },
    },
    async (request) =>
      assignments.saveDraft({
        ...request.body,
        assignmentId: request.params.id,
        by: principalOf(request),
      }),
  )
  app.put(
    '/assignments/:id/flag',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Flag it for the managers',
        description: 'Ends nothing. Its holder’s; the same words again change nothing.',
        params: byAssignment,
        body: flagRequest,
        response: answer,
      },
    },
    async (request, reply) =>
      send(reply, await assignments.flag({ ...moveOf(request.params.id, request), ...request.body })),
  )
  app.delete(
    '/assignments/:id/flag',
    {
      config: { etag: true },
      schema: { tags, summary: 'Take its flag away', params: byAssignment, response: answer },
    },
    async (request, reply) => send(reply, await assignments.unflag(moveOf(request.params.id, request))),
  )
}

/** From accepting it to handing in. */
const progressMoves: Routes = (app, muster) => {
  const { assignments } = muster
  app.post(
    '/assignments/:id/accept',
    {
      config: { etag: true },
      schema: { tags, summary: 'Accept it', params: byAssignment, body: moveRequest, response: answer },
    },
    async (request, reply) =>
      send(reply, await assignments.accept({ ...moveOf(request.params.id, request), ...request.body })),
  )
  app.post(
    '/assignments/:id/start',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Start working on it',
        params: byAssignment,
        body: moveRequest,
        response: answer,
      },
    },
    async (request, reply) =>
      send(reply, await assignments.start({ ...moveOf(request.params.id, request), ...request.body })),
  )
  app.post(
    '/assignments/:id/heartbeat',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Still working: extend the lease',
        params: byAssignment,
        body: moveRequest,
        response: answer,
      },
    },
    async (request, reply) =>
      send(reply, await assignments.heartbeat({ ...moveOf(request.params.id, request), ...request.body })),
  )
  app.post(
    '/assignments/:id/submit',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags,
        summary: 'Hand in the result',
        description:
          'With undoSeconds it is checked at once, stays in_progress with submitsAt, and goes through then unless it is taken back. With next it also claims, as POST /queue/next does, in the same transaction: refused, it claims nothing. Its holder’s alone then. With `include=work` next has all that a page needs to work on it.',
        params: byAssignment,
        querystring: claimQuery,
        body: submissionWithNext,
        response: { 200: z.union([assignment, submittedWithNext]) },
      },
    },
    async (request, reply) => {
      const { next, ...said } = request.body
      const move = { ...moveOf(request.params.id, request), ...said }
      if (next === undefined) return send(reply, await assignments.submit(move))
      const caller = principalOf(request)
      if (next.projectId !== undefined) await requireProject(muster, caller, next.projectId)
      const submitted = await assignments.submitWithNext({ ...move, next })
      const claimed = await claimAnswer(assignments, submitted.next, caller, request.query)
      return { assignment: send(reply, submitted.assignment), next: claimed }
    },
  )
  app.delete(
    '/assignments/:id/submission',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Take back what was handed in and has not gone through',
        description: 'What was handed in is the draft then. Unchanged if nothing waits.',
        params: byAssignment,
        querystring: moveQuery,
        response: answer,
      },
    },
    async (request, reply) =>
      send(reply, await assignments.takeBack({ ...moveOf(request.params.id, request), ...request.query })),
  )
}

/** Letting go of it. */
const partingMoves: Routes = (app, { assignments }) => {
  app.post(
    '/assignments/:id/reject',
    {
      config: { etag: true },
      schema: { tags, summary: 'Decline it', params: byAssignment, body: rejection, response: answer },
    },
    async (request, reply) =>
      send(reply, await assignments.reject({ ...moveOf(request.params.id, request), ...request.body })),
  )
  app.post(
    '/assignments/:id/release',
    {
      config: { etag: true },
      schema: { tags, summary: 'Give it back', params: byAssignment, body: releaseRequest, response: answer },
    },
    async (request, reply) =>
      send(reply, await assignments.release({ ...moveOf(request.params.id, request), ...request.body })),
  )
  app.post(
    '/assignments/:id/reassign',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Hand it to somebody else',
        params: byAssignment,
        body: reassignRequest,
        response: answer,
      },
    },
    async (request, reply) =>
      send(
        reply,
        await assignments.reassign({
          ...moveOf(request.params.id, request),
          ...request.body,
        }),
      ),
  )
}

function moveOf(assignmentId: AssignmentId, request: FastifyRequest): Move {
  return { assignmentId, by: principalOf(request), ifVersion: ifMatch(request) }
}

function send(reply: FastifyReply, moved: SeenAssignment): object {
  void reply.header('etag', `"${moved.version}"`)
  return assignmentView(moved)
}
