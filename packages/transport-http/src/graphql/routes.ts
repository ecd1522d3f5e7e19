import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { Muster, Principal } from '@muster/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createYoga, renderGraphiQL, shouldRenderGraphiQL } from 'graphql-yoga'
import { principalOf } from '../authentication.ts'
import { type GraphqlContext, graphqlContext } from './context.ts'
import { codeValidation, outgoingError } from './errors.ts'
import { limitDocuments } from './limits.ts'
import { schema } from './schema.ts'

export const GRAPHQL_PATH = '/graphql'

/** A page to try things on: it comes before anybody is asked for a token, and its scripts from where their makers publish them. */
export function serveGraphiql(app: FastifyInstance): void {
  const page = renderGraphiQL({
    title: 'Muster',
    headers: JSON.stringify({ Authorization: 'Bearer ' }),
    defaultQuery: '{ myQueue { edges { node { assignmentId projectName status } } } }',
  })
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    const asked = { method, headers: new Headers({ accept: headers.accept ?? '' }) } as unknown as Request
    return shouldRenderGraphiQL(asked) ? reply.type('text/html; charset=utf-8').send(page) : undefined
  })
}

/** GraphQL over HTTP (the specification of that name) at the root of `app`, which lies at {@link GRAPHQL_PATH}; one document a request. */
export function graphqlRoutes(app: FastifyInstance, muster: Muster): void {
  const yoga = createYoga<{ principal: Principal }, GraphqlContext>({
    schema,
    context: ({ principal }) => graphqlContext(muster, principal),
    plugins: [limitDocuments(), codeValidation()],
    maskedErrors: { maskError: (error) => outgoingError(error, muster.logger) },
    graphqlEndpoint: GRAPHQL_PATH,
    fetchAPI: { Request, Response, Headers, ReadableStream: globalThis.ReadableStream },
    cors: false,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    logging: false,
  })

  // Read within the limit here, and understood there.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.route({
    method: ['GET', 'POST'],
    url: '/',
    prefixTrailingSlash: 'no-slash',
    exposeHeadRoute: false,
    schema: { hide: true },
    handler: async (request, reply) => {
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const answer = await yoga.fetch(fetchRequest(request, gone.signal), { principal: principalOf(request) })
      return send(reply, answer)
    },
  })
}

function fetchRequest(request: FastifyRequest, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const name of ['accept', 'content-type', 'last-event-id']) {
    const value = request.headers[name]
    if (value !== undefined) headers.set(name, String(value))
  }
  // The host is of no matter: what the request is about stands in path and query.
  return new Request(new URL(request.url, 'http://localhost'), {
    method: request.method,
    headers,
    signal,
    ...(request.body === undefined ? {} : { body: request.body as Buffer<ArrayBuffer> }),
  })
}

async function send(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  void reply.status(answer.status)
  for (const [name, value] of answer.headers) void reply.header(name, value)
  if (answer.headers.get('content-type')?.startsWith('text/event-stream') && answer.body !== null)
    return reply.send(Readable.fromWeb(answer.body as ReadableStream))
  return reply.send(await answer.text())
}
