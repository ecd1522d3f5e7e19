import type { ProjectId } from '@muster/core'
import {
  calibrationExtension,
  comparisonTasks,
  newCalibration,
  newComparison,
  newGate,
  pairsFilter,
  runMetricsAsked,
} from '@muster/core/evaluation'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { principalOf } from '../access/authentication.ts'
import { requirePeople, requireProject } from '../access/authorization.ts'
import { calibrationReport } from '../reports/calibration-report.ts'
import { comparisonReport } from '../reports/comparison-report.ts'
import { begun, sendLines } from '../requests/ndjson.ts'
import {
  byCalibration,
  byComparison,
  byGate,
  byProject,
  byRun,
  dryRunQuery,
  nothing,
  pagingQuery,
  type Routes,
} from '../route.ts'
import {
  askedPeople,
  calibration,
  calibrationPlan,
  comparison,
  gate,
  lines,
  listOf,
  modelMetric,
  webPage,
} from '../schemas.ts'

const tags = ['Evaluation']

export const evaluationRoutes: Routes = (app, muster) => {
  comparisonRoutes(app, muster)
  pairRoutes(app, muster)
  gateRoutes(app, muster)
  calibrationRoutes(app, muster)
}

/** Comparing two models, and what each model of a run came to. */
const comparisonRoutes: Routes = (app, muster) => {
  app.post(
    '/projects/:projectId/comparisons',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Compare two runs’ models on what both did',
        description:
          'From kept results: a new metric runs no model again. Both runs must be of the project, and completed unless `allowPartial`. What was found is kept, and never changes.',
        params: byProject,
        body: newComparison,
        response: { 201: comparison },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      await requirePeople(muster, principalOf(request), body.metrics)
      return reply.code(201).send(await muster.comparisons.add(params.projectId, body))
    },
  )
  app.get(
    '/projects/:projectId/comparisons',
    {
      schema: {
        tags,
        summary: 'List comparisons, newest first',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(comparison) },
      },
    },
    async ({ params, query }) => muster.comparisons.list(params.projectId, query),
  )
  app.get(
    '/comparisons/:id',
    { schema: { tags, summary: 'Read a comparison', params: byComparison, response: { 200: comparison } } },
    async ({ params }) => muster.comparisons.get(params.id),
  )
  app.get(
    '/comparisons/:id/report.html',
    {
      schema: {
        tags,
        summary: 'A comparison as one self-contained page',
        description: 'Tables and pictures, without a script or a request.',
        params: byComparison,
        response: { 200: webPage },
      },
    },
    async ({ params }, reply) => sendPage(reply, comparisonReport(await muster.comparisons.get(params.id))),
  )
  app.post(
    '/runs/:id/metrics',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'What each of its models came to, metric by metric',
        params: byRun,
        body: runMetricsAsked,
        response: { 200: z.strictObject({ items: z.array(modelMetric) }) },
      },
    },
    async (request) => {
      const { params, body } = request
      await requirePeople(muster, principalOf(request), body.metrics)
      return { items: await muster.comparisons.runMetrics(params.id, body) }
    },
  )
}

/** The pairs of a comparison, and asking people about them. */
const pairRoutes: Routes = (app, muster) => {
  app.get(
    '/comparisons/:id/pairs.ndjson',
    {
      schema: {
        tags,
        summary: 'Its pairs by one metric, a line each',
        description:
          '{ scenarioId, repeat, baseline, candidate, change }; `change` is null if a side has no value. In the order of the baseline’s scenarios. 409 if a run has changed since.',
        params: byComparison,
        querystring: z.strictObject(pairsFilter),
        response: { 200: lines },
      },
    },
    async ({ params, query }, reply) =>
      sendLines(reply, await begun(muster.comparisons.pairs(params.id, query))),
  )
  app.post(
    '/comparisons/:id/tasks',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Ask people about its pairs',
        description:
          'A task of each pair that changed so, without `change` of each that is better or worse, in one transaction; those that the project has are left. Payloads are { scenario, answers: { a, b }, of }; which side is `a` is drawn. Every annotation step needs a form: without one it would show which is which.',
        params: byComparison,
        body: comparisonTasks,
        response: { 201: askedPeople },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      await requireProject(muster, principalOf(request), body.projectId as ProjectId)
      return reply.code(201).send(await muster.comparisons.askPeople(params.id, body))
    },
  )
}

/** Policies applied to two models. */
const gateRoutes: Routes = (app, muster) => {
  app.post(
    '/projects/:projectId/gates',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Decide by a policy whether a candidate may follow a baseline',
        description:
          'GO, NO-GO or INCONCLUSIVE, with the tests of each rule. A critical rule must be shown to hold, a supporting one must not be shown to be broken, an advisory one informs.',
        params: byProject,
        body: newGate,
        response: { 201: gate },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      await requirePeople(muster, principalOf(request), body.metrics)
      return reply.code(201).send(await muster.gates.run(params.projectId, body))
    },
  )
  app.get(
    '/projects/:projectId/gates',
    {
      schema: {
        tags,
        summary: 'List decisions, newest first',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(gate) },
      },
    },
    async ({ params, query }) => muster.gates.list(params.projectId, query),
  )
  app.get(
    '/gates/:id',
    { schema: { tags, summary: 'Read a decision', params: byGate, response: { 200: gate } } },
    async ({ params }) => muster.gates.get(params.id),
  )
}

/** Checking a judge by what people say of a drawn sample. */
const calibrationRoutes: Routes = (app, muster) => {
  app.post(
    '/projects/:projectId/calibrations',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Draw units of a run for people to label, or see what would be drawn',
        description:
          'Each drawn unit becomes a task for every model, in one transaction. Every annotation step needs a form: without one it would show the model.',
        params: byProject,
        querystring: dryRunQuery,
        body: newCalibration,
        response: { 200: calibrationPlan, 201: calibration },
      },
    },
    async (request, reply) => {
      const { params, body, query } = request
      await requireProject(muster, principalOf(request), body.truth.projectId as ProjectId)
      if (query.dryRun === 'true') return muster.calibrations.plan(params.projectId, body)
      return reply.code(201).send(await muster.calibrations.start(params.projectId, body))
    },
  )
  app.get(
    '/projects/:projectId/calibrations',
    {
      schema: {
        tags,
        summary: 'List calibrations, newest first',
        params: byProject,
        querystring: pagingQuery,
        response: { 200: listOf(calibration) },
      },
    },
    async ({ params, query }) => muster.calibrations.list(params.projectId, query),
  )
  app.get(
    '/calibrations/:id',
    {
      schema: {
        tags,
        summary: 'What people would say of each model, by the labels so far',
        params: byCalibration,
        response: { 200: calibration },
      },
    },
    async ({ params }) => muster.calibrations.get(params.id),
  )
  app.get(
    '/calibrations/:id/report.html',
    {
      schema: {
        tags,
        summary: 'A calibration as one self-contained page',
        description: 'Tables and pictures, without a script or a request.',
        params: byCalibration,
        response: { 200: webPage },
      },
    },
    async ({ params }, reply) => sendPage(reply, calibrationReport(await muster.calibrations.get(params.id))),
  )
  app.post(
    '/calibrations/:id/extend',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Draw more units; what was drawn stays drawn',
        params: byCalibration,
        body: calibrationExtension,
        response: { 200: calibration },
      },
    },
    async ({ params, body }) => muster.calibrations.extend(params.id, body),
  )
  app.post(
    '/calibrations/:id/cancel',
    {
      config: { idempotent: true },
      schema: {
        tags,
        summary: 'Cancel its open tasks',
        params: byCalibration,
        body: nothing,
        response: { 200: calibration },
      },
    },
    async ({ params }) => muster.calibrations.cancel(params.id),
  )
  app.get(
    '/calibrations/:id/units.ndjson',
    {
      schema: {
        tags,
        summary: 'All that was drawn from, a line for each unit and model',
        description:
          '{ key, model, pi, stratum, score, y, drawn }; `y` is null if nobody was asked, or no answer came.',
        params: byCalibration,
        response: { 200: lines },
      },
    },
    async ({ params }, reply) => sendLines(reply, await begun(muster.calibrations.units(params.id))),
  )
}

/** Its policy holds for the page alone: it has styles of its own, and needs nothing else. */
function sendPage(reply: FastifyReply, text: string): FastifyReply {
  return reply
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    )
    .type('text/html; charset=utf-8')
    .send(text)
}
