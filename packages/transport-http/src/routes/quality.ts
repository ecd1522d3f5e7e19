import type { FormId } from '@muster/core'
import { agreementRequest, name, stepId } from '@muster/core/schemas'
import { z } from 'zod'
import { byProject, inQuery, type Routes } from '../route.ts'
import { agreement, agreementMatrix } from '../schemas.ts'

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
}
