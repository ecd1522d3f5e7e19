import { byOperation, type Routes } from '../route.ts'
import { operation } from '../schemas.ts'

const tags = ['Operations']

export const operationRoutes: Routes = (app, muster) => {
  app.get(
    '/operations/:id',
    {
      schema: {
        tags,
        summary: 'How far an operation has come',
        description:
          'One move on all that matched a filter, worked off on the server part by part. `skipped` says why things were passed over.',
        params: byOperation,
        response: { 200: operation },
      },
    },
    async ({ params }) => muster.operations.get(params.id),
  )
  app.delete(
    '/operations/:id',
    {
      schema: {
        tags,
        summary: 'Stop an operation',
        description:
          'It ends between two parts; what it has moved stays so. One that has ended stays as it is.',
        params: byOperation,
        response: { 200: operation },
      },
    },
    async ({ params }) => muster.operations.stop(params.id),
  )
}
