import { z } from 'zod'
import type { FormId } from '../ids.ts'
import { name, stepId, uuid } from '../input/parse.ts'
import { AGGREGATION_METHODS } from './aggregation.ts'
import type { AggregatesAsked, AnswersAsked, StrengthsAsked } from './fits.ts'
import { level } from './quality-input.ts'

const fields = {
  stepId: stepId.optional().meta({ description: 'May be left out if only one step fits' }),
  question: name.optional().meta({ description: 'May be left out if only one question fits' }),
  criterion: name.optional().meta({ description: 'Of a pairwise question with several' }),
  formId: (uuid as unknown as z.ZodType<FormId, string>)
    .optional()
    .meta({ description: 'The newest version that was answered unless said' }),
}

/** Which answers. */
export const answersAsked: z.ZodType<AnswersAsked, unknown> = z.strictObject(fields)

/** Which answers, and how they become one. */
export const aggregatesAsked: z.ZodType<AggregatesAsked, unknown> = z.strictObject({
  ...fields,
  method: z.enum(AGGREGATION_METHODS).optional(),
})

/** Which comparisons. */
export const strengthsAsked: z.ZodType<StrengthsAsked, unknown> = z.strictObject({
  ...fields,
  level: level.optional(),
})
