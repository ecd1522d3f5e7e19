import { taskFilter, taskQuery } from '@muster/core/schemas'
import { principalOf } from '../access/authentication.ts'
import { byProject, type Routes } from '../route.ts'
import { listedTask, listOf, taskCounts } from '../schemas.ts'
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
}
