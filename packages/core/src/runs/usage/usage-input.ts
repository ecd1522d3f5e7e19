import { z } from 'zod'
import { instant, name } from '../../input/parse.ts'
import { HIGHEST_PRICE } from '../../usage/price.ts'
import { USAGE_SPLITS } from '../../usage/usage-store.ts'
import type { NewPrices, UsageRequest } from './usages.ts'

/** Most prices of one call. */
const MOST_PRICES = 1_000

const micros = z.int().min(0).max(HIGHEST_PRICE)

/** Prices to be kept. */
export const newPrices: z.ZodType<NewPrices, unknown> = z.strictObject({
  items: z
    .array(
      z
        .strictObject({
          model: name,
          from: instant.meta({ description: 'It holds for what is recorded from then on' }),
          inputMicros: micros.meta({
            description: 'Millionths of the currency unit for a million tokens of input',
          }),
          outputMicros: micros,
          cachedMicros: micros
            .optional()
            .meta({ description: 'Of input from a cache; `inputMicros` unless said' }),
          cacheWriteMicros: micros
            .optional()
            .meta({ description: 'Of input put into a cache; `inputMicros` unless said' }),
        })
        // An instant passes for optional, since it is looked at before it is read.
        .meta({ required: ['model', 'from', 'inputMicros', 'outputMicros'] }),
    )
    .min(1)
    .max(MOST_PRICES),
})

const day = z.iso
  .date({ error: 'must be a day, as 2026-11-29' })
  .meta({ description: 'A day of UTC, included' }) as unknown as z.ZodType<string, unknown>

/** Which usage is added up, as in a query. */
export const usageFilter: {
  readonly from: z.ZodType<string | undefined, unknown>
  readonly to: z.ZodType<string | undefined, unknown>
  readonly by: z.ZodType<UsageRequest['by'], unknown>
} = {
  from: day.optional(),
  to: day.optional(),
  by: z.enum(USAGE_SPLITS).optional().meta({ description: 'How the sum is split; `model` unless said' }),
}

/** Which usage is added up. */
export const usageRequest: z.ZodType<UsageRequest> = z.strictObject(usageFilter)

/** Which prices are listed, as in a query. */
export const pricesFilter: { readonly model: z.ZodType<string | undefined, unknown> } = {
  model: name.optional(),
}
