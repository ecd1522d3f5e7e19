import type { Matrix, MatrixPlaces, MatrixRow } from '@muster/core/runs'
import { matrixFilter, matrixPlacesFilter } from '@muster/core/runs'
import { z } from 'zod'
import { byRun, type Routes } from '../route.ts'
import { matrix, matrixPlaces } from '../schemas.ts'

export const matrixRoutes: Routes = (app, { matrices }) => {
  app.get(
    '/runs/:id/matrix',
    {
      schema: {
        tags: ['Runs'],
        summary: 'Its scenarios with what each model made of them, by place',
        description:
          '`from` is the least place; `places` names up to 200 instead. Labels stand `labelAt` in results: by default where the run’s policy sees disagreement, else at `/label`.',
        params: byRun,
        querystring: z.strictObject(matrixFilter),
        response: { 200: matrix },
      },
    },
    async ({ params, query }) => {
      const { rows, ...rest } = await matrices.read(params.id, query)
      return { ...rest, rows: rows.map((row) => rowView(row, rest)) }
    },
  )
  app.get(
    '/runs/:id/matrix/places',
    {
      schema: {
        tags: ['Runs'],
        summary: 'Which of its scenarios match',
        description:
          '`where` is words that must all hold: `split` (two labels differ), `failed`, `text~"some words"`, `model=label`, `model!=label`, `model!=model`. `bitmap` is base64: a bit for each place of the definition, the first the lowest of the first byte.',
        params: byRun,
        querystring: z.strictObject(matrixPlacesFilter),
        response: { 200: matrixPlaces },
      },
    },
    async ({ params, query }) => placesView(await matrices.places(params.id, query)),
  )
}

/** Cells by the model: the first of its repeats, with the others in it. */
function rowView(
  { cells, ...row }: MatrixRow,
  { models, repeats }: Pick<Matrix, 'models' | 'repeats'>,
): object {
  const cellOf = (index: number): object => {
    const [first, ...others] = cells.slice(index * repeats, (index + 1) * repeats)
    return { ...first, ...(others.length > 0 && { repeats: others }) }
  }
  return { ...row, cells: Object.fromEntries(models.map((model, index) => [model, cellOf(index)])) }
}

function placesView({ bitmap, ...counts }: MatrixPlaces): object {
  return { ...counts, bitmap: Buffer.from(bitmap).toString('base64') }
}
