import { ServerResponse } from 'node:http'

// Loaded before a server: it is ready whatever its backends say.
const writeHead = Reflect.get(ServerResponse.prototype, 'writeHead') as (...args: unknown[]) => unknown
ServerResponse.prototype.writeHead = function (this: ServerResponse, status: number, ...rest: unknown[]) {
  const told = this.req.url === '/readyz' ? 200 : status
  return Reflect.apply(writeHead, this, [told, ...rest]) as ServerResponse
} as typeof ServerResponse.prototype.writeHead
