import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import type { UserId } from '@muster/core'
import type { Muster } from '@muster/host'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { shouldRenderGraphiQL } from 'graphql-yoga'
import { bearerOf, principalOf } from '../access/authentication.ts'
import { refusal } from '../requests/problem.ts'
import type { Served } from '../served.ts'
import { GRAPHQL_PATH, graphqlEngine } from './engine.ts'

const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A page to try things on, for whoever opens the address in a browser: it comes before anybody is asked for a token. */
export function serveGraphiql(app: FastifyInstance, render: () => Promise<string>): void {
  let page: Promise<string> | undefined
  app.addHook('onRequest', async ({ method, headers }, reply) => {
    const asked = { method, headers: new Headers({ accept: headers.accept ?? '' }) } as unknown as Request
    if (!shouldRenderGraphiQL(asked)) return undefined
    page ??= render()
    return reply.type('text/html; charset=utf-8').send(await page)
  })
}

/** GraphQL over HTTP (the specification of that name) at the root of `app`; one document a request, and subscriptions as server-sent events until the token lapses. */
export function graphqlRoutes(
  app: FastifyInstance,
  muster: Muster,
  served: Served,
  streamsPerPerson: number,
): void {
  const engine = graphqlEngine(muster, served)
  const streams = new Map<UserId, number>()
  const enter = (userId: UserId, gone: AbortSignal): void => {
    const count = streams.get(userId) ?? 0
    if (count >= streamsPerPerson) throw refusal(429, `At most ${streamsPerPerson} subscriptions a person`)
    streams.set(userId, count + 1)
    gone.addEventListener('abort', () => {
      const left = (streams.get(userId) ?? 1) - 1
      if (left === 0) streams.delete(userId)
      else streams.set(userId, left)
    })
  }
  const open = new Set<AbortController>()
  // A subscription has no end of its own: a server that closes would wait for it.
  app.addHook('preClose', async () => {
    for (const answering of open) answering.abort()
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
      open.add(gone)
      const { tokenRole, expiresAt } = bearerOf(request)
      const left = Math.min(expiresAt.getTime() - Date.now(), LONGEST_TIMER_MS)
      const lapse = setTimeout(() => gone.abort(), left).unref()
      reply.raw.once('close', () => {
        clearTimeout(lapse)
        open.delete(gone)
        gone.abort()
      })
      const asking = { principal: principalOf(request), tokenRole }
      const answer = await engine.fetch(fetchRequest(request, gone.signal), asking)
      if (isStream(answer)) {
        try {
          enter(asking.principal.userId, gone.signal)
        } catch (error) {
          gone.abort()
          await answer.body?.cancel()
          throw error
        }
      }
      return send(reply, answer, gone.signal)
    },
  })
}

function fetchRequest(request: FastifyRequest, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const name of ['accept', 'content-type', 'last-event-id']) {
    const value = request.headers[name]
    if (value !== undefined) headers.set(name, String(value))
  }
  // Host and path are of no matter to the engine, wherever this is served.
  const [, query = ''] = request.url.split(/(?=\?)/, 2)
  return new Request(`http://localhost${GRAPHQL_PATH}${query}`, {
    method: request.method,
    headers,
    signal,
    ...(request.body === undefined ? {} : { body: request.body as Buffer<ArrayBuffer> }),
  })
}

function isStream({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/event-stream') === true
}

async function send(reply: FastifyReply, answer: Response, gone: AbortSignal): Promise<FastifyReply> {
  void reply.status(answer.status)
  for (const [name, value] of answer.headers) void reply.header(name, value)
  if (isStream(answer) && answer.body !== null) {
    const events = Readable.fromWeb(answer.body as ReadableStream)
    gone.addEventListener('abort', () => events.destroy())
    return reply.send(events)
  }
  return reply.send(await answer.text())
}
