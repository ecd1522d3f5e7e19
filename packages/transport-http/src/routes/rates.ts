import { ratesFilter } from '@muster/core/runs'
import { z } from 'zod'
import { byProject, type Routes } from '../route.ts'
import { rates } from '../schemas.ts'

export const ratesQuery = z.strictObject(ratesFilter)

export const RATES_DESCRIPTION =
  'By stretches of `step` seconds that begin at multiples of it; one in which nothing ended is left out. Without `from` the hour before `to`, which is now unless said.'

const description = `${RATES_DESCRIPTION} Counts of 10 s are put together to minutes after a day and to hours after a week.`

export const rateRoutes: Routes = (app, muster) => {
  app.get(
    '/projects/:projectId/rates',
    {
      schema: {
        tags: ['Projects'],
        summary: 'How fast jobs and people go in a project',
        description,
        params: byProject,
        querystring: ratesQuery,
        response: { 200: rates },
      },
    },
    async ({ params, query }) => muster.rates.read(params.projectId, query),
  )
  app.get(
    '/system/rates',
    {
      schema: {
        tags: ['System'],
        summary: 'How fast jobs and people go everywhere',
        description,
        querystring: ratesQuery,
        response: { 200: rates },
      },
    },
    async ({ query }) => muster.rates.read(null, query),
  )
}
