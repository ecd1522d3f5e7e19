import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { MOST_BODY } from './answer.ts'
import { type Serve, servedConsole } from './console.ts'
import { type ConsoleOptions, checkedOptions } from './options.ts'

/** No part of what a host documents. */
const HIDDEN: object = { hide: true }

/**
 * The console as a Fastify plugin, below `prefix`. It lives in a scope of its own, so it adds no hook, no decorator and no header to what the host
 * serves.
 * @throws TypeError naming the option at fault
 */
export async function musterConsole(scope: FastifyInstance, options: ConsoleOptions): Promise<void> {
  const checked = checkedOptions('musterConsole', options)
  // Fastify has put a prefix that was given before every route already.
  const own = options.prefix === undefined ? checked.prefix : ''
  const prefix = scope.prefix + own
  const outer = prefix.slice(0, prefix.length - checked.prefix.length)
  const serve = servedConsole({
    ...checked,
    prefix,
    api: outer + checked.api,
    socketPath: outer + checked.socketPath,
  })
  const page = async (inner: FastifyInstance): Promise<void> => serveBelow(inner, prefix, serve)
  if (own === '') await page(scope)
  else await scope.register(page, { prefix: own })
}

async function serveBelow(scope: FastifyInstance, prefix: string, serve: Serve): Promise<void> {
  // Calls are read as text and judged by the page's own server, whatever parsers the host has.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MOST_BODY }, (_request, body, done) =>
    done(null, body),
  )

  const reply = async (request: FastifyRequest, response: FastifyReply): Promise<FastifyReply> => {
    const [path = '', ...query] = request.url.split('?')
    const answer = await serve({
      method: request.method,
      path: path.slice(prefix.length),
      query: query.join('?'),
      headers: request.headers,
      from: request.ip,
      request: request.raw,
      body: async () => (typeof request.body === 'string' ? request.body : ''),
    })
    return response
      .status(answer.status)
      .headers({ ...answer.headers })
      .send(answer.body ?? '')
  }
  const method = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
  // The first is both with and without a slash at its end.
  for (const url of ['/', '/*']) scope.route({ method: [...method], url, schema: HIDDEN, handler: reply })
}
