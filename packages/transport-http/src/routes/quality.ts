import type { FormId } from '@muster/core'
import { aggregatesAsked, answersAsked, strengthsAsked } from '@muster/core/quality'
import { agreementRequest, name, personMove, reopening, stepId } from '@muster/core/schemas'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { begun, sendLines } from '../requests/ndjson.ts'
import { byMember, byProject, inQuery, nothing, paging, type Routes } from '../route.ts'
import {
  agreement,
  agreementMatrix,
  fit,
  lines,
  listOf,
  personQuality,
  reopened,
  strengths,
  watch,
} from '../schemas.ts'

const tags = ['Quality']

export const qualityRoutes: Routes = (app, muster) => {
  agreementRoutes(app, muster)
  personRoutes(app, muster)
  answerRoutes(app, muster)
}

/** How far people agree. */
const agreementRoutes: Routes = (app, muster) => {
  app.get(
    '/projects/:projectId/agreement',
    {
      schema: {
        tags,
        summary: 'How far people agree, question by question',
        description:
          'From what is counted at this moment, of steps that are complete. By step, newest version of the form, question, group and coefficient.',
        params: byProject,
        querystring: agreementRequest,
        response: { 200: z.strictObject({ items: z.array(agreement) }) },
      },
    },
    async (request) => ({
      items: await muster.quality.agreement(request.params.projectId, request.query),
    }),
  )
  app.get(
    '/projects/:projectId/agreement/matrix',
    {
      schema: {
        tags,
        summary: 'How far each two people agree on a question',
        description: 'Those with fewer than 10 tasks in common have only their number.',
        params: byProject,
        querystring: z.strictObject({ stepId, question: name, formId: inQuery<FormId>().optional() }),
        response: { 200: agreementMatrix },
      },
    },
    async (request) => muster.quality.matrix(request.params.projectId, request.query),
  )
}

/** How one person answers, and pausing them. */
const personRoutes: Routes = (app, muster) => {
  app.get(
    '/projects/:projectId/people/:userId/quality',
    {
      schema: {
        tags,
        summary: 'How somebody answers where the answer is known',
        params: byMember,
        response: { 200: personQuality },
      },
    },
    async ({ params }) => muster.quality.person(params.projectId, params.userId),
  )
  app.post(
    '/projects/:projectId/people/:userId/pause',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Give somebody nothing more in the project',
        description: 'What they hold there ends, drafts kept. Twice changes nothing.',
        params: byMember,
        body: personMove,
        response: { 200: watch },
      },
    },
    async (request) =>
      muster.quality.pause({ ...request.params, ...request.body, by: principalOf(request).userId }),
  )
  app.post(
    '/projects/:projectId/people/:userId/resume',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Give somebody work again',
        description: 'What speaks against them begins anew. The reason is kept with the pause.',
        params: byMember,
        body: personMove,
        response: { 200: watch },
      },
    },
    async (request) =>
      muster.quality.resume({ ...request.params, ...request.body, by: principalOf(request).userId }),
  )
  app.post(
    '/projects/:projectId/people/:userId/reopen',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Ask one more person where somebody has annotated',
        description:
          'On each task that is still open, since `since`, or else since their answers became suspect.',
        params: byMember,
        body: reopening,
        response: { 200: reopened },
      },
    },
    async (request) => {
      const { since } = request.body
      return muster.quality.reopen({
        ...request.params,
        since: since === undefined ? undefined : new Date(since),
        by: principalOf(request).userId,
      })
    },
  )
}

/** One answer of many, and the fits behind it. */
const answerRoutes: Routes = (app, muster) => {
  app.get(
    '/projects/:projectId/aggregates.ndjson',
    {
      schema: {
        tags,
        summary: 'One answer of many, a line for each task that has gone on from the step',
        description:
          'By taskId: { taskId, externalId, value, posterior, answers }. `posterior` is the chance of each answer, null if the method has none; `answers` says how often each was given.',
        params: byProject,
        querystring: aggregatesAsked,
        response: { 200: lines },
      },
    },
    async (request, reply) =>
      sendLines(reply, await begun(muster.quality.aggregates(request.params.projectId, request.query))),
  )
  app.get(
    '/projects/:projectId/strengths',
    {
      schema: {
        tags,
        summary: 'How strong models are by what people preferred',
        description: 'Bradley and Terry, with ties by Davidson. `bothBad` counts as a tie.',
        params: byProject,
        querystring: strengthsAsked,
        response: { 200: strengths },
      },
    },
    async (request) => muster.quality.strengths(request.params.projectId, request.query),
  )
  app.post(
    '/projects/:projectId/refit',
    {
      schema: {
        tags,
        summary: 'Fit the accuracy of each person at a question, now',
        params: byProject,
        querystring: answersAsked,
        body: nothing,
        response: { 202: fit },
      },
    },
    async (request, reply) =>
      reply.status(202).send(await muster.quality.refit(request.params.projectId, request.query)),
  )
  app.get(
    '/projects/:projectId/fits',
    {
      schema: {
        tags,
        summary: 'List fits with the accuracies of people, newest first',
        params: byProject,
        querystring: z.strictObject({ ...paging, stepId: stepId.optional(), question: name.optional() }),
        response: { 200: listOf(fit) },
      },
    },
    async (request) => {
      const { limit, cursor, ...where } = request.query
      return muster.quality.fits(request.params.projectId, where, { limit, cursor })
    },
  )
}
