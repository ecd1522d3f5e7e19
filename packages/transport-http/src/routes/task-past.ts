import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { byTask, pagingQuery, type Routes } from '../route.ts'
import { listOf, taskDecision, taskMove } from '../schemas.ts'

const tags = ['Tasks']

/** What happened to a task, and how it was given out. */
export const taskPastRoutes: Routes = (app, muster) => {
  app.get(
    '/tasks/:id/history',
    {
      schema: {
        tags,
        summary: 'Every move of it and of its assignments, oldest first',
        description:
          'Others than managers see the moves of their own assignments, and whether they made them themselves.',
        params: byTask,
        querystring: pagingQuery,
        response: { 200: listOf(taskMove) },
      },
    },
    async (request) => muster.tasks.history(request.params.id, principalOf(request), request.query),
  )
  app.get(
    '/tasks/:id/decisions',
    {
      schema: {
        tags,
        summary: 'How it was given out, newest first, each decision as it was recorded',
        description:
          '`replayed` says whether what was recorded gives the same choice now. Of a big batch it is null and nobody is told as considered, until `replay` names the decision. A pull has nothing to be replayed: it says how many open steps stood before the one it took. Others than managers see what was decided of themselves.',
        params: byTask,
        querystring: pagingQuery.extend({ replay: z.string().max(100).optional() }),
        response: { 200: listOf(taskDecision) },
      },
    },
    async (request) => muster.tasks.decisions(request.params.id, principalOf(request), request.query),
  )
}
