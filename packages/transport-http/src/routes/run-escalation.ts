import type { Run } from '@muster/core'
import { byHand, ESCALATION_STATES, escalationPolicy, peopleFilter } from '@muster/core/escalation'
import { severalOf } from '@muster/core/schemas'
import { z } from 'zod'
import { ifMatch, versioned } from '../requests/versions.ts'
import { byRun, dryRunQuery, paging, type Routes } from '../route.ts'
import {
  askedByHand,
  escalation,
  escalationPreview,
  listOf,
  peopleAgainstModels,
  run,
  scenarioEscalation,
} from '../schemas.ts'
import { runView } from '../views.ts'

const escalationsQuery = z.strictObject({ ...paging, state: severalOf(ESCALATION_STATES).optional() })
const byHandBody = z.strictObject({ scenarioIds: byHand })

export const runEscalationRoutes: Routes = (app, { runs }) => {
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
        querystring: dryRunQuery,
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
}
