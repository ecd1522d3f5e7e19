import { heartbeat, newRemoteWorker, remoteClaim, remoteReturn, remoteSettle } from '@muster/core/remote'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { workerOf } from '../access/authentication.ts'
import { byWorker, LARGE_BODY, type Routes } from '../route.ts'
import { claimedJobs, heartbeatAnswer, openedWorker, settledOutcomes } from '../schemas.ts'

const tags = ['Workers']

export const workerRoutes: Routes = (app, muster) => {
  workerLife(app, muster)
  workerJobs(app, muster)
}

const workerLife: Routes = (app, { remoteWorkers }) => {
  app.post(
    '/workers',
    {
      schema: {
        tags,
        summary: 'Open a worker',
        description:
          'It does jobs of these types, which are among those of its token and registered at the server, and of the projects that the token names. It holds `concurrency` jobs at once at most.',
        body: newRemoteWorker,
        response: { 201: openedWorker },
      },
    },
    async (request, reply) =>
      reply.status(201).send(await remoteWorkers.open(request.body, workerOf(request))),
  )
  app.post(
    '/workers/:id/heartbeat',
    {
      bodyLimit: LARGE_BODY,
      // The use case reads it: it is a sign of life whatever it says.
      attachValidation: true,
      schema: {
        tags,
        summary: 'Say that the worker lives, and how far its jobs are',
        description:
          '`jobs` are all that it holds, until the answer to their outcome has come: one that it does not name, a lease after its start, goes back in line. `cancel` are jobs to end as soon as may be, `lost` those that are no longer its own. `report` is its own count of calls that bring `usage`, from 1; the same again is counted once. One that is refused keeps the worker alive too.',
        params: byWorker,
        body: heartbeat,
        response: { 200: heartbeatAnswer },
      },
    },
    async (request) => remoteWorkers.heartbeat(request.params.id, unread(request), workerOf(request)),
  )
  app.delete(
    '/workers/:id',
    {
      schema: {
        tags,
        summary: 'End a worker',
        description: 'All that it holds is in line again at once, and no attempt counts.',
        params: byWorker,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await remoteWorkers.close(request.params.id, workerOf(request))
      return reply.status(204).send()
    },
  )
}

const workerJobs: Routes = (app, { remoteWorkers }) => {
  app.post(
    '/workers/:id/claim',
    {
      schema: {
        tags,
        summary: 'Claim jobs, and wait for some',
        description:
          'Begins up to `max` jobs. If there are none, it waits `waitSeconds` for some, and gives none then. A claim that waits keeps a worker alive that holds no job. `startedAt` is to be given back with the outcome; at its `deadline` an attempt must have ended. A job that has asked people comes with their `answers`, one that kept values with those (`kept`).',
        params: byWorker,
        body: remoteClaim,
        response: { 200: claimedJobs },
      },
    },
    async (request, reply) =>
      remoteWorkers.claim(request.params.id, request.body, workerOf(request), goneOf(reply)),
  )
  app.post(
    '/workers/:id/settle',
    {
      bodyLimit: LARGE_BODY,
      // The use case reads each outcome by itself.
      attachValidation: true,
      schema: {
        tags,
        summary: 'Say how attempts ended',
        description:
          'Each outcome has a `result`, an `error` or an `ask` and is answered by itself: `recorded`; `repeated`, if it was recorded before; `lost`, if the job is no longer the worker’s; `refused`, with `errors`, if there can be no such outcome, its type gives no such result, a question cannot be put or a value not kept: the job has failed then. An error of the code `not_now` or `http_429`, or `http_503` or `http_529` with `retryAfterSeconds`, asks to wait and uses no attempt; `key` is the one that cools.',
        params: byWorker,
        body: remoteSettle,
        response: { 200: settledOutcomes },
      },
    },
    async (request) => remoteWorkers.settle(request.params.id, unread(request), workerOf(request)),
  )
  app.post(
    '/workers/:id/return',
    {
      schema: {
        tags,
        summary: 'Hand jobs back',
        description: 'They are in line again at once, and the attempt does not count.',
        params: byWorker,
        body: remoteReturn,
        response: { 200: settledOutcomes },
      },
    },
    async (request) => remoteWorkers.handBack(request.params.id, request.body.jobIds, workerOf(request)),
  )
}

/** A body that its use case reads, with whatever is wrong with it. @throws what is wrong with the rest of the request */
function unread<Body>(request: Pick<FastifyRequest, 'validationError'> & { readonly body: Body }): Body {
  const { validationError } = request
  if (validationError && validationError.validationContext !== 'body') throw validationError
  return request.body
}

/** Aborted when nobody waits for the answer, be it that they have it. */
function goneOf({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => gone.abort())
  return gone.signal
}
