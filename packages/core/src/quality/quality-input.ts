import { z } from 'zod'
import { name, stepId, text } from '../input/parse.ts'
import { AGREEMENT_BY, type AgreementRequest } from './quality.ts'
import { COEFFICIENTS } from './questions.ts'

/** Of intervals; as in a query it may be text. */
export const level: z.ZodType<number, unknown> = z
  .preprocess(
    (value) =>
      typeof value === 'string' && /^\d(\.\d{1,25})?(e-\d{1,3})?$/i.test(value) ? Number(value) : value,
    z.number().gt(0).lt(1),
  )
  .meta({ description: 'Of the intervals; 0.95 unless said' })

/** The agreement that is asked for. */
export const agreementRequest: z.ZodType<AgreementRequest, unknown> = z.strictObject({
  stepId: stepId.optional(),
  question: name.optional(),
  by: z.enum(AGREEMENT_BY).optional(),
  coefficient: z.enum(COEFFICIENTS).optional(),
  level: level.optional(),
  weights: z.enum(['linear', 'quadratic']).optional(),
  difference: z.enum(['interval', 'ratio']).optional(),
})

/** Why a person is paused, or is given work again. */
export const personMove: z.ZodType<{ readonly reason: string }, { readonly reason: string }> = z.strictObject(
  {
    reason: text(1, 2000),
  },
)

/** Since when the tasks of a person are to be done once more. */
export const reopening: z.ZodType<
  { readonly since?: string | undefined },
  { readonly since?: string | undefined }
> = z.strictObject({ since: z.iso.datetime().optional() })
