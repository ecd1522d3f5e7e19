import type { FormId } from '@muster/core'
import { agreementRequest, name, personMove, reopening, stepId } from '@muster/core/schemas'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { byMember, byProject, inQuery, type Routes } from '../route.ts'
import { agreement, agreementMatrix, personQuality, reopened, watch } from '../schemas.ts'

const tags = ['Quality']

export const qualityRoutes: Routes = (app, muster) => {
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
        description: 'What speaks against them begins anew.',
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
    async ({ params, body: { since } }) =>
      muster.quality.reopen({ ...params, since: since === undefined ? undefined : new Date(since) }),
  )
}
