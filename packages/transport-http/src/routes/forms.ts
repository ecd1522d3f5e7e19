import type { TaskId } from '@muster/core'
import { formTemplates } from '@muster/core/forms'
import { json, name, newForm } from '@muster/core/schemas'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { resultsToCheck, tasksToCheck } from '../requests/checked-forms.ts'
import { versioned } from '../requests/versions.ts'
import { byForm, inQuery, LARGE_BODY, nothing, paging, type Routes } from '../route.ts'
import { form, formCheck, formTemplate, jsonSchema, listOf } from '../schemas.ts'

export const formRoutes: Routes = (app, muster) => {
  app.post(
    '/forms',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags: ['Forms'],
        summary: 'Add a form',
        description:
          'The next version of its name. If the latest version says the same, it is answered, with 200.',
        body: newForm,
        response: { 200: form, 201: form },
      },
    },
    async (request, reply) => {
      const { created, ...added } = await muster.forms.add(request.body)
      return versioned(reply, added, created ? 201 : 200)
    },
  )
  app.get(
    '/forms',
    {
      schema: {
        tags: ['Forms'],
        summary: 'List forms, newest first',
        querystring: z.strictObject({ ...paging, name: name.optional() }),
        response: { 200: listOf(form) },
      },
    },
    async (request) => muster.forms.list(request.query),
  )
  app.get(
    '/forms/:id',
    {
      config: { etag: true },
      schema: {
        tags: ['Forms'],
        summary: 'Read a form',
        params: byForm,
        response: { 200: form },
      },
    },
    async (request, reply) => versioned(reply, await muster.forms.get(request.params.id)),
  )
  app.get(
    '/forms/:id/schema',
    {
      schema: {
        tags: ['Forms'],
        summary: 'Read the JSON Schema of results',
        description:
          'With `taskId` the sides that a task has of its own are filled in. With `review=true` it is that of reviews by this form, which say their verdict too.',
        params: byForm,
        querystring: z.strictObject({
          taskId: inQuery<TaskId>().optional(),
          review: z.enum(['true', 'false']).optional(),
        }),
        response: { 200: jsonSchema },
      },
    },
    async (request, reply) => {
      const { taskId, review } = request.query
      const { id } = request.params
      await muster.forms.get(id)
      // Sides are named from that part of the payload which the caller may see.
      const view = taskId === undefined ? undefined : await muster.tasks.view(taskId, principalOf(request))
      const schema = await muster.forms.schema(id, {
        payload: view?.task.payload,
        review: review === 'true',
      })
      return reply.type('application/schema+json').send(schema)
    },
  )
  app.get(
    '/form-templates',
    {
      schema: {
        tags: ['Forms'],
        summary: 'Read the forms to begin with, as POST /forms takes them',
        querystring: nothing,
        response: { 200: z.strictObject({ items: z.array(formTemplate) }) },
      },
    },
    async () => ({ items: formTemplates }),
  )
  app.post(
    '/forms/check',
    {
      bodyLimit: LARGE_BODY,
      schema: {
        tags: ['Forms'],
        summary: 'Check a form, and a payload, results and new tasks by it; nothing is kept',
        description:
          'The faults of `tasks`, which are as in POST /projects/:projectId/tasks, are those for which a project whose workflow asks by the form would not take them: of what the form shows, and of `gold`. Of `results` they are those for which it would not take them as answers to the tasks that they name by their places.',
        body: z.strictObject({
          form: json,
          payload: json.optional(),
          result: json.optional(),
          tasks: tasksToCheck.optional(),
          results: resultsToCheck.optional(),
        }),
        response: { 200: formCheck },
      },
    },
    async (request) => muster.forms.check(request.body),
  )
}
