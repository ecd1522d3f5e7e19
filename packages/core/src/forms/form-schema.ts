import type { JsonSchema } from './answer-schema.ts'
import schema from './form.schema.json' with { type: 'json' }

/** The meta-schema of forms (JSON Schema 2020-12), for editors: what it takes, {@link readForm} takes but for what parts say of each other. */
export const formSchema: JsonSchema = schema
