import { newWorkflow } from '@muster/core/schemas'
import { versioned } from '../requests/versions.ts'
import { byWorkflow, pagingQuery, type Routes } from '../route.ts'
import { listOf, workflow } from '../schemas.ts'

export const workflowRoutes: Routes = (app, muster) => {
  app.post(
    '/workflows',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags: ['Workflows'],
        summary: 'Add a workflow',
        body: newWorkflow,
        response: { 201: workflow },
      },
    },
    async (request, reply) => versioned(reply, await muster.workflows.add(request.body), 201),
  )
  app.get(
    '/workflows',
    {
      schema: {
        tags: ['Workflows'],
        summary: 'List workflows',
        querystring: pagingQuery,
        response: { 200: listOf(workflow) },
      },
    },
    async (request) => muster.workflows.list(request.query),
  )
  app.get(
    '/workflows/:id',
    {
      config: { etag: true },
      schema: {
        tags: ['Workflows'],
        summary: 'Read a workflow',
        params: byWorkflow,
        response: { 200: workflow },
      },
    },
    async (request, reply) => versioned(reply, await muster.workflows.get(request.params.id)),
  )
}
