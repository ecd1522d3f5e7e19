import { type Budget, budgetInput, newBudget } from '@muster/core/usage'
import { z } from 'zod'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byBudget, byProject, pagingQuery, type Routes } from '../route.ts'
import { budget, listOf } from '../schemas.ts'

const tags = ['Budgets']

export const budgetRoutes: Routes = (app, { budgets }) => {
  app.post(
    '/projects/:projectId/budgets',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags,
        summary: 'Cap what a project, its day or one of its runs may cost',
        description:
          'Unless said: `soft` 0.8, `hard` true, `atCap` pause, and of the project for ever. `day` names a zone of the zone database, such as Europe/Berlin, and cannot stand beside `runId`. It holds for jobs that are made already, from the next start on. A second hard budget of the same scope is refused with `conflict` and the `budgetId` of the first.',
        params: byProject,
        body: newBudget,
        response: { 201: budget },
      },
    },
    async (request, reply) =>
      versioned(reply, await budgets.add(request.params.projectId, request.body), 201),
  )
  app.get(
    '/projects/:projectId/budgets',
    {
      schema: {
        tags,
        summary: 'List the budgets of a project and its runs, with their use',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(budget) },
      },
    },
    async (request) => budgets.list(request.params.projectId, request.query),
  )
  app.get(
    '/budgets',
    {
      schema: {
        tags,
        summary: 'List the budgets of all projects',
        querystring: pagingQuery,
        response: { 200: listOf(budget) },
      },
    },
    async (request) => budgets.list(null, request.query),
  )
  app.get(
    '/budgets/:id',
    {
      config: { etag: true },
      schema: { tags, summary: 'Read a budget with its use', params: byBudget, response: { 200: budget } },
    },
    async (request, reply) => versioned(reply, request.thing as Budget),
  )
  app.put(
    '/budgets/:id',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Replace the settings of a budget',
        description:
          'Members that are left out get their defaults; the scope stays. A raise lets jobs go on by itself, a lower cap stops nothing that runs.',
        params: byBudget,
        body: budgetInput,
        response: { 200: budget },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      return versioned(reply, await budgets.put(id, request.body, { ifVersion: ifMatch(request) }))
    },
  )
  app.delete(
    '/budgets/:id',
    {
      schema: {
        tags,
        summary: 'Remove a budget',
        description: 'Jobs that it held back go on. Honours `If-Match`.',
        params: byBudget,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await budgets.remove(request.params.id, { ifVersion: ifMatch(request) })
      return reply.status(204).send(null)
    },
  )
}
