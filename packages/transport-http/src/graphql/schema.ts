import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { builder } from './builder.ts'
import { ruleOf } from './context.ts'
import './budgets.ts'
import './evaluation.ts'
import './events.ts'
import './forms.ts'
import './fits.ts'
import './jobs.ts'
import './kept-events.ts'
import './limits-by-key.ts'
import './operations.ts'
import './people.ts'
import './quality.ts'
import './processes.ts'
import './queue.ts'
import './rates.ts'
import './runs.ts'
import './schedules.ts'
import './setup.ts'
import './task-lists.ts'
import './task-past.ts'
import './usage.ts'
import './work.ts'

/** Everything that GraphQL serves. */
export const schema: GraphQLSchema = builder.toSchema()

for (const root of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
  for (const field of Object.keys(root?.getFields() ?? {})) ruleOf(`${root?.name}.${field}`)
}

/** The schema as text, as it is checked in. */
export function schemaText(): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`
}
