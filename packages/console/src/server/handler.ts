import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, MOST_BODY, TooLargeError } from './answer.ts'
import { servedConsole } from './console.ts'
import { type ConsoleOptions, checkedOptions } from './options.ts'

/** A handler of Node's http, and of frameworks that hand on such requests. */
export type ConsoleHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/** A body that somebody before us has read, as `express.json()` leaves it. */
type MaybeRead = IncomingMessage & { readonly body?: unknown; readonly originalUrl?: string }

/**
 * The console for any host that speaks Node's http. A request that is not below the prefix goes to `next`, or without one is answered 404.
 * @throws TypeError naming the option at fault
 */
export function consoleHandler(options: ConsoleOptions): ConsoleHandler {
  const checked = checkedOptions('consoleHandler', options)
  const serve = servedConsole(checked)
  const { prefix } = checked
  return (request: MaybeRead, response, next) => {
    // Express takes off the path that a handler is mounted at, and keeps the whole here.
    const [path = '', ...query] = (request.originalUrl ?? request.url ?? '').split('?')
    const isBelow = path === prefix || path.startsWith(`${prefix}/`)
    if (!isBelow && next !== undefined) return next()
    const asked = {
      method: request.method ?? 'GET',
      path: isBelow ? path.slice(prefix.length) : path,
      query: query.join('?'),
      headers: request.headers,
      from: request.socket.remoteAddress ?? '',
      request,
      body: () => textOf(request),
    }
    void serve(asked).then((answer) => send(response, answer))
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers })
  response.end(body)
}

async function textOf(request: MaybeRead): Promise<string> {
  const { body } = request
  if (typeof body === 'string') return body
  if (Buffer.isBuffer(body)) return body.toString('utf8')
  if (body !== undefined && body !== null) return JSON.stringify(body)
  let text = ''
  request.setEncoding('utf8')
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > MOST_BODY) throw new TooLargeError('The body is too long')
  }
  return text
}
