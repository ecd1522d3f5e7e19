import { z } from 'zod'
import { json, name, text } from '../input/parse.ts'
import type { Json } from '../json/json.ts'
import { IMPORT_MODES, IMPORT_TARGETS, ON_CONFLICT } from './import.ts'
import type { ImportOptions } from './imports.ts'

const flag = z
  .preprocess((value) => (value === 'true' ? true : value === 'false' ? false : value), z.boolean())
  .meta({ type: 'string', enum: ['true', 'false'] }) as unknown as z.ZodType<boolean, unknown>

const mappingText = text(1, 20_000)
const mappingObject = z.record(z.string(), json) as unknown as z.ZodType<{ readonly [name: string]: Json }>

const described: object = mappingText.meta() ?? {}

/** A JSON object, or as in a query the text of one, which is read when the reader is asked. */
const mapping: z.ZodType<unknown, unknown> = z
  .unknown()
  .check((context) => {
    const schema: z.ZodType<unknown, unknown> =
      typeof context.value === 'string' ? mappingText : mappingObject
    const read = schema.safeParse(context.value)
    if (read.success) context.value = read.data
    else context.issues.push(...(read.error.issues as unknown as z.core.$ZodRawIssue[]))
  })
  .meta({
    ...described,
    type: 'string',
    description: 'Words to the reader of the format, as a JSON object',
  })

const words = {
  format: name
    .optional()
    .meta({ description: 'A format by name; default `auto`: the one that it looks like' }),
  mapping: mapping.optional(),
}

/** {@link ImportOptions}, as in a query too. */
export const importOptions: z.ZodType<ImportOptions, unknown> = z
  .strictObject({
    ...words,
    target: z
      .enum(IMPORT_TARGETS)
      .optional()
      .meta({ description: 'Default: the one that the file holds, never `run`, which only an admin brings' }),
    name: name
      .optional()
      .meta({ description: 'Of the definition or the form that is made, or of the definition of a run' }),
    jobType: name.optional().meta({ description: 'Of the definition that is made' }),
    mode: z.enum(IMPORT_MODES).optional(),
    dryRun: flag.optional(),
    onConflict: z.enum(ON_CONFLICT).optional(),
    submissions: flag.optional().meta({
      description:
        'Whether submissions of the file are made with its tasks, of no other target; only an admin brings them. Default false',
    }),
  })
  .superRefine(({ target = 'tasks', submissions }, context) => {
    if (submissions !== true || target === 'tasks') return
    const message = 'must be absent: only tasks have submissions'
    context.addIssue({ code: 'custom', path: ['submissions'], message })
  })
  .superRefine(({ target, mode }, context) => {
    if (target !== 'run' || mode !== 'chunks') return
    const message = 'must be atomic for the target run: a run is made whole, or not at all'
    context.addIssue({ code: 'custom', path: ['mode'], message })
  }) as unknown as z.ZodType<ImportOptions, unknown>

/** The words of a preview, as in a query too. */
export const previewOptions: z.ZodType<Pick<ImportOptions, 'format' | 'mapping'>, unknown> = z.strictObject(
  words,
) as unknown as z.ZodType<Pick<ImportOptions, 'format' | 'mapping'>, unknown>
