import { z } from 'zod'
import { name, pointer, uuid } from '../../input/parse.ts'
import { PEOPLE_NAMED } from './export.ts'
import type { NewExport } from './exports.ts'

/** Most runs of one export. */
const MOST_RUNS = 20
/** Most further columns of a table. */
const MOST_FIELDS = 100

const words = {
  people: z.enum(PEOPLE_NAMED).optional().meta({
    description:
      'How people are named. `pseudonym`, the default: the same in each export of the project; `id` needs the role admin',
  }),
  gzip: z.boolean().optional(),
  fields: z
    .array(pointer)
    .max(MOST_FIELDS)
    .optional()
    .meta({ description: 'More columns of a table: JSON Pointers into its rows, such as `/payload/text`' }),
  delimiter: z.enum([',', ';', '|', '\t']).optional().meta({ description: 'Of `csv`; default `,`' }),
  csvSafe: z.boolean().optional().meta({
    description: 'Whether cells that a spreadsheet would take for a formula get a quote before them',
  }),
}

/** {@link NewExport}: of each kind, the members that it has. */
export const newExport: z.ZodType<NewExport, unknown> = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('run'),
    format: name.meta({ description: '`ndjson`, `csv`, `parquet`, `promptfoo` or `inspect`' }),
    runIds: z.array(uuid).min(1).max(MOST_RUNS),
    ...words,
  }),
  z.strictObject({
    what: z.literal('tasks'),
    format: name.meta({
      description: '`ndjson`, `csv`, `parquet`, `label-studio` or `preference-pairs`',
    }),
    formId: uuid
      .optional()
      .meta({ description: '`label-studio` and `preference-pairs`: the form by which answers are read' }),
    question: name.optional().meta({ description: '`preference-pairs`: the pairwise question' }),
    promptAt: pointer
      .optional()
      .meta({ description: '`preference-pairs`: where the prompt stands in a payload' }),
    ...words,
  }),
  z.strictObject({
    what: z.literal('definition'),
    format: name.meta({ description: '`ndjson`, `csv` or `parquet`' }),
    definitionId: uuid,
    ...words,
  }),
]) as unknown as z.ZodType<NewExport, unknown>
