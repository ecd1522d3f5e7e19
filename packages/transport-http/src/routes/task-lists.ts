import { taskBulk, taskFilter, taskQuery } from '@muster/core/schemas'
import { principalOf } from '../access/authentication.ts'
import { byProject, dryRunQuery, type Routes } from '../route.ts'
import { bulkCounted, listedTask, listOf, operation, stepTotals, taskCounts } from '../schemas.ts'
import { taskView } from '../views.ts'

const tags = ['Tasks']
const WAITS =
  'With `waits` a page may be short, or empty, before the end: a list goes on as long as there is a `nextCursor`.'

/** Tasks of a project, and of all projects that the caller manages. */
export const taskListRoutes: Routes = (app, muster) => {
  app.get(
    '/tasks',
    {
      schema: {
        tags,
        summary: 'List the tasks of all projects that I manage',
        description: WAITS,
        querystring: taskQuery,
        response: { 200: listOf(listedTask) },
      },
    },
    async (request) => {
      const { limit, cursor, ...query } = request.query
      const viewer = principalOf(request)
      const { items, nextCursor } = await muster.tasks.list(viewer, query, { limit, cursor })
      return { items: items.map((item) => taskView(item, viewer)), nextCursor }
    },
  )
  app.get(
    '/projects/:projectId/tasks',
    {
      schema: {
        tags,
        summary: 'List tasks',
        description: WAITS,
        params: byProject,
        querystring: taskQuery,
        response: { 200: listOf(listedTask) },
      },
    },
    async (request) => {
      const { limit, cursor, ...query } = request.query
      const { items, nextCursor } = await muster.tasks.list(request.params.projectId, query, {
        limit,
        cursor,
      })
      return { items: items.map((item) => taskView(item, principalOf(request))), nextCursor }
    },
  )
  app.get(
    '/tasks/counts',
    {
      schema: {
        tags,
        summary: 'Count the tasks of all projects that I manage',
        querystring: taskFilter,
        response: { 200: taskCounts },
      },
    },
    async (request) => muster.tasks.counts(principalOf(request), request.query),
  )
  app.get(
    '/projects/:projectId/tasks/counts',
    {
      schema: {
        tags,
        summary: 'Count tasks by status, step, state of the step and main reason',
        params: byProject,
        querystring: taskFilter,
        response: { 200: taskCounts },
      },
    },
    async (request) => muster.tasks.counts(request.params.projectId, request.query),
  )
  app.get(
    '/projects/:projectId/steps',
    {
      schema: {
        tags,
        summary: 'How many tasks stand at each step, and how long one stands there',
        description:
          'Times are of the 1 000 newest tasks, for managers. Annotators of a project that has controls are told no numbers.',
        params: byProject,
        response: { 200: stepTotals },
      },
    },
    async (request) => muster.tasks.steps(principalOf(request), request.params.projectId),
  )
  app.post(
    '/tasks/bulk',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Change the priority of all open tasks that match, or cancel them',
        description:
          'The server works it off part by part: see GET /operations/{id}. `expect` is the number that was seen; if more than 5 % and 10 more match now, nothing begins. `dryRun` only counts. Without a project it is about all that the caller manages. `priority` is needed for the action `priority`, and only for that.',
        querystring: dryRunQuery,
        body: taskBulk,
        response: { 200: bulkCounted, 202: operation },
      },
    },
    async (request, reply) => {
      const by = principalOf(request)
      if (request.query.dryRun === 'true')
        return reply.status(200).send({ count: await muster.tasks.bulkCount(request.body, by) })
      return reply.status(202).send(await muster.tasks.bulk(request.body, by))
    },
  )
}
