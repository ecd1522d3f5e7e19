import { createMusterClient, type MusterClient, type MusterError } from '@muster/client'
import { EXIT, UsageError } from './command-error.ts'

/** Where commands find the server and their token, unless an option names another server. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A server that commands call. */
export interface Connection {
  /** Its address, without a slash at the end. */
  readonly url: string
  readonly muster: MusterClient
}

/** @throws UsageError if no address or token is given, or the address is none */
export function connect(env: Environment, { server }: { readonly server?: string }): Connection {
  const address = server ?? env['MUSTER_URL'] ?? ''
  if (address === '') throw new UsageError('No server is named: set MUSTER_URL, or give --server')
  if (!URL.canParse(address)) throw new UsageError(`The server's address is none: ${address}`)
  const { protocol, username, password } = new URL(address)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new UsageError(`The server's address must begin with http:// or https://: ${address}`)
  if (username !== '' || password !== '')
    throw new UsageError("The server's address must hold no name and no password: set MUSTER_TOKEN")
  const token = env['MUSTER_TOKEN'] ?? ''
  if (token === '') throw new UsageError('No token is given: set MUSTER_TOKEN')
  if (!maySend(token))
    throw new UsageError('The token cannot be sent: MUSTER_TOKEN holds a character that no header may hold')
  const url = address.replace(/\/+$/, '')
  return { url, muster: createMusterClient({ url, token }) }
}

/** What is said of a server that answers well, but with a page or JSON of its own. */
export const NO_MUSTER = "This is no Muster server: it answers with what is none of Muster's"

/** Asked before anything is sent: the error of sending it would tell the token. */
function maySend(token: string): boolean {
  try {
    new Headers().set('authorization', `Bearer ${token}`)
    return true
  } catch {
    return false
  }
}

/** What is said of a refusal: each fault by its place, else why. */
export function wordsOf({ message, issues, code, status }: MusterError): string {
  if (code === 'no_problem')
    return isAway(status)
      ? `The server is away: what answers in its place says ${status}`
      : `This is no Muster server: it answers ${status} with what is none of Muster's`
  return issues.length > 0 ? issues.map((issue) => `${issue.path} ${issue.message}`).join('\n') : message
}

/** Of answers that are none of Muster's, those of what stands before a server, such as a load balancer. */
function isAway(status: number | null): boolean {
  return status === 429 || (status !== null && status >= 500)
}

/** The exit code by the status of the answer; 69 where there was none, or none of Muster's. */
export function exitCodeOf({ status, code }: MusterError): number {
  if (code === 'no_problem') return EXIT.away
  if (status === 401 || status === 403) return EXIT.notAllowed
  if (status === 404) return EXIT.notFound
  if (status === 409 || status === 412) return EXIT.conflict
  const isRefused = status !== null && status >= 400 && status < 500 && status !== 429
  return isRefused ? EXIT.usage : EXIT.away
}
