import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { createMusterClient } from '@muster/client'
import { assertOptions } from './options.ts'
import { createMcpServer, type McpServerOptions } from './server.ts'

/** Where the tools are served, of which Muster, and for whom. */
export interface McpHttpOptions extends Omit<McpServerOptions, 'muster'> {
  /** Of Muster, such as `https://muster.example.com`. */
  readonly url: string
  /** Used for callers that bring no token of their own; without it they get 401. Only where `host` is this machine's own. */
  readonly token?: string
  /** 0: any that is free. */
  readonly port: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** The names by which callers may reach it, such as `mcp.example.com`; those of this machine to itself are always among them. */
  readonly allowedHosts?: readonly string[]
}

/** What {@link serveMcp} has opened. */
export interface McpHttp {
  /** Where clients connect to, such as `http://127.0.0.1:4000/mcp`. */
  readonly url: string
  close(): Promise<void>
}

const OPTIONS = [
  'url',
  'token',
  'port',
  'host',
  'allowedHosts',
  'write',
  'log',
] as const satisfies readonly (keyof McpHttpOptions)[]

/** The one path that is served. */
const PATH = '/mcp'
/** One token, of characters that a header can hold. */
const BEARER = /^bearer +([\x21-\x7E]+)$/i
/** Names of a machine to itself. */
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]']

/**
 * Serves the tools by streamable HTTP at `/mcp`, without sessions: each call is made with the bearer token that it brings. Requests whose `Host` or `Origin` is
 * none of the allowed names are refused, so that no page in a browser reaches it by a name of its own (DNS rebinding).
 * @throws TypeError for an unknown option, or if a token would be lent to other machines; Error if it cannot listen there
 */
export async function serveMcp(options: McpHttpOptions): Promise<McpHttp> {
  assertOptions('serveMcp', options, OPTIONS)
  const { host = '127.0.0.1', port, token, allowedHosts = [] } = options
  if (token !== undefined && !isLoopback(host))
    throw new TypeError(
      `token: would be lent to all who reach ${host}; leave it out, and each caller brings their own`,
    )
  const names = new Set([...LOOPBACK, ...allowedHosts])
  const http = createServer((request, response) => {
    answer(request, response, options, names).catch((error: unknown) => {
      options.log(error)
      if (response.headersSent) response.destroy()
      else refuse(response, 500, 'The MCP server has failed; its log says why')
    })
  })
  await listening(http, port, host)
  const { port: bound } = http.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}${PATH}`,
    close: () => closed(http),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { url, token: shared, write, log }: McpHttpOptions,
  names: ReadonlySet<string>,
): Promise<void> {
  const { host, origin, authorization } = request.headers
  if (!isNamed(`http://${host}`, names))
    return refuse(response, 403, 'The Host is none that this server goes by')
  if (origin !== undefined && !isNamed(origin, names))
    return refuse(response, 403, 'The Origin is none that may call this server')
  if (request.url?.split('?', 1)[0] !== PATH) return refuse(response, 404, `Tools are served at ${PATH}`)
  if (request.method !== 'POST')
    return refuse(response, 405, 'There are no sessions: each message is a POST', { allow: 'POST' })
  // The shared one is lent to callers that bring nothing: what is brought and does not hold is no such.
  const token = authorization === undefined ? shared : BEARER.exec(authorization)?.[1]
  if (token === undefined)
    return refuse(response, 401, 'Send a token of Muster as Authorization: Bearer', {
      'www-authenticate': 'Bearer',
    })
  const muster = createMusterClient({ url, token })
  const mcp = createMcpServer({ muster, log, ...(write !== undefined && { write }) })
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
  response.on('close', () => void mcp.close())
  // The SDK's types say of members that may be left out that they may be undefined, and not of all.
  await mcp.connect(transport as Transport)
  await transport.handleRequest(request, response)
}

/** Whether the address has one of the names, at any port. */
function isNamed(address: string, names: ReadonlySet<string>): boolean {
  return URL.canParse(address) && names.has(new URL(address).hostname)
}

/** Whether a server that listens there is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** As JSON-RPC says no to what is no call of it. */
function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }))
}

/** It cannot be listened at the address; the cause says more. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there',
  EACCES: 'this user may not',
  EADDRNOTAVAIL: 'it is no address of this machine',
  ENOTFOUND: 'there is no such host',
}

function listening(http: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => {
      const why = WHY_NOT[cause.code ?? ''] ?? cause.code ?? cause.message
      reject(new ListenError(`Cannot listen at port ${port} of ${host}: ${why}`, { cause }))
    })
    http.listen(port, host, resolve)
  })
}

function closed(http: Server): Promise<void> {
  return new Promise((resolve) => {
    http.close(() => resolve())
    http.closeIdleConnections()
  })
}
