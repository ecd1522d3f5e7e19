import { ValidationError } from '@muster/core'
import { lostNumber, parseJson, survives } from '@muster/core/support'
import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql'
import type { Plugin } from 'graphql-yoga'

/** Refuses requests with a number that would become another, by its path: `variables.payload.id`. */
export function exactNumbers(): Plugin {
  return {
    onRequestParse({ request, requestParser, setRequestParser }) {
      if (requestParser === undefined) return
      setRequestParser(async (asked) => {
        if (request.method === 'GET') {
          const variables = new URL(request.url).searchParams.get('variables')
          if (variables !== null) assertExact(variables, ['variables'])
          return requestParser(asked)
        }
        const text = await asked.text()
        assertExact(text, [])
        return requestParser(
          new Request(asked.url, { method: asked.method, headers: asked.headers, body: text }),
        )
      })
    },
  }
}

function assertExact(text: string, at: readonly PropertyKey[]): void {
  try {
    parseJson(text, at)
  } catch (error) {
    // Whoever reads it for good says why it is no JSON.
    if (!(error instanceof ValidationError)) return
    const { message, issues } = error
    throw new GraphQLError(message, {
      extensions: { code: 'validation_failed', errors: issues, http: { status: 400 } },
    })
  }
}

/** The JSON that a literal in a document stands for. @throws GraphQLError at a number that would become another */
export function literalJson(node: ValueNode, variables?: Readonly<Record<string, unknown>> | null): unknown {
  if (node.kind === Kind.LIST) return node.values.map((item) => literalJson(item, variables))
  if (node.kind === Kind.OBJECT) {
    return Object.fromEntries(
      node.fields.map(({ name, value }) => [name.value, literalJson(value, variables)]),
    )
  }
  if (node.kind !== Kind.INT && node.kind !== Kind.FLOAT) return valueFromASTUntyped(node, variables)
  if (!survives(node.value)) throw new GraphQLError(`A number ${lostNumber(node.value)}`, { nodes: node })
  return Number(node.value)
}
