import type { IncomingMessage } from 'node:http'
import type { Authenticator } from '@muster/core/ports'
import { assertOptions, basePath, type OptionRules, option } from '@muster/core/support'
import type { Muster } from '@muster/host'

/** How a host's own session opens the page. */
export interface HostSignIn {
  /** The bearer token of whoever sends this request, by the host's own session; null: nobody is signed in. */
  readonly token: (request: IncomingMessage) => Promise<string | null>
  /** Where the page sends those who are not. */
  readonly loginUrl: string
}

/** What the page is served for, and how. */
export interface ConsoleOptions {
  readonly muster: Muster
  /** Reads the bearer tokens that the page works with. */
  readonly authenticator: Authenticator
  /** What the page lies below. Default `/console`. */
  readonly prefix?: string
  /** Where the REST routes lie, seen from where the prefix begins. Default `/api/v1`. */
  readonly api?: string
  /** Where socket.io lies, likewise. Default `/socket.io`. */
  readonly socketPath?: string
  /** Default: by links that work once, which `consoleCode` makes and `POST <prefix>/link` answers to a bearer token. */
  readonly signIn?: HostSignIn
  /** Seals the cookie by which a reload needs no new code; the same for all processes. Default: random, so that a restart signs everybody out. */
  readonly secret?: string
  /** Origins whose images and sounds the page may load; default none. */
  readonly mediaOrigins?: readonly string[]
  /** Origins whose pages may show this one in a frame; default none. */
  readonly frameAncestors?: readonly string[]
  /** What the page calls itself. Default `Muster`. */
  readonly title?: string
}

const RULES: OptionRules<ConsoleOptions> &
  Readonly<Record<'logLevel' | 'logSerializers', typeof option.anything>> = {
  muster: option.needed(option.having('work')),
  authenticator: option.needed(option.having('authenticate')),
  prefix: option.anyText,
  api: option.anyText,
  socketPath: option.anyText,
  signIn: option.group<HostSignIn>({
    token: option.needed(option.callable),
    loginUrl: option.needed(option.text),
  }),
  secret: option.text,
  mediaOrigins: option.origins,
  frameAncestors: option.origins,
  title: option.text,
  // Of Fastify, which hands what is given to `register` on to the plugin.
  logLevel: option.anything,
  logSerializers: option.anything,
}

/** The options with every path checked. @throws TypeError naming the option at fault */
export function checkedOptions(who: string, options: ConsoleOptions): ConsoleOptions & Required<Paths> {
  assertOptions(who, options, RULES)
  return {
    ...options,
    prefix: basePath(options.prefix ?? '/console', 'prefix'),
    api: basePath(options.api ?? '/api/v1', 'api'),
    socketPath: basePath(options.socketPath ?? '/socket.io', 'socketPath'),
  }
}

type Paths = Pick<ConsoleOptions, 'prefix' | 'api' | 'socketPath'>

/** The address of `target` from a page at `<prefix>/`: it holds behind any proxy that moves both. */
export function relativeTo(prefix: string, target: string): string {
  const from = prefix.split('/').slice(1)
  const to = target.split('/').slice(1)
  let shared = 0
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared += 1
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/') || '.'
}
