import { MusterError, UnauthorizedError } from '@muster/core'
import type { TicketHolder } from '@muster/core/calls'
import { MOST_SUBSCRIPTIONS } from '@muster/core/feed'
import type { Logger } from '@muster/core/ports'
import { assertOptions, option } from '@muster/core/support'
import type { Muster } from '@muster/host'
import { type ExecutionArgs, GraphQLError, getOperationAST, type OperationDefinitionNode } from 'graphql'
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, type SubscribePayload } from 'graphql-ws'
import { GRAPHQL_PATH, graphqlEngine } from './engine.ts'
import { outgoingError } from './errors.ts'

/** What a WebSocket has to offer whoever speaks a protocol over it. */
export interface GraphqlConnection {
  /** The subprotocol that was agreed on; empty: none. */
  readonly protocol: string
  /**
   * Who it is, and lets them in: as the upgrade said, or else by this token. Ends the connection when the token does.
   * @throws UnauthorizedError; another error where they have too many connections
   */
  admit(token: string | undefined): Promise<TicketHolder>
  /** Resolves when it was written, so that whoever reads slowly is not run over. */
  send(text: string): Promise<void>
  close(code: number, reason: string): void
  onMessage(hear: (text: string) => Promise<void>): void
}

/** GraphQL subscriptions for the router of a server's upgrades: `attachMusterWs` takes it among its `endpoints`. */
export interface GraphqlOverWs {
  readonly path: string
  readonly protocol: string
  /** Serves the connection. What it gives is to be called when that has ended. */
  open(connection: GraphqlConnection): (code: number, reason: string) => Promise<void>
}

/** Close codes: nobody to be known, as the protocol has it; a token that holds no more, as Muster's other wires have it; and try again later. */
const UNAUTHORIZED = 4401
const NO_LONGER = 4001
const LATER = 1013

interface Extra {
  readonly connection: GraphqlConnection
  caller?: TicketHolder
}

interface Runner {
  subscribe(args: ExecutionArgs): ReturnType<NonNullable<Parameters<typeof makeServer>[0]['subscribe']>>
}

const BEARER = /^Bearer +/i

/**
 * Subscriptions in the protocol `graphql-transport-ws` (of the library graphql-ws), with the documents, rights and limits of `/graphql`.
 * `connection_init` carries the token as `{ "authorization": "Bearer <jwt>" }`, unless the upgrade named the caller. Queries and
 * mutations are for HTTP, where they are counted.
 */
export function graphqlOverWs(options: { readonly muster: Muster }): GraphqlOverWs {
  assertOptions('graphqlOverWs', options, { muster: option.needed(option.having('work')) })
  const { muster } = options
  // Subscriptions tell nothing of the rules by which the routes are served.
  const engine = graphqlEngine(muster, {})

  const argsOf = async (extra: Extra, params: SubscribePayload): Promise<ExecutionArgs> => {
    if (extra.caller === undefined) throw new UnauthorizedError('A token is needed')
    const { userId, tokenRole } = extra.caller
    const principal = await muster.people.principalOf(userId, tokenRole)
    const request = new Request(`http://localhost${GRAPHQL_PATH}`)
    const enveloped = engine.getEnveloped({ principal, tokenRole, params, request })
    const { schema, parse, validate, contextFactory, subscribe } = enveloped
    const document = parse(params.query)
    const [error] = validate(schema, document)
    if (error) throw error
    refuseAllButSubscriptions(getOperationAST(document, params.operationName))
    const runner: Runner = { subscribe }
    return {
      schema,
      document,
      operationName: params.operationName,
      variableValues: params.variables,
      contextValue: await contextFactory(),
      rootValue: runner,
    }
  }

  const server = makeServer<Record<string, unknown> | undefined, Extra>({
    async onConnect({ connectionParams, extra }) {
      const said = connectionParams?.['authorization'] ?? connectionParams?.['Authorization']
      const token = typeof said === 'string' ? said.replace(BEARER, '') : undefined
      try {
        extra.caller = await extra.connection.admit(token)
        return true
      } catch (error) {
        refuse(extra.connection, error, muster.logger)
        return false
      }
    },
    async onSubscribe({ extra, subscriptions }, _id, params) {
      if (Object.keys(subscriptions).length > MOST_SUBSCRIPTIONS) return [tooMany()]
      try {
        return await argsOf(extra, params)
      } catch (error) {
        const told = outgoingError(error, muster)
        endWithRight(extra.connection, [told])
        return [told]
      }
    },
    onNext({ extra }, _id, _params, _args, { errors = [] }) {
      endWithRight(extra.connection, errors)
    },
    subscribe: ({ rootValue, ...args }) => (rootValue as Runner).subscribe(args),
  })
  return {
    path: GRAPHQL_PATH,
    protocol: GRAPHQL_TRANSPORT_WS_PROTOCOL,
    open: (connection) => server.opened(connection, { connection }),
  }
}

function refuse(connection: GraphqlConnection, error: unknown, logger: Logger): void {
  if (error instanceof UnauthorizedError) {
    connection.close(UNAUTHORIZED, error.message)
    return
  }
  logger.debug({ err: error }, 'A connection was refused')
  connection.close(LATER, error instanceof MusterError ? error.code : 'rate_limited')
}

/** Who may not be known any more, as a suspended user, is told so and then let go. */
function endWithRight(connection: GraphqlConnection, errors: readonly GraphQLError[]): void {
  if (!errors.some(({ extensions }) => extensions['code'] === 'unauthorized')) return
  setImmediate(() => connection.close(NO_LONGER, 'unauthorized'))
}

function refuseAllButSubscriptions(operation: OperationDefinitionNode | null | undefined): void {
  if (operation?.operation === 'subscription') return
  throw new GraphQLError(
    operation == null
      ? 'operationName must name one of the operations of the document'
      : `Only subscriptions are served here: send a ${operation.operation} to ${GRAPHQL_PATH} over HTTP`,
  )
}

function tooMany(): GraphQLError {
  return new GraphQLError(`A connection has at most ${MOST_SUBSCRIPTIONS} subscriptions open`, {
    extensions: { code: 'rate_limited' },
  })
}
