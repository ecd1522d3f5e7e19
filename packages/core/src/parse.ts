import { z } from 'zod'
import { ValidationError } from './errors.ts'
import { type Json, jsonOf, pathOf, unstorableText } from './json.ts'
import { MAX_PAGE } from './paging.ts'

/**
 * `value` as `schema` reads it.
 * @throws ValidationError naming every place at fault, each path behind `at`
 */
export function parse<Output>(
  schema: z.ZodType<Output>,
  value: unknown,
  at: readonly PropertyKey[] = [],
): Output {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ValidationError(
    parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            path: pathOf([...at, ...issue.path, key]),
            message: 'is not a known field',
          }))
        : [{ path: pathOf([...at, ...issue.path]), message: issue.message }],
    ),
  )
}

/** Text that every adapter can keep, `min` to `max` characters. */
export function text(min: number, max: number): z.ZodType<string, string> {
  return z
    .string()
    .min(min)
    .max(max)
    .superRefine((value, context) => {
      const why = unstorableText(value)
      if (why !== undefined) context.addIssue({ code: 'custom', message: why })
    })
}

/** A name: 1–200 characters. */
export const name: z.ZodType<string, string> = text(1, 200)

/** Any JSON that comes back as it went in, or what `JSON.stringify` makes JSON of; each fault is named by its own path. */
export const json: z.ZodType<Json, unknown> = z.unknown().check((context) => {
  const input = context.value
  const { value, issues } = jsonOf(input)
  context.value = value
  for (const { path, message } of issues) {
    context.issues.push({ code: 'custom', message, path: path === '' ? [] : [path], input })
  }
}) as unknown as z.ZodType<Json, unknown>

/** Priorities of tasks and items: −1000..1000, higher first. */
export const priority: z.ZodType<number, number> = z.int().min(-1000).max(1000)

/** A number of minutes or seconds, fractions allowed. */
export const duration: z.ZodType<number, number> = z.number().min(0).max(1_000_000_000)

/** How much of a list is wanted; as in a query it may be text, in digits. */
export const pageLimit: z.ZodType<number, unknown> = z.preprocess(
  (value) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value),
  z.int().min(1).max(MAX_PAGE),
)

/** A UUID of any version, in lower case from here on. Both cases stand in the pattern: documents leave out flags. */
export const uuid: z.ZodType<string, string> = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/, 'must be a UUID')
  .toLowerCase()
