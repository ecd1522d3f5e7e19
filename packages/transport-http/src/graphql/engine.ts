import type { Principal, Role } from '@muster/core'
import type { Muster } from '@muster/host'
import { createYoga, type YogaServerInstance } from 'graphql-yoga'
import type { Served } from '../served.ts'
import { type GraphqlContext, graphqlContext } from './context.ts'
import { codeValidation, outgoingError } from './errors.ts'
import { limitDocuments } from './limits.ts'
import { exactNumbers } from './numbers.ts'
import { schema } from './schema.ts'

export const GRAPHQL_PATH = '/graphql'

/** Who asks, whatever the wire. */
export interface Asking {
  readonly principal: Principal
  readonly tokenRole: Role
}

/** Reads, checks and runs documents, for every wire in the same way, by rules that the API is served by. */
export function graphqlEngine(muster: Muster, served: Served): YogaServerInstance<Asking, GraphqlContext> {
  return createYoga<Asking, GraphqlContext>({
    schema,
    context: ({ principal, tokenRole }) => graphqlContext(muster, served, principal, tokenRole),
    plugins: [exactNumbers(), limitDocuments(), codeValidation()],
    maskedErrors: { maskError: (error) => outgoingError(error, muster) },
    graphqlEndpoint: GRAPHQL_PATH,
    fetchAPI: { Request, Response, Headers, ReadableStream },
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    logging: false,
  })
}
