import type { Json } from '@muster/core'
import SchemaBuilder from '@pothos/core'
import complexityPlugin from '@pothos/plugin-complexity'
import relayPlugin from '@pothos/plugin-relay'
import { getNamedType, isLeafType } from 'graphql'
import type { GraphqlContext } from './context.ts'
import { nodeId, readNodeId } from './ids.ts'
import { literalJson } from './numbers.ts'

export interface Types {
  Context: GraphqlContext
  DefaultFieldNullability: false
  DefaultEdgesNullability: { list: false; items: false }
  Scalars: {
    ID: { Input: string; Output: string }
    JSON: { Input: Json; Output: unknown }
    DateTime: { Input: Date; Output: Date }
  }
}

/** What a field costs: things are counted, as many as may come, and what is inside of them is free. */
export const builder = new SchemaBuilder<Types>({
  plugins: [complexityPlugin, relayPlugin],
  defaultFieldNullability: false,
  complexity: {
    disabled: true, // Counted before anything runs, in `limits.ts`.
    fieldComplexity: (_args, _context, field) => (isLeafType(getNamedType(field.type)) ? 0 : 1),
  },
  relay: {
    encodeGlobalID: (type, id) => nodeId(type, String(id)),
    decodeGlobalID: readNodeId,
    // What is loaded may be frozen: each type knows its own by a field.
    brandLoadedObjects: false,
    nodesQueryOptions: false,
    nodeTypeOptions: { description: 'What can be read again by its id.' },
    nodeQueryOptions: { nullable: true, description: 'A thing by its Relay id.' },
    // The connection counts for its edges.
    edgesFieldOptions: { nullable: { list: false, items: false }, complexity: { field: 0, multiplier: 1 } },
    nodeFieldOptions: { nullable: false },
  },
})

builder.queryType({ description: 'Reads. What is unknown, or not there for the caller, is null.' })
builder.mutationType({ description: 'Changes, one after the other. Each gives the thing as it is then.' })

builder.scalarType('JSON', {
  description: 'Any JSON value.',
  serialize: (value) => value,
  parseValue: (value) => value as Json,
  parseLiteral: (node, variables) => literalJson(node, variables) as Json,
})
builder.scalarType('DateTime', {
  description: 'An instant, as ISO 8601 in UTC.',
  serialize: (value) => value.toISOString(),
})

/** An enum of these values, in upper case. */
export function enumOf<const Value extends string>(name: string, values: readonly Value[]) {
  const entries = values.map((value) => [constantCase(value), { value }] as const)
  return builder.enumType(name, {
    values: Object.fromEntries(entries) as Readonly<Record<string, { readonly value: Value }>>,
  })
}

function constantCase(word: string): string {
  return word.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()
}
