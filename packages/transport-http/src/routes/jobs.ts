import type { QueueItem } from '@muster/core'
import { causesQuery, jobsBulk, jobsChosen, jobsQuery } from '@muster/core/operating'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { operatedBy, requireProject } from '../access/authorization.ts'
import { type Cell, sendTable } from '../requests/csv.ts'
import { begun, sendLines } from '../requests/ndjson.ts'
import { byJob, byProject, dryRunQuery, type Routes } from '../route.ts'
import { jobCauses, jobDetail, jobFlow, jobPage, jobsPreview, linesOrTable, operation } from '../schemas.ts'

const tags = ['Jobs']
const searched =
  'By id, newest first unless `order` says otherwise. `error` are words of the message; it and `cause` are of failed jobs. `complete` is false if the time for looking was up: `nextCursor` then goes on behind what was looked at.'
const exportBody = z.strictObject({ filter: jobsChosen, format: z.enum(['ndjson', 'csv']).optional() })

export const jobRoutes: Routes = (app, muster) => {
  const { jobs } = muster

  app.get(
    '/jobs',
    {
      schema: {
        tags,
        summary: 'Find jobs of all of the caller’s projects',
        description: `An admin’s are all that there are. ${searched}`,
        querystring: jobsQuery,
        response: { 200: jobPage },
      },
    },
    async (request) => jobs.search(operatedBy(principalOf(request)), request.query),
  )
  app.get(
    '/projects/:projectId/jobs',
    {
      schema: {
        tags,
        summary: 'Find jobs of a project',
        description: searched,
        params: byProject,
        querystring: jobsQuery,
        response: { 200: jobPage },
      },
    },
    async (request) => jobs.search([request.params.projectId], request.query),
  )
  app.get(
    '/jobs/causes',
    {
      schema: {
        tags,
        summary: 'Why jobs fail',
        description:
          'Failures of a project and type that have the same code, and the same message but for ids, numbers and the like; most failed first. `lastHour` is six times ten minutes, the oldest first. With `runId` all of it is of the run’s jobs that are failed now.',
        querystring: causesQuery,
        response: { 200: jobCauses },
      },
    },
    async (request) => ({ items: await jobs.causes(operatedBy(principalOf(request)), request.query) }),
  )
  app.get(
    '/projects/:projectId/jobs/causes',
    {
      schema: {
        tags,
        summary: 'Why jobs of a project fail',
        params: byProject,
        querystring: causesQuery,
        response: { 200: jobCauses },
      },
    },
    async (request) => ({ items: await jobs.causes([request.params.projectId], request.query) }),
  )
  app.get(
    '/jobs/:id',
    {
      schema: {
        tags,
        summary: 'Read a job with its attempts, and what it waits for',
        params: byJob,
        response: { 200: jobDetail },
      },
    },
    async ({ params }) => jobs.get(params.id),
  )
  app.get(
    '/jobs/:id/flow',
    {
      schema: {
        tags,
        summary: 'Read what a job waits for, and what waits for it',
        description:
          'Jobs by how many steps away they are, the nearest 1 000 each, all counted by type and state. `complete` is false if the flow is too large to be read as a whole.',
        params: byJob,
        response: { 200: jobFlow },
      },
    },
    async ({ params }) => jobs.flow(params.id),
  )
  app.post(
    '/jobs/bulk',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Move all jobs that match, or see which they are',
        description:
          'Works on the server as an operation. `expect` is how many the caller has seen: if more than 5 % and 10 more match now, nothing is done and 409 `changed` says how many. Without a project it is about all that the caller manages.',
        querystring: dryRunQuery,
        body: jobsBulk,
        response: { 200: jobsPreview, 202: operation },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { body } = request
      const { projectId } = body.filter
      if (projectId !== undefined) await requireProject(muster, principal, projectId)
      const operated = operatedBy(principal)
      if (request.query.dryRun === 'true') return jobs.preview(operated, body)
      return reply.status(202).send(await jobs.move(operated, body, principal.userId))
    },
  )
  app.post(
    '/jobs/export',
    {
      schema: {
        tags,
        summary: 'All jobs that match, newest first, a line each',
        description:
          'Produced as fast as it is read, without payloads and results. `csv` has a head, and keeps programs that calculate from taking a cell for a formula: text that begins with `=`, `+`, `-` or `@` gets an apostrophe in front.',
        body: exportBody,
        response: { 200: linesOrTable },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { filter, format = 'ndjson' } = request.body
      const { projectId } = filter
      if (projectId !== undefined) await requireProject(muster, principal, projectId)
      const items = await begun(jobs.all(operatedBy(principal), filter))
      return format === 'csv' ? sendTable(reply, EXPORTED, rowsOf(items)) : sendLines(reply, linesOf(items))
    },
  )
}

const EXPORTED = [
  'jobId',
  'projectId',
  'type',
  'state',
  'runId',
  'model',
  'scenarioId',
  'priority',
  'attempt',
  'maxAttempts',
  'createdAt',
  'startedAt',
  'finishedAt',
  'errorCode',
  'errorMessage',
] as const

async function* linesOf(items: AsyncIterable<QueueItem>): AsyncGenerator<Readonly<Record<string, Cell>>> {
  for await (const { error, ...item } of items) {
    const told = { ...item, errorCode: error?.code, errorMessage: error?.message }
    yield Object.fromEntries(EXPORTED.map((column) => [column, told[column] ?? null]))
  }
}

async function* rowsOf(items: AsyncIterable<QueueItem>): AsyncGenerator<readonly Cell[]> {
  for await (const line of linesOf(items)) yield Object.values(line)
}
