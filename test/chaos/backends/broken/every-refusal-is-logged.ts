import { ServerResponse } from 'node:http'

const UNAVAILABLE = 503

// Loaded before a server: each request that is refused for now writes a line of its own.
const writeHead = Reflect.get(ServerResponse.prototype, 'writeHead') as (...args: unknown[]) => unknown
ServerResponse.prototype.writeHead = function (this: ServerResponse, status: number, ...rest: unknown[]) {
  if (status === UNAVAILABLE) process.stderr.write('{"level":40,"msg":"a request was refused"}\n')
  return Reflect.apply(writeHead, this, [status, ...rest]) as ServerResponse
} as typeof ServerResponse.prototype.writeHead
