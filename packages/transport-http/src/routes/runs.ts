import { Readable } from 'node:stream'
import type { Run, RunId } from '@muster/core'
import { byHand, ESCALATION_STATES, escalationPolicy, peopleFilter } from '@muster/core/escalation'
import { progressOf } from '@muster/core/rules'
import {
  definitionHead,
  JOB_STATES,
  name,
  newDefinition,
  newRun,
  parse,
  severalOf,
} from '@muster/core/schemas'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { chunksOf, scenarioLines, sendLines } from '../requests/ndjson.ts'
import { ifMatch, versioned } from '../requests/versions.ts'
import {
  byDefinition,
  byProject,
  byRun,
  LARGE_BODY,
  nothing,
  paging,
  pagingQuery,
  type Routes,
} from '../route.ts'
import {
  askedByHand,
  definition,
  escalation,
  escalationPreview,
  job,
  lines,
  listOf,
  peopleAgainstModels,
  run,
  runPreview,
  runProgress,
  scenario,
  scenarioEscalation,
} from '../schemas.ts'
import { jobView, runView } from '../views.ts'

const startQuery = z.strictObject({ dryRun: z.enum(['true', 'false']).optional() })
const jobsQuery = z.strictObject({
  ...paging,
  state: severalOf(JOB_STATES).optional(),
  model: name.optional(),
})
const resultsQuery = z.strictObject({ people: z.enum(['true', 'false']).optional() })
const escalationsQuery = z.strictObject({ ...paging, state: severalOf(ESCALATION_STATES).optional() })
const byHandBody = z.strictObject({ scenarioIds: byHand })
/** The head of a definition whose scenarios are streamed; absent where they come as JSON. */
const headQuery = z.strictObject({ name: name.optional(), jobType: name.optional() })

export const runRoutes: Routes = (app, muster) => {
  const { definitions, runs } = muster

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

  app.post(
    '/projects/:projectId/runs',
    {
      config: { idempotent: true, findsAgain: true, etag: true },
      schema: {
        tags: ['Runs'],
        summary: 'Start a run, or see what it would be',
        params: byProject,
        querystring: startQuery,
        body: newRun,
        response: { 200: runPreview, 201: run },
      },
    },
    async (request, reply) => {
      const projectId = request.params.projectId
      if (request.query.dryRun === 'true') return runs.preview(projectId, request.body)
      const key = request.idempotent?.call.key
      const { userId } = principalOf(request)
      const started = await runs.start(projectId, request.body, {
        createdBy: userId,
        ...(key === undefined ? {} : { idempotencyKey: `${userId} ${key}` }),
      })
      return versioned(reply, runView(started), 201)
    },
  )
  app.get(
    '/projects/:projectId/runs',
    {
      schema: {
        tags: ['Runs'],
        summary: 'List runs',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(run) },
      },
    },
    async (request) => {
      const { items, nextCursor } = await runs.list(request.params.projectId, request.query)
      return { items: items.map(runView), nextCursor }
    },
  )
  app.get(
    '/runs/:id',
    {
      config: { etag: true },
      schema: { tags: ['Runs'], summary: 'Read a run', params: byRun, response: { 200: run } },
    },
    async (request, reply) => versioned(reply, runView(request.thing as Run)),
  )
  app.get(
    '/runs/:id/progress',
    { schema: { tags: ['Runs'], summary: 'How far it is', params: byRun, response: { 200: runProgress } } },
    async (request) => progressOf(request.thing as Run),
  )
  app.get(
    '/runs/:id/jobs',
    {
      schema: {
        tags: ['Runs'],
        summary: 'Its jobs',
        params: byRun,
        querystring: jobsQuery,
        response: { 200: listOf(job) },
      },
    },
    async (request) => {
      const { limit, cursor, ...filter } = request.query
      const { items, nextCursor } = await runs.jobs(request.params.id, filter, { limit, cursor })
      return { items: items.map(jobView), nextCursor }
    },
  )
  app.get(
    '/runs/:id/results.ndjson',
    {
      schema: {
        tags: ['Runs'],
        summary: 'Its settled jobs, a line each',
        description:
          'With ?people=true each line says too what people made of its scenario: { outcome, taskId, reasons, probability }.',
        params: byRun,
        querystring: resultsQuery,
        response: { 200: lines },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const withPeople = request.query.people === 'true'
      return sendLines(
        reply,
        withPeople ? peopleLines(runs.resultsWithPeople(id)) : resultLines(runs.results(id)),
      )
    },
  )

  app.get(
    '/runs/:id/escalation',
    {
      config: { etag: true },
      schema: {
        tags: ['Runs'],
        summary: 'Its policy of escalation, and what has come of it',
        params: byRun,
        response: { 200: escalation },
      },
    },
    async (request, reply) => {
      const { version } = request.thing as Run
      void reply.header('etag', `"${version}"`)
      return runs.escalation(request.params.id)
    },
  )
  app.put(
    '/runs/:id/escalation',
    {
      config: { etag: true },
      schema: {
        tags: ['Runs'],
        summary: 'Another policy for what is not decided',
        params: byRun,
        body: escalationPolicy,
        response: { 200: run },
      },
    },
    async (request, reply) => {
      const changed = await runs.changeEscalation(request.params.id, request.body, ifMatch(request))
      return versioned(reply, runView(changed))
    },
  )
  app.post(
    '/runs/:id/escalate',
    {
      config: { idempotent: true, etag: true },
      schema: {
        tags: ['Runs'],
        summary: 'Apply a policy to a run that has ended, or see what would come of it',
        params: byRun,
        querystring: startQuery,
        body: escalationPolicy,
        response: { 200: escalationPreview, 201: run },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if (request.query.dryRun === 'true') return runs.previewEscalation(id, request.body)
      return versioned(reply, runView(await runs.escalate(id, request.body)), 201)
    },
  )
  app.get(
    '/runs/:id/escalations',
    {
      schema: {
        tags: ['Runs'],
        summary: 'Which of its scenarios go to people, and why',
        params: byRun,
        querystring: escalationsQuery,
        response: { 200: listOf(scenarioEscalation) },
      },
    },
    async (request) => {
      const { limit, cursor, ...filter } = request.query
      return runs.escalations(request.params.id, filter, { limit, cursor })
    },
  )
  app.post(
    '/runs/:id/escalations',
    {
      config: { idempotent: true },
      schema: {
        tags: ['Runs'],
        summary: 'Send scenarios to people by hand',
        description: 'At once, or when their models have all settled. One that has its task keeps it.',
        params: byRun,
        body: byHandBody,
        response: { 200: askedByHand },
      },
    },
    async (request) => ({ items: await runs.escalateByHand(request.params.id, request.body.scenarioIds) }),
  )
  app.get(
    '/runs/:id/people',
    {
      schema: {
        tags: ['Runs'],
        summary: 'What people settled on, against what each model said',
        params: byRun,
        querystring: peopleFilter,
        response: { 200: peopleAgainstModels },
      },
    },
    async (request) => runs.againstPeople(request.params.id, request.query),
  )

  for (const [path, summary, move] of [
    ['pause', 'Start no more of its jobs', (id, ifVersion) => runs.pause(id, ifVersion)],
    ['resume', 'Go on', (id, ifVersion) => runs.resume(id, ifVersion)],
    ['cancel', 'Give it up', (id, ifVersion) => runs.cancel(id, ifVersion)],
    ['retry-failed', 'Try its failed jobs again', (id, ifVersion) => runs.retryFailed(id, ifVersion)],
  ] satisfies [string, string, (id: RunId, ifVersion?: number) => Promise<Run>][]) {
    app.post(
      `/runs/:id/${path}`,
      {
        config: { etag: true },
        schema: { tags: ['Runs'], summary, params: byRun, body: nothing, response: { 200: run } },
      },
      async (request, reply) => versioned(reply, runView(await move(request.params.id, ifMatch(request)))),
    )
  }
}

async function* peopleLines(
  results: ReturnType<Parameters<Routes>[1]['runs']['resultsWithPeople']>,
): AsyncIterable<object> {
  for await (const { payload: _payload, taskStatus: _status, ...line } of results) yield line
}

async function* resultLines(
  results: ReturnType<Parameters<Routes>[1]['runs']['results']>,
): AsyncIterable<object> {
  for await (const { scenarioId, model, state, result, error } of results)
    yield { scenarioId, model, state, result, error }
}
