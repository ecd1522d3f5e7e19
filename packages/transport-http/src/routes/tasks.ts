import type { UserId } from '@muster/core'
import {
  assignRequest,
  batchRequest,
  name,
  newTasksRequest,
  positionRequest,
  taskChange,
} from '@muster/core/schemas'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { requireOverride } from '../access/authorization.ts'
import { sendLines } from '../requests/ndjson.ts'
import { ifMatch } from '../requests/versions.ts'
import { byProject, byTask, inQuery, LARGE_BODY, nothing, paging, type Routes } from '../route.ts'
import {
  assignment,
  batchResult,
  decision,
  existingTask,
  lines,
  positionOf,
  task,
  taskView as taskViewSchema,
} from '../schemas.ts'
import { assignmentView, taskView } from '../views.ts'

const tags = ['Tasks']
const candidatesQuery = z.strictObject({
  ...paging,
  strategy: name.optional(),
  userId: inQuery<UserId>().optional(),
})

export const taskRoutes: Routes = (app, muster) => {
  taskParts(app, muster)
  endingMoves(app, muster)
  givingRoutes(app, muster)
  outcomeRoutes(app, muster)
}

/** Adding, reading and changing tasks. */
const taskParts: Routes = (app, muster) => {
  app.post(
    '/projects/:projectId/tasks',
    {
      bodyLimit: LARGE_BODY,
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Add tasks: all or none, or with onConflict skip those whose externalId is not there yet',
        params: byProject,
        body: newTasksRequest,
        response: { 201: z.strictObject({ items: z.array(task), existing: z.array(existingTask) }) },
      },
    },
    async (request, reply) => {
      const projectId = request.params.projectId
      const { tasks, onConflict } = request.body
      const { added, existing } =
        onConflict === 'skip'
          ? await muster.tasks.addMissing(projectId, tasks)
          : { added: await muster.tasks.add(projectId, tasks), existing: [] }
      const items = added.map((item) => taskView(item, principalOf(request)))
      return reply.status(201).send({ items, existing: [...existing] })
    },
  )
  app.get(
    '/tasks/:id',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Read a task with its steps and what may be seen of its assignments',
        description:
          'With `include=show` also as the form shows it that people answer: what each thing of it is, and its value.',
        params: byTask,
        querystring: z.strictObject({ include: z.enum(['show']).optional() }),
        response: { 200: taskViewSchema },
      },
    },
    async (request, reply) => {
      const viewer = principalOf(request)
      const view = await muster.tasks.view(request.params.id, viewer)
      if (view.task.version !== null) void reply.header('etag', `"${view.task.version}"`)
      return {
        ...taskView(view.task, viewer),
        steps: view.steps,
        assignments: view.assignments.map(assignmentView),
        ...(view.overlap && { overlap: view.overlap }),
        ...(view.ask && { ask: { jobId: view.ask.jobId, name: view.ask.name } }),
        ...(request.query.include === 'show' && { show: view.show }),
      }
    },
  )
  app.patch(
    '/tasks/:id',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Change its priority, or the skills that it asks for beside its steps',
        params: byTask,
        body: taskChange,
        response: { 200: task },
      },
    },
    async (request, reply) => {
      const changed = await muster.tasks.change(request.params.id, request.body, {
        ifVersion: ifMatch(request),
        by: principalOf(request).userId,
      })
      void reply.header('etag', `"${changed.version}"`)
      return taskView(changed, principalOf(request))
    },
  )
}

/** Ending a task, or the waiting for people. */
const endingMoves: Routes = (app, muster) => {
  app.post(
    '/tasks/:id/cancel',
    {
      config: { etag: true },
      schema: { tags, summary: 'Cancel it', params: byTask, body: nothing, response: { 200: task } },
    },
    async (request, reply) => {
      const cancelled = await muster.tasks.cancel(
        request.params.id,
        ifMatch(request),
        principalOf(request).userId,
      )
      void reply.header('etag', `"${cancelled.version}"`)
      return taskView(cancelled, principalOf(request))
    },
  )
  app.post(
    '/tasks/:id/end-reservations',
    {
      config: { etag: true },
      schema: {
        tags,
        summary: 'Open the slots that wait for people to take their work back',
        params: byTask,
        body: nothing,
        response: { 200: task },
      },
    },
    async (request, reply) => {
      const opened = await muster.tasks.endReservations(request.params.id, ifMatch(request))
      void reply.header('etag', `"${opened.version}"`)
      return taskView(opened, principalOf(request))
    },
  )
}

/** Giving tasks to people. */
const givingRoutes: Routes = (app, muster) => {
  app.post(
    '/tasks/:id/assign',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags,
        summary: 'Give it to the best person, or to the one named',
        params: byTask,
        body: assignRequest,
        response: { 201: assignment },
      },
    },
    async (request, reply) => {
      const by = principalOf(request)
      const { override, strategy } = request.body
      requireOverride(by, override)
      const assigned = await muster.assignments.assign({
        taskId: request.params.id,
        userId: request.body.userId,
        strategy,
        override,
        by,
      })
      return reply.status(201).header('etag', `"${assigned.version}"`).send(assignmentView(assigned))
    },
  )
  app.get(
    '/tasks/:id/candidates',
    {
      schema: {
        tags,
        summary: 'Who could do it, and why not the others, nearest first',
        params: byTask,
        querystring: candidatesQuery,
        response: { 200: decision },
      },
    },
    async (request) =>
      muster.assignments.candidates({
        taskId: request.params.id,
        strategy: request.query.strategy,
        userId: request.query.userId,
        limit: request.query.limit,
        cursor: request.query.cursor,
      }),
  )
  app.post(
    '/projects/:projectId/assignments/batch',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Give out everything open in one decision',
        params: byProject,
        body: batchRequest,
        response: { 200: batchResult },
      },
    },
    async (request) =>
      muster.assignments.assignBatch({ ...request.body, projectId: request.params.projectId }),
  )
}

/** Completed tasks and their results. */
const outcomeRoutes: Routes = (app, muster) => {
  app.get(
    '/projects/:projectId/position',
    {
      schema: {
        tags,
        summary: 'How much more often people prefer the side that they are shown first',
        description:
          'Of each pairwise question, or criterion of one, over the completed tasks: the share of decisive answers for the side shown first, and how far it is from a half, with an interval by task.',
        params: byProject,
        querystring: positionRequest,
        response: { 200: z.array(positionOf) },
      },
    },
    async (request) => muster.tasks.positionEffects(request.params.projectId, request.query),
  )
  app.get(
    '/projects/:projectId/results.ndjson',
    {
      schema: {
        tags,
        summary: 'Completed tasks with what was submitted, a line each',
        params: byProject,
        response: { 200: lines },
      },
    },
    async (request, reply) => sendLines(reply, muster.tasks.results(request.params.projectId)),
  )
}
