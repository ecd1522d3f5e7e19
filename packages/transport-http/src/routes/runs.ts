import { type DefinitionId, type Run, type RunConfig, type RunId, ValidationError } from '@muster/core'
import { progressOf } from '@muster/core/rules'
import {
  linkView,
  type ModelDurations,
  type RunFlow,
  runChange,
  runStart,
  runsFilter,
  runWaitsView,
} from '@muster/core/runs'
import { JOB_STATES, name, severalOf } from '@muster/core/schemas'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { atLeast } from '../access/authority.ts'
import { operatedBy } from '../access/authorization.ts'
import { sendLines } from '../requests/ndjson.ts'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byProject, byRun, dryRunQuery, inQuery, nothing, paging, type Routes } from '../route.ts'
import {
  job,
  lines,
  listOf,
  run,
  runFlow,
  runPreview,
  runProgress,
  runRates,
  runWithUsage,
} from '../schemas.ts'
import { jobView, runView } from '../views.ts'
import { RATES_DESCRIPTION, ratesQuery } from './rates.ts'

const runsQuery = z.strictObject({
  ...paging,
  ...runsFilter,
  definitionId: inQuery<DefinitionId>().optional(),
})
const jobsQuery = z.strictObject({
  ...paging,
  state: severalOf(JOB_STATES).optional(),
  model: name.optional(),
})
const resultsQuery = z.strictObject({
  people: z.enum(['true', 'false']).optional(),
  usage: z.enum(['true', 'false']).optional(),
})

export const runRoutes: Routes = (app, muster) => {
  startRoutes(app, muster)
  runReading(app, muster)
}

/** Starting and finding runs. */
const startRoutes: Routes = (app, { runs }) => {
  app.post(
    '/projects/:projectId/runs',
    {
      config: { idempotent: true, findsAgain: true, etag: true },
      schema: {
        tags: ['Runs'],
        summary: 'Start a run, or see what it would be',
        description:
          'Of a definition, or after another run of the project: it is there at once, and gets its scenarios and jobs when it is time.',
        params: byProject,
        querystring: dryRunQuery,
        body: runStart,
        response: { 200: runPreview, 201: run },
      },
    },
    async (request, reply) => {
      const projectId = request.params.projectId
      const { body } = request
      if (request.query.dryRun === 'true') {
        if (!('definitionId' in body)) {
          const message = 'is of a run whose size shows when it is time: nothing can be said of it now'
          throw new ValidationError([{ path: 'after', message }])
        }
        return runs.preview(projectId, body)
      }
      const key = request.idempotent?.call.key
      const { userId } = principalOf(request)
      const started = await runs.start(projectId, body, {
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
        summary: 'List runs, newest first',
        params: byProject,
        querystring: runsQuery,
        response: { 200: listOf(run) },
      },
    },
    async (request) => {
      const { items, nextCursor } = await runs.find({ ...request.query, projectId: request.params.projectId })
      return { items: items.map(runView), nextCursor }
    },
  )
  app.get(
    '/runs',
    {
      schema: {
        tags: ['Runs'],
        summary: 'List runs of all of the caller’s projects, newest first',
        description: 'An admin’s are all that there are.',
        querystring: runsQuery,
        response: { 200: listOf(run) },
      },
    },
    async (request) => {
      const projectId = operatedBy(principalOf(request)) ?? undefined
      const { items, nextCursor } = await runs.find({ ...request.query, projectId })
      return { items: items.map(runView), nextCursor }
    },
  )
}

/** One run, its jobs and its results. */
const runReading: Routes = (app, { runs, usage }) => {
  const seenByManagers = async ({ runId, link }: Run): Promise<object> => ({
    usage: await usage.ofRun(runId),
    ...(link && { link }),
  })
  app.get(
    '/runs/:id',
    {
      config: { etag: true },
      schema: {
        tags: ['Runs'],
        summary: 'Read a run; managers also see what its jobs used',
        params: byRun,
        response: { 200: runWithUsage },
      },
    },
    async (request, reply) => {
      const manages = atLeast(principalOf(request).role, 'manager')
      const waitsFor = await runs.waitsFor(request.params.id)
      return versioned(reply, {
        ...runView(request.thing as Run),
        waitsFor: manages ? waitsFor : runWaitsView(waitsFor),
        ...(manages ? await seenByManagers(request.thing as Run) : {}),
      })
    },
  )
  app.get(
    '/runs/:id/progress',
    { schema: { tags: ['Runs'], summary: 'How far it is', params: byRun, response: { 200: runProgress } } },
    async (request) => ({
      ...progressOf(request.thing as Run),
      durations: (await runs.durations(request.params.id)).map(durationView),
    }),
  )
  app.get(
    '/runs/:id/rates',
    {
      schema: {
        tags: ['Runs'],
        summary: 'How fast its jobs settle',
        description: `${RATES_DESCRIPTION} Jobs are counted as they stand now: one that failed and is tried again is not counted any more.`,
        params: byRun,
        querystring: ratesQuery,
        response: { 200: runRates },
      },
    },
    async (request) => runs.rates(request.params.id, request.query),
  )
  app.get(
    '/runs/:id/flow',
    {
      schema: {
        tags: ['Runs'],
        summary: 'The runs that it starts after and that start after it, and so on',
        params: byRun,
        response: { 200: runFlow },
      },
    },
    async (request) => flowView(await runs.flow(request.params.id)),
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
          'By the scenario’s place, then the model’s, then the repeat, which a line has in a run with repeats. With ?people=true each line says too what people made of its scenario: { outcome, taskId, reasons, probability }. With ?usage=true each line says too what the attempts at it used: { units, costMicros }, or null.',
        params: byRun,
        querystring: resultsQuery,
        response: { 200: lines },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const withPeople = request.query.people === 'true'
      const withUsage = request.query.usage === 'true'
      if (withPeople && withUsage)
        throw new ValidationError([{ path: 'usage', message: 'cannot be asked for together with people' }])
      const { config } = await runs.get(id)
      if (withPeople) return sendLines(reply, peopleLines(runs.resultsWithPeople(id), config))
      return sendLines(
        reply,
        withUsage ? usageLines(runs.resultsWithUsage(id), config) : resultLines(runs.results(id), config),
      )
    },
  )
}

function flowView({ runs, links, complete }: RunFlow): object {
  return {
    runs: runs.map(({ runId, config, status, tallies: { byModel: _byModel, ...progress }, link }) => ({
      runId,
      name: config.definitionSnapshot.name,
      status,
      progress,
      link: link && linkView(link),
    })),
    links,
    complete,
  }
}

/** Milliseconds within, seconds on the wire. */
function durationView({ model, jobs, p50, p95 }: ModelDurations): object {
  return { model, jobs, p50Seconds: p50 / 1_000, p95Seconds: p95 / 1_000 }
}

/** What a manager does to a run that goes on, or did. */
export const runMoveRoutes: Routes = (app, { runs }) => {
  app.patch(
    '/runs/:id',
    {
      config: { etag: true },
      schema: {
        tags: ['Runs'],
        summary: 'Set its pace or priority',
        params: byRun,
        body: runChange,
        response: { 200: run },
      },
    },
    async (request, reply) =>
      versioned(reply, runView(await runs.change(request.params.id, request.body, ifMatch(request)))),
  )
  app.post(
    '/runs/:id/refresh',
    {
      config: { idempotent: true, findsAgain: true, etag: true },
      schema: {
        tags: ['Runs'],
        summary: 'Start it again, of the results that the run before has now',
        params: byRun,
        body: nothing,
        response: { 201: run },
      },
    },
    async (request, reply) => {
      const key = request.idempotent?.call.key
      const { userId } = principalOf(request)
      const fresh = await runs.refresh(request.params.id, {
        createdBy: userId,
        ...(key === undefined ? {} : { idempotencyKey: `${userId} ${key}` }),
      })
      return versioned(reply, runView(fresh), 201)
    },
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
        config: { idempotent: true, etag: true },
        schema: { tags: ['Runs'], summary, params: byRun, body: nothing, response: { 200: run } },
      },
      async (request, reply) => versioned(reply, runView(await move(request.params.id, ifMatch(request)))),
    )
  }
}

async function* peopleLines(
  results: ReturnType<Parameters<Routes>[1]['runs']['resultsWithPeople']>,
  { repeats }: Pick<RunConfig, 'repeats'>,
): AsyncIterable<object> {
  for await (const { payload: _payload, taskStatus: _status, repeat, ...line } of results)
    yield { ...line, ...(repeats > 1 && { repeat }) }
}

async function* usageLines(
  results: ReturnType<Parameters<Routes>[1]['runs']['resultsWithUsage']>,
  { repeats }: Pick<RunConfig, 'repeats'>,
): AsyncIterable<object> {
  for await (const { payload: _payload, repeat, ...line } of results)
    yield { ...line, ...(repeats > 1 && { repeat }) }
}

async function* resultLines(
  results: ReturnType<Parameters<Routes>[1]['runs']['results']>,
  { repeats }: Pick<RunConfig, 'repeats'>,
): AsyncIterable<object> {
  for await (const { scenarioId, model, repeat, state, result, error } of results)
    yield { scenarioId, model, ...(repeats > 1 && { repeat }), state, result, error }
}
