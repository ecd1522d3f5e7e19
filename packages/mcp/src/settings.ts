import { parseArgs } from 'node:util'
import { isLoopback } from './http.ts'

/** What `muster-mcp` is told by its arguments and the environment. */
export interface Settings {
  /** Of Muster. */
  readonly url: string
  readonly token?: string
  readonly write: boolean
  /** Where to serve by HTTP; without it, standard input and output are used. */
  readonly http?: { readonly port: number; readonly host: string; readonly allowedHosts: readonly string[] }
}

/** The command was called in a way that it cannot be. */
export class UsageError extends Error {}

export const HELP = `muster-mcp: tools of Muster for assistants (Model Context Protocol)

  --write              with tools that change something; without it they only read
  --http PORT          serve by streamable HTTP at /mcp, not by standard input and output
  --host HOST          of --http: where to listen; 127.0.0.1 unless said
  --allow-host NAME    of --http: a name by which callers reach it; may be given again
  --server URL         the server of Muster, in place of MUSTER_URL
  --help               this

Environment: MUSTER_URL, the server; MUSTER_TOKEN, the token to call it with. By HTTP, a caller's own
bearer token goes before MUSTER_TOKEN.
`

/** null: help is asked for. @throws UsageError */
export function settingsOf(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Settings | null {
  const { values } = parsed(args)
  if (values.help === true) return null
  const { write = false, host, server } = values
  const allowedHosts = values['allow-host'] ?? []
  const token = env['MUSTER_TOKEN'] ?? ''
  if (token !== '' && !/^[\x21-\x7E]+$/.test(token))
    throw new UsageError('The token cannot be sent: MUSTER_TOKEN holds a character that no token has')
  const url = addressOf(server ?? env['MUSTER_URL'] ?? '')
  const given = { url, write, ...(token !== '' && { token }) }
  if (values.http === undefined) {
    if (host !== undefined || allowedHosts.length > 0)
      throw new UsageError('--host and --allow-host are of --http')
    if (token === '') throw new UsageError('No token is given: set MUSTER_TOKEN')
    return given
  }
  const http = { port: portOf(values.http), host: host ?? '127.0.0.1', allowedHosts }
  if (isLoopback(http.host)) return { ...given, http }
  if (token !== '')
    throw new UsageError(
      `MUSTER_TOKEN would be lent to all who reach ${http.host}: unset it, and each caller brings their own`,
    )
  if (allowedHosts.length === 0)
    throw new UsageError(`By which names ${http.host} is reached is not said: give --allow-host`)
  return { ...given, http }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        write: { type: 'boolean' },
        http: { type: 'string' },
        host: { type: 'string' },
        'allow-host': { type: 'string', multiple: true },
        server: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message)
    throw error
  }
}

function addressOf(address: string): string {
  if (address === '') throw new UsageError('No server is named: set MUSTER_URL, or give --server')
  if (!URL.canParse(address)) throw new UsageError("The server's address is none")
  const { protocol, username, password } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new UsageError("The server's address must begin with http:// or https://")
  if (username !== '' || password !== '')
    throw new UsageError("The server's address must hold no name and no password: set MUSTER_TOKEN")
  return address.replace(/\/+$/, '')
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new UsageError(`--http must be a port from 0 to 65535, not ${text}`)
}
