import { Readable } from 'node:stream'
import { ForbiddenError } from '@muster/core'
import { importOptions, previewOptions } from '@muster/core/exchange'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { chunksOf, sendLines } from '../requests/ndjson.ts'
import { type App, byImport, byProject, nothing, pagingQuery, type Routes } from '../route.ts'
import { importPreview, importView, lines, listOf } from '../schemas.ts'

const tags = ['Imports']

export const importRoutes: Routes = (app, muster) => {
  bringing(app, muster)
  following(app, muster)
}

/** Files come as they are, whatever their type: these routes read no body before it is asked for. */
const bringing: Routes = (app, { imports }) => {
  void app.register(async (scope) => {
    const files = scope as App
    files.removeAllContentTypeParsers()
    files.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    files.post(
      '/projects/:projectId/imports',
      {
        config: { idempotent: true, findsAgain: true, file: true },
        schema: {
          tags,
          summary: 'Bring a file',
          description:
            'The body is the file, streamed, of at most 1 GiB unpacked; `Content-Encoding` may be gzip or zstd. The answer comes when it was read: a server then checks it and makes what it holds. With the target `run`, which needs the role admin, its scenarios and results become a run that is completed. With `submissions`, which needs it too, tasks come with the submissions that follow them in the file, of people who are suspended. The same file with the same options is answered with the import that it was at first (200), unless that was refused.',
          params: byProject,
          querystring: importOptions,
          body: z.unknown(),
          response: { 200: importView, 201: importView },
        },
      },
      async (request, reply) => {
        const { userId, role } = principalOf(request)
        const { target, submissions } = request.query
        if (role !== 'admin' && (target === 'run' || submissions === true))
          throw new ForbiddenError(
            `Bringing ${target === 'run' ? 'a run' : 'submissions'} needs the role admin`,
          )
        const given = { ...request.query, source: fileIn(request.body) }
        const received = await imports.receive(request.params.projectId, given, userId)
        return reply.status(received.repeated ? 200 : 201).send(received.import)
      },
    )
    files.post(
      '/projects/:projectId/imports/preview',
      {
        config: { file: true },
        schema: {
          tags,
          summary: 'Look at the first MiB of a file',
          description: 'Says what it is taken for, and what its first records become. Nothing is kept.',
          params: byProject,
          querystring: previewOptions,
          body: z.unknown(),
          response: { 200: importPreview },
        },
      },
      async (request) => imports.preview({ ...request.query, source: fileIn(request.body) }),
    )
  })
}

const following: Routes = (app, { imports }) => {
  app.get(
    '/projects/:projectId/imports',
    {
      schema: {
        tags,
        summary: 'List imports, newest first',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(importView) },
      },
    },
    async (request) => imports.list(request.params.projectId, request.query),
  )
  app.get(
    '/imports/:id',
    { schema: { tags, summary: 'Read an import', params: byImport, response: { 200: importView } } },
    async (request) => imports.get(request.params.id),
  )
  app.get(
    '/imports/:id/report.ndjson',
    {
      schema: {
        tags,
        summary: 'All that was found of its file, a line each',
        description:
          '{ line, place, externalId, level, code, message }: `error` for a part that is refused, `left` for what has no home, `note` for how something was read. In the order of the file, at most 10 000 of each level; then how many more there are of each code, and how often each place was left.',
        params: byImport,
        response: { 200: lines },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await imports.get(id)
      return sendLines(reply, imports.report(id))
    },
  )
  app.post(
    '/imports/:id/cancel',
    {
      schema: {
        tags,
        summary: 'End an import between two parts',
        description: 'An atomic one has made nothing then; one that has ended stays as it is.',
        params: byImport,
        body: nothing,
        response: { 200: importView },
      },
    },
    async (request) => imports.cancel(request.params.id),
  )
}

/** The bytes of a body; none of one that is missing. */
async function* fileIn(body: unknown): AsyncGenerator<Uint8Array> {
  if (body instanceof Readable) yield* chunksOf(body)
}
