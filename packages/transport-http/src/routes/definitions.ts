import { Readable } from 'node:stream'
import { definitionHead, name, newDefinition, parse } from '@muster/core/schemas'
import { z } from 'zod'
import { chunksOf, scenarioLines } from '../requests/ndjson.ts'
import { byDefinition, byProject, LARGE_BODY, nothing, pagingQuery, type Routes } from '../route.ts'
import { definition, listOf, scenario } from '../schemas.ts'

/** The head of a definition whose scenarios are streamed; absent if they come as JSON. */
const headQuery = z.strictObject({ name: name.optional(), jobType: name.optional() })

export const definitionRoutes: Routes = (app, { definitions }) => {
  app.post(
    '/projects/:projectId/definitions',
    {
      bodyLimit: LARGE_BODY,
      config: { idempotent: true, streams: true },
      schema: {
        tags: ['Definitions'],
        summary: 'Add a definition, or the next version of one',
        description:
          'Scenarios come as an array, or streamed as application/x-ndjson ({ scenarioId?, payload } a line) with ?name and ?jobType in the query.',
        params: byProject,
        querystring: headQuery,
        body: newDefinition,
        response: { 201: definition },
      },
    },
    async (request, reply) => {
      const projectId = request.params.projectId
      const body: unknown = request.body
      if (!(body instanceof Readable)) parse(nothing, request.query)
      const input =
        body instanceof Readable
          ? { ...parse(definitionHead, request.query), scenarios: scenarioLines(chunksOf(body)) }
          : request.body
      return reply.status(201).send(await definitions.add(projectId, input))
    },
  )
  app.get(
    '/projects/:projectId/definitions',
    {
      schema: {
        tags: ['Definitions'],
        summary: 'List definitions',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(definition) },
      },
    },
    async (request) => definitions.list(request.params.projectId, request.query),
  )
  app.get(
    '/definitions/:id',
    {
      schema: {
        tags: ['Definitions'],
        summary: 'Read a definition',
        params: byDefinition,
        response: { 200: definition },
      },
    },
    async (request) => definitions.get(request.params.id),
  )
  app.get(
    '/definitions/:id/scenarios',
    {
      schema: {
        tags: ['Definitions'],
        summary: 'Page through its scenarios',
        params: byDefinition,
        querystring: pagingQuery,
        response: { 200: listOf(scenario) },
      },
    },
    async (request) => definitions.scenarios(request.params.id, request.query),
  )
}
