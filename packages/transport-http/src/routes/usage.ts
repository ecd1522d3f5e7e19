import { newPrices, pricesFilter, usageFilter } from '@muster/core/usage'
import { z } from 'zod'
import { byProject, paging, type Routes } from '../route.ts'
import { keptPrices, listOf, price, usageView } from '../schemas.ts'

const tags = ['Usage']
const usageQuery = z.strictObject(usageFilter)
const pricesQuery = z.strictObject({ ...paging, ...pricesFilter })

const description =
  'What handlers reported of calls of providers, in tokens, and their cost in millionths of the currency unit: all of it, and its parts, first those that cost most. Days are of UTC. `unpriced` are calls without a price, which count as free.'

export const usageRoutes: Routes = (app, { usage }) => {
  app.get(
    '/projects/:projectId/usage',
    {
      schema: {
        tags,
        summary: 'What the jobs of a project used',
        description,
        params: byProject,
        querystring: usageQuery,
        response: { 200: usageView },
      },
    },
    async ({ params, query }) => usage.read(params.projectId, query),
  )
  app.get(
    '/usage',
    {
      schema: {
        tags,
        summary: 'What all jobs used',
        description,
        querystring: usageQuery,
        response: { 200: usageView },
      },
    },
    async ({ query }) => usage.read(null, query),
  )
  app.get(
    '/prices',
    {
      schema: {
        tags,
        summary: 'Prices, by model, the latest first',
        querystring: pricesQuery,
        response: { 200: listOf(price) },
      },
    },
    async ({ query: { model, ...request } }) => usage.prices({ model }, request),
  )
  app.put(
    '/prices',
    {
      schema: {
        tags,
        summary: 'Keep prices of models, each from a moment on',
        description:
          'All or none, beside those that there are. One of the same model and moment is put in its place; the same again changes nothing. A price cannot begin before calls of its model that are recorded: `price_used`.',
        body: newPrices,
        response: { 200: keptPrices },
      },
    },
    async ({ body }) => ({ items: [...(await usage.putPrices(body))] }),
  )
}
