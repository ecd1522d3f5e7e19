import { ForbiddenError } from '@muster/core'
import { type Export, newExport } from '@muster/core/exchange'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { sendFile } from '../requests/files.ts'
import { byExport, byExportFile, byProject, pagingQuery, type Routes } from '../route.ts'
import { exportManifest, exportView, fileOfAnyType, listOf } from '../schemas.ts'

const tags = ['Exports']

/** Longest that an answer waits for an export to end, in seconds. */
const LONGEST_WAIT = 30

const waitQuery = z.strictObject({
  wait: z.coerce
    .number()
    .min(0)
    .max(LONGEST_WAIT)
    .optional()
    .meta({ description: 'How long to wait for its end, in seconds. Default 0' }),
})

export const exportRoutes: Routes = (app, { exports }) => {
  app.post(
    '/projects/:projectId/exports',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Write results, answers or scenarios into files',
        description:
          'A server that schedules writes them, as of one moment where the database is Postgres: what settles later is not in them. The same rows give the same bytes. Files are kept for 24 hours after the end. People who are named by their ids need the role admin.',
        params: byProject,
        querystring: waitQuery,
        body: newExport,
        response: { 201: exportView },
      },
    },
    async (request, reply) => {
      const { params, body, query } = request
      const { role, userId } = principalOf(request)
      mayName(role, body)
      const begun = await exports.start(params.projectId, body, userId)
      return reply.code(201).send(await waited(exports, begun, query.wait ?? 0))
    },
  )
  app.get(
    '/projects/:projectId/exports',
    {
      schema: {
        tags,
        summary: 'List exports, newest first',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(exportView) },
      },
    },
    async (request) => exports.list(request.params.projectId, request.query),
  )
  app.get(
    '/exports/:id',
    { schema: { tags, summary: 'Read an export', params: byExport, response: { 200: exportView } } },
    async (request) => exports.get(request.params.id),
  )
  app.get(
    '/exports/:id/manifest.json',
    {
      schema: {
        tags,
        summary: 'All that is to be known of its files',
        description: 'Also what had no place in them, under `left`. 409 until the export is completed.',
        params: byExport,
        response: { 200: exportManifest },
      },
    },
    async (request) => exports.manifest(request.params.id),
  )
  app.get(
    '/exports/:id/files/:name',
    {
      schema: {
        tags,
        summary: 'Read one of its files, or a part of it',
        description:
          '`Range` asks for a part, and `If-Range` with the `ETag` for one of the same file: who was cut off goes on behind what came. Where people are named by their ids it needs the role admin.',
        params: byExportFile,
        response: { 200: fileOfAnyType, 206: fileOfAnyType, 304: z.null() },
      },
    },
    async (request, reply) => {
      const { id, name } = request.params
      mayName(principalOf(request).role, await exports.get(id))
      return sendFile(request, reply, await exports.file(id, name))
    },
  )
}

/** @throws ForbiddenError */
function mayName(role: string, { people }: { readonly people?: Export['people'] | undefined }): void {
  if (people === 'id' && role !== 'admin')
    throw new ForbiddenError('Naming people by their ids needs the role admin')
}

/** The export when it has ended, or as it was when it was begun: it is kept, whatever becomes of the wait. */
async function waited(
  exports: Parameters<Routes>[1]['exports'],
  begun: Export,
  seconds: number,
): Promise<Export> {
  if (seconds === 0) return begun
  return exports.finished(begun.exportId, { timeoutMs: seconds * 1_000 }).catch(() => begun)
}
