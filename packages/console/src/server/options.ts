import type { IncomingMessage } from 'node:http'
import type { Authenticator } from '@muster/core/ports'
import { assertOptions, basePath, type OptionRule, type OptionRules, option } from '@muster/core/support'
import type { Muster } from '@muster/host'

/** How a host's own session opens the page. */
export interface HostSignIn {
  /** The bearer token of whoever sends this request, by the host's own session; null: nobody is signed in. */
  readonly token: (request: IncomingMessage) => Promise<string | null>
  /** Where the page sends those who are not. */
  readonly loginUrl: string
}

/** How an issuer of OpenID Connect opens the page: authorization code with PKCE, on the server alone. */
export interface OidcSignIn {
  readonly oidc: {
    /** The issuer's name, where its `/.well-known/openid-configuration` lies: https, or http on this machine. */
    readonly issuer: string
    readonly clientId: string
    /** Of a client that has one. */
    readonly clientSecret?: string
    /** Default `openid`. The access token that comes of it must be one that `authenticator` takes. */
    readonly scope?: string
    /** More for the issuer to know, such as `{ audience: 'muster' }` or `{ resource: 'https://muster.example.org' }`. */
    readonly parameters?: Readonly<Record<string, string>>
    /** The address of `<prefix>/oidc/callback` as browsers have it, for proxies that hide it. Default: as the page says. */
    readonly redirectUri?: string
  }
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
  readonly signIn?: HostSignIn | OidcSignIn
  /** Seals the cookies of signing in, by which a reload needs no new code; the same for all processes. Default: random, so that a restart signs everybody out. */
  readonly secret?: string
  /**
   * Folders of pages that draw forms of these names in place of the page's own drawing, each in a frame that can reach nothing.
   * [How to write one](https://github.com/muster/muster/blob/main/docs/console.md#renderers-of-your-own).
   */
  readonly renderers?: Readonly<Record<string, string>>
  /** Origins whose images and sounds the page may load; default none. */
  readonly mediaOrigins?: readonly string[]
  /** Origins whose pages may show this one in a frame; default none. */
  readonly frameAncestors?: readonly string[]
  /** What the page calls itself. Default `Muster`. */
  readonly title?: string
}

const isOnThisMachine = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)

/** An address that a browser is sent to. */
function addressRule(rule: string, ends = ''): OptionRule {
  return {
    rule,
    holds: (value) => {
      if (typeof value !== 'string' || !URL.canParse(value)) return false
      const { protocol, hostname, username, password, search, hash, pathname } = new URL(value)
      const isSafe = protocol === 'https:' || (protocol === 'http:' && isOnThisMachine(hostname))
      return isSafe && username + password + search + hash === '' && pathname.endsWith(ends)
    },
  }
}

/** Names that `parameters` of a sign-in by an issuer may not have: the server says these itself (OpenID Connect Core 1.0, 3.1.2.1; RFC 7636). */
export const OIDC_OWN_PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
])

const HOST_RULES: OptionRules<HostSignIn> = {
  token: option.needed(option.callable),
  loginUrl: option.needed(option.text),
}
const OIDC_RULES: OptionRules<OidcSignIn> = {
  oidc: option.needed(
    option.group<OidcSignIn['oidc']>({
      issuer: option.needed(
        addressRule(
          'the https address of the issuer, such as https://login.example.org (http on this machine alone)',
        ),
      ),
      clientId: option.needed(option.text),
      clientSecret: option.text,
      scope: {
        rule: 'a text of scopes with openid among them, such as "openid profile"',
        holds: (value) => typeof value === 'string' && value.split(' ').includes('openid'),
      },
      parameters: {
        rule: 'an object of texts, of none that the server says itself',
        holds: (value) =>
          typeof value === 'object' &&
          value !== null &&
          Object.entries(value).every(
            ([name, text]) => typeof text === 'string' && !OIDC_OWN_PARAMETERS.has(name),
          ),
      },
      redirectUri: addressRule(
        'the https address of the callback, which ends with /oidc/callback (http on this machine alone)',
        '/oidc/callback',
      ),
    }),
  ),
}

const RULES: OptionRules<ConsoleOptions> &
  Readonly<Record<'logLevel' | 'logSerializers', typeof option.anything>> = {
  muster: option.needed(option.having('work')),
  authenticator: option.needed(option.having('authenticate')),
  prefix: option.anyText,
  api: option.anyText,
  socketPath: option.anyText,
  signIn: option.having(),
  secret: option.text,
  renderers: {
    rule: 'an object of folders, each by the name of a form',
    holds: (value) =>
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((folder) => typeof folder === 'string' && folder !== ''),
  },
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
  const { signIn } = options
  if (signIn !== undefined) {
    const inside = 'oidc' in signIn ? OIDC_RULES : HOST_RULES
    assertOptions(who, { signIn }, { signIn: { ...RULES.signIn, inside } })
  }
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
