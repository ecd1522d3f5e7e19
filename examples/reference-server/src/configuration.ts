import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import { OIDC_OWN_PARAMETERS, type OidcSignIn } from '@muster/console'
import type { Role } from '@muster/core'
import { basePath, nearestName } from '@muster/core/support'
import { isNetwork } from '@muster/webhooks'
import { z } from 'zod'

/** What a process of the server can be; any number of processes may share each. */
type ServerRole = 'api' | 'worker' | 'scheduler'

/** What proves who is calling. */
type Trust =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'jwks'; readonly jwksUrl: string }
  /** A secret made here and kept in the data directory; loopback only. */
  | { readonly kind: 'development' }

/** What tokens are held to beside their signature, and which of their claims count. */
export interface TokenRules {
  /** Whom tokens must be for, and who must have issued them; false: not checked. */
  readonly audience: readonly string[] | false
  readonly issuer: readonly string[] | false
  readonly userClaim: string
  readonly roleClaim: string
  /** What roles of the issuer mean here; undefined: our own names. */
  readonly roles: Readonly<Record<string, Role>> | undefined
}

/** How one process of the reference server was asked to run. {@link readConfiguration} makes it from the environment. */
export interface Configuration {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  /** Nobody but this machine can reach `host`. */
  readonly loopback: boolean
  readonly storage:
    | {
        readonly kind: 'postgres'
        readonly connectionString: string
        /** Not behind a pooler that gives a session to others in between. */
        readonly preparedStatements: boolean
        /** Connections that this process opens at most; undefined: the adapter's default. */
        readonly connections?: number | undefined
      }
    | { readonly kind: 'pglite'; readonly directory: string }
  /** What processes share jobs, hints and presence through; undefined: this process alone. */
  readonly redisUrl: string | undefined
  readonly roles: ReadonlySet<ServerRole>
  readonly trust: Trust
  readonly tokens: TokenRules
  readonly demo: boolean
  /** Jobs a second at most in the runs of the demo; null: as fast as they go. */
  readonly demoPace: number | null
  /** Jobs at once, for types that say nothing of their own; undefined: Muster's default. */
  readonly workerConcurrency: number | undefined
  readonly shutdownSeconds: number
  /** How long the server still serves once it says that it is not ready. */
  readonly drainSeconds: number
  /** What everything lies below; empty: nothing. */
  readonly base: string
  readonly corsOrigins: readonly string[]
  /** What seals the session of the console; undefined: the key that tokens are signed with, or one of this process alone. */
  readonly consoleSecret: string | undefined
  /** Origins whose images and sounds the console may load. */
  readonly mediaOrigins: readonly string[]
  /** The issuer by which people sign in to the console; undefined: by links. */
  readonly oidc: OidcSignIn['oidc'] | undefined
  /** Per principal; 0: none. */
  readonly requestsPerMinute: number
  readonly keepEventsHours: number
  readonly holdEventsHours: number
  /** Where exports are written; undefined: nowhere. */
  readonly exportsFolder: string | undefined
  /** Networks inside that webhooks may go to. */
  readonly webhookAllow: readonly string[]
  readonly keepDraftsDays: number
  /** Jobs are told of to OpenTelemetry, whose SDK somebody else loads. */
  readonly tracing: boolean
  readonly logLevel: string
}

/** The environment asks for what cannot be. Each problem names the variable, the rule and what to do. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  readonly misconfigured = true
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

const ROLES = ['api', 'worker', 'scheduler'] as const satisfies readonly ServerRole[]
const TOKEN_ROLES = ['admin', 'manager', 'annotator'] as const satisfies readonly Role[]
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
/** HS256 wants a key as long as its hash (RFC 7518, 3.2). */
const SECRET_LENGTH = 32

/** As long as load balancers take to notice, where nothing is said. On this machine alone there is none, and nobody waits after Ctrl-C. */
const DRAIN_SECONDS = 5

/** The text of a variable as a number within bounds. */
function numeric(rule: string, holds: (value: number) => boolean): z.ZodType<number, string> {
  return z
    .string()
    .refine((text) => /^\d+(\.\d+)?$/.test(text) && holds(Number(text)), `must be ${rule}`)
    .transform(Number)
}

function integer(min: number, max: number): z.ZodType<number, string> {
  return numeric(
    `an integer from ${min} to ${max}`,
    (value) => Number.isInteger(value) && value >= min && value <= max,
  )
}

function url(protocols: readonly string[], example: string): z.ZodType<string, string> {
  const isOne = (text: string): boolean => URL.canParse(text) && protocols.includes(new URL(text).protocol)
  // The value is not repeated: it may hold a password.
  return z
    .string()
    .refine(
      isOne,
      `must be a URL such as ${example}, with special characters of a password encoded (# as %23)`,
    )
}

const path = z.string().transform((text, context) => {
  try {
    return basePath(text)
  } catch {
    context.addIssue('must be a path that begins with a slash, such as /muster')
    return z.NEVER
  }
})

/** The parts of a comma list, without blanks. */
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
)

const roles = list.pipe(
  z
    .array(z.enum(ROLES, `must be a comma list of ${ROLES.join(', ')}, such as api,worker`))
    .min(1, `must name at least one of ${ROLES.join(', ')}, or be left out for all`)
    .transform((named) => new Set<ServerRole>(named)),
)

const networks = list.pipe(
  z.array(
    z.string().refine(isNetwork, {
      error: ({ input }) =>
        `has "${String(input)}", which is no network: write 10.1.0.0/16, fd00::/8 or an address`,
    }),
  ),
)
const origins = list.pipe(
  z.array(
    z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text && !text.includes('*'), {
      error: ({ input }) =>
        `has ${String(input)}, which is no origin: write scheme, host and port alone, such as https://app.example.org, and each by its name`,
    }),
  ),
)

/** `name=role` pairs. */
const tokenRoles = list.transform((pairs, context) => {
  const named = new Map<string, Role>()
  const refuse = (message: string): never => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=')
    const role = TOKEN_ROLES.find((each) => each === pair.slice(at + 1).trim())
    const name = pair.slice(0, Math.max(0, at)).trim()
    if (role === undefined || name === '') return refuse(ROLES_RULE)
    if ((named.get(name) ?? role) !== role)
      return refuse(`gives ${name} two roles: keep one, or give each its own name`)
    named.set(name, role)
  }
  return named.size === 0 ? refuse(ROLES_RULE) : Object.fromEntries(named)
})

const ROLES_RULE = `must be a comma list such as muster-admins=admin, with the roles ${TOKEN_ROLES.join(', ')}`

/** An address that browsers are sent to. */
function webAddress(example: string): z.ZodType<string, string> {
  const isSafe = (text: string): boolean => {
    const { protocol, hostname } = new URL(text)
    return protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))
  }
  const isBare = (text: string): boolean => {
    const { username, password, search, hash } = new URL(text)
    return username + password + search + hash === ''
  }
  // The value is not repeated: it may hold a password.
  return url(['https:', 'http:'], example)
    .refine((text) => !URL.canParse(text) || isSafe(text), 'must be https, unless it is on this machine')
    .refine(
      (text) => !URL.canParse(text) || isBare(text),
      'must have no user, password, query (?) or fragment (#) in it',
    )
}

/** `name=value` pairs. */
const pairs = list.transform((parts, context) => {
  const named = parts.map((part) => part.split(/=(.*)/s, 2) as [string, string?])
  if (named.every(([name, value]) => name.trim() !== '' && value !== undefined))
    return Object.fromEntries(named) as Record<string, string>
  context.addIssue({ code: 'custom', message: 'must be a comma list such as audience=muster' })
  return z.NEVER
})

const secret = z
  .string()
  .refine((text) => text === text.trim(), 'has a blank or a line break at one end: take it out')
  .min(
    SECRET_LENGTH,
    `must have at least ${SECRET_LENGTH} characters: make one with \`openssl rand -base64 48\``,
  )

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: integer(0, 65_535).default(3000),
  DATABASE_URL: url(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/database').optional(),
  MUSTER_POSTGRES_PREPARED: z
    .enum(['0', '1'], 'must be 1, or 0 behind a pooler that gives out a session for a transaction at a time')
    .default('1'),
  MUSTER_POSTGRES_CONNECTIONS: integer(1, 1_000).optional(),
  MUSTER_DATA_DIR: z.string().optional(),
  MUSTER_EXPORTS_DIR: z.string().optional(),
  REDIS_URL: url(['redis:', 'rediss:'], 'redis://host:6379')
    .refine(
      (text) => !URL.canParse(text) || /^\/?\d{0,4}$/.test(new URL(text).pathname),
      'must end with the number of a database or with none',
    )
    .optional(),
  MUSTER_ROLES: roles.default(new Set(ROLES)),
  MUSTER_JWT_SECRET: secret.optional(),
  MUSTER_JWKS_URL: url(['https:', 'http:'], 'https://login.example.org/.well-known/jwks.json')
    .refine(
      (text) => !URL.canParse(text) || `${new URL(text).username}${new URL(text).password}` === '',
      'must have no user or password in it: keys are published for everybody, and no fetch sends them',
    )
    .optional(),
  MUSTER_JWT_AUDIENCE: list.optional(),
  MUSTER_JWT_ISSUER: list.optional(),
  MUSTER_JWT_USER_CLAIM: z.string().default('sub'),
  MUSTER_JWT_ROLE_CLAIM: z.string().default('role'),
  MUSTER_JWT_ROLES: tokenRoles.optional(),
  MUSTER_DEMO: z.enum(['0', '1'], 'must be 1 (load the demo) or 0 (start empty)').default('0'),
  MUSTER_DEMO_PACE: numeric(
    'a number of jobs a second greater than 0 and at most 1000000, such as 50',
    (value) => value > 0 && value <= 1_000_000,
  ).optional(),
  MUSTER_WORKER_CONCURRENCY: integer(1, 10_000).optional(),
  MUSTER_SHUTDOWN_SECONDS: numeric('a number of seconds from 0 to 3600', (value) => value <= 3_600).default(
    25,
  ),
  MUSTER_DRAIN_SECONDS: numeric('a number of seconds from 0 to 3600', (value) => value <= 3_600).optional(),
  MUSTER_BASE: path.default(''),
  MUSTER_CORS_ORIGINS: origins.default([]),
  MUSTER_CONSOLE_SECRET: secret.optional(),
  MUSTER_MEDIA_ORIGINS: origins.default([]),
  MUSTER_OIDC_ISSUER: webAddress('https://login.example.org').optional(),
  MUSTER_OIDC_CLIENT_ID: z.string().optional(),
  MUSTER_OIDC_CLIENT_SECRET: z.string().optional(),
  MUSTER_OIDC_SCOPE: z
    .string()
    .refine((text) => text.split(' ').includes('openid'), 'must have openid among its scopes')
    .optional(),
  MUSTER_OIDC_PARAMETERS: pairs
    .refine(
      (named) => !Object.keys(named).some((name) => OIDC_OWN_PARAMETERS.has(name)),
      `must name none of ${[...OIDC_OWN_PARAMETERS].join(', ')}: the server says these itself`,
    )
    .optional(),
  MUSTER_OIDC_REDIRECT_URI: webAddress('https://app.example.org/console/oidc/callback')
    .refine((text) => text.endsWith('/oidc/callback'), 'must end with /oidc/callback')
    .optional(),
  MUSTER_RATE_LIMIT: integer(0, 1_000_000_000).default(6_000),
  MUSTER_EVENT_KEEP_HOURS: numeric(
    'a number of hours greater than 0 and at most 876000 (a hundred years), fractions allowed',
    (value) => value > 0 && value <= 876_000,
  ).default(72),
  MUSTER_EVENT_HOLD_HOURS: numeric(
    'a number of hours greater than 0 and at most 876000 (a hundred years), fractions allowed',
    (value) => value > 0 && value <= 876_000,
  ).default(168),
  MUSTER_WEBHOOK_ALLOW: networks.default([]),
  MUSTER_DRAFT_KEEP_DAYS: numeric(
    'a number of days greater than 0 and at most 36500 (a hundred years), fractions allowed',
    (value) => value > 0 && value <= 36_500,
  ).default(30),
  // Names and meaning are OpenTelemetry's own.
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
})

type Environment = z.infer<typeof environment>

/** Where a server keeps its data if nothing is said. The demo has a folder of its own, so that an empty server is empty. */
export function dataDirectoryOf(demo: boolean): string {
  return demo ? '.muster-demo' : '.muster'
}

/** Beside the embedded database; servers on one Postgres must be told which folder they all see. */
function exportsFolderOf({
  MUSTER_EXPORTS_DIR: named,
  MUSTER_DATA_DIR: data,
  MUSTER_DEMO: demo,
  DATABASE_URL: database,
}: Environment): string | undefined {
  if (named !== undefined) return resolve(named)
  return database === undefined ? resolve(data ?? dataDirectoryOf(demo === '1'), 'exports') : undefined
}

/** Secrets are taken to the letter; of all else, blanks at the ends are nobody's intention. */
const TO_THE_LETTER: ReadonlySet<string> = new Set([
  'MUSTER_JWT_SECRET',
  'MUSTER_CONSOLE_SECRET',
  'MUSTER_OIDC_CLIENT_SECRET',
])

/** Variables that Kubernetes makes for services whose names begin with `muster`. */
const OF_KUBERNETES = /_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP|SCTP)|_PORT=(tcp|udp|sctp):/

/** Variables that look like ours and are none: each with the one that was probably meant. They do nothing. */
function strangers(
  env: Readonly<Record<string, string>>,
): { readonly name: string; readonly near?: string }[] {
  const known = Object.keys(environment.shape)
  const spelled = new Map(known.flatMap((name) => [[name, name] as const, [`MUSTER_${name}`, name] as const]))
  return Object.entries(env).flatMap(([name, value]) => {
    const isOurs =
      name.toUpperCase().startsWith('MUSTER_') && !known.includes(name) && !OF_CALLERS.includes(name)
    if (!isOurs || OF_KUBERNETES.test(`${name}=${value}`)) return []
    const near = spelled.get(nearestName(name, spelled.keys()) ?? '')
    return [near === undefined ? { name } : { name, near }]
  })
}

/** Of those who call a server, from the same shell. */
const OF_CALLERS: readonly string[] = ['MUSTER_URL', 'MUSTER_TOKEN', 'MUSTER_PSEUDONYM_KEY']

/** A variable of ours that nobody knows does nothing: most likely it is misspelled. */
function misspelled(env: Readonly<Record<string, string>>): string[] {
  return strangers(env).flatMap(({ name, near }) =>
    near === undefined ? [] : [`${name} is not known: did you mean ${near}?`],
  )
}

/** A warning for each variable whose name begins as ours do, and that means nothing here; it may be another program's. */
export function unknownSettings(env: Readonly<Record<string, string | undefined>>): string[] {
  return strangers(given(env)).map(
    ({ name }) =>
      `${name} is not known and does nothing: take it out, or see the README for the variables there are`,
  )
}

function given(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value = '']) => {
      const text = TO_THE_LETTER.has(name) ? value : value.trim()
      return text === '' ? [] : [[name, text]]
    }),
  )
}

/**
 * Reads the configuration of this process from its environment; a variable that is empty counts as absent.
 * @throws ConfigurationError naming every variable at fault
 */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const set = given(env)
  const parsed = environment.safeParse(set)
  const unknown = misspelled(set)
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`)
    throw new ConfigurationError([...wrong, ...unknown])
  }
  const values = parsed.data
  const loopback = isLoopback(values.HOST)
  const problems = [...contradictions(values, loopback, (name) => name in set), ...unknown]
  if (problems.length > 0) throw new ConfigurationError(problems)
  return {
    host: values.HOST,
    port: values.PORT,
    loopback,
    storage:
      values.DATABASE_URL === undefined
        ? {
            kind: 'pglite',
            directory: resolve(values.MUSTER_DATA_DIR ?? dataDirectoryOf(values.MUSTER_DEMO === '1')),
          }
        : {
            kind: 'postgres',
            connectionString: values.DATABASE_URL,
            preparedStatements: values.MUSTER_POSTGRES_PREPARED === '1',
            connections: values.MUSTER_POSTGRES_CONNECTIONS,
          },
    redisUrl: values.REDIS_URL,
    roles: values.MUSTER_ROLES,
    trust: trustOf(values),
    tokens: {
      audience: expected(values.MUSTER_JWT_AUDIENCE),
      issuer: expected(values.MUSTER_JWT_ISSUER),
      userClaim: values.MUSTER_JWT_USER_CLAIM,
      roleClaim: values.MUSTER_JWT_ROLE_CLAIM,
      roles: values.MUSTER_JWT_ROLES,
    },
    demo: values.MUSTER_DEMO === '1',
    demoPace: values.MUSTER_DEMO_PACE ?? null,
    workerConcurrency: values.MUSTER_WORKER_CONCURRENCY,
    shutdownSeconds: values.MUSTER_SHUTDOWN_SECONDS,
    drainSeconds:
      values.MUSTER_DRAIN_SECONDS ?? (loopback || !values.MUSTER_ROLES.has('api') ? 0 : DRAIN_SECONDS),
    base: values.MUSTER_BASE,
    corsOrigins: values.MUSTER_CORS_ORIGINS,
    consoleSecret: values.MUSTER_CONSOLE_SECRET,
    mediaOrigins: values.MUSTER_MEDIA_ORIGINS,
    oidc: oidcOf(values),
    requestsPerMinute: values.MUSTER_RATE_LIMIT,
    keepEventsHours: values.MUSTER_EVENT_KEEP_HOURS,
    holdEventsHours: values.MUSTER_EVENT_HOLD_HOURS,
    exportsFolder: exportsFolderOf(values),
    webhookAllow: values.MUSTER_WEBHOOK_ALLOW,
    keepDraftsDays: values.MUSTER_DRAFT_KEEP_DAYS,
    tracing: isTracing(values),
    logLevel: values.LOG_LEVEL,
  }
}

const NONE = 'none'
const TOKEN_CHECKS = [
  ['MUSTER_JWT_AUDIENCE', 'muster'],
  ['MUSTER_JWT_ISSUER', 'https://login.example.org/'],
] as const
const TOKEN_SETTINGS = [
  'MUSTER_JWT_AUDIENCE',
  'MUSTER_JWT_ISSUER',
  'MUSTER_JWT_USER_CLAIM',
  'MUSTER_JWT_ROLE_CLAIM',
  'MUSTER_JWT_ROLES',
] as const

const OIDC_NEEDS = ['MUSTER_OIDC_CLIENT_ID', 'MUSTER_JWKS_URL', 'MUSTER_CONSOLE_SECRET'] as const
const OIDC_SETTINGS = [
  'MUSTER_OIDC_CLIENT_ID',
  'MUSTER_OIDC_CLIENT_SECRET',
  'MUSTER_OIDC_SCOPE',
  'MUSTER_OIDC_PARAMETERS',
  'MUSTER_OIDC_REDIRECT_URI',
] as const

function oidcContradictions(values: Environment, isSet: (name: string) => boolean): string[] {
  if (values.MUSTER_OIDC_ISSUER === undefined)
    return OIDC_SETTINGS.filter(isSet).map((name) => `${name} needs MUSTER_OIDC_ISSUER`)
  const reasons: Record<(typeof OIDC_NEEDS)[number], string> = {
    MUSTER_OIDC_CLIENT_ID: 'the name of the console at the issuer',
    MUSTER_JWKS_URL: 'the tokens of the issuer are checked by its keys',
    MUSTER_CONSOLE_SECRET: 'it seals what a sign-in needs, so that every process can end it',
  }
  return OIDC_NEEDS.filter((name) => values[name] === undefined).map(
    (name) => `MUSTER_OIDC_ISSUER needs ${name}: ${reasons[name]}`,
  )
}

function oidcOf(values: Environment): OidcSignIn['oidc'] | undefined {
  const { MUSTER_OIDC_ISSUER: issuer, MUSTER_OIDC_CLIENT_ID: clientId } = values
  if (issuer === undefined || clientId === undefined) return undefined
  const optional = {
    clientSecret: values.MUSTER_OIDC_CLIENT_SECRET,
    scope: values.MUSTER_OIDC_SCOPE,
    parameters: values.MUSTER_OIDC_PARAMETERS,
    redirectUri: values.MUSTER_OIDC_REDIRECT_URI,
  }
  const given = Object.entries(optional).filter(([, value]) => value !== undefined)
  return { issuer, clientId, ...Object.fromEntries(given) }
}

function expected(names: readonly string[] | undefined): readonly string[] | false {
  return names === undefined || names.includes(NONE) ? false : names
}

/** What is set and guards nothing, for a line at each start. */
export function carelessSettings({ trust, tokens }: Configuration): string[] {
  if (trust.kind !== 'jwks') return []
  const { protocol, hostname } = new URL(trust.jwksUrl)
  const isOpen = protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''))
  return [
    ...(tokens.audience === false
      ? ['MUSTER_JWT_AUDIENCE is none: tokens that the issuer made for other programs are taken']
      : []),
    ...(tokens.issuer === false
      ? ['MUSTER_JWT_ISSUER is none: tokens of every issuer whose keys are published there are taken']
      : []),
    ...(isOpen
      ? ['MUSTER_JWKS_URL is http: the network can replace the keys that tokens are checked by']
      : []),
  ]
}

/** What is wrong only together. */
function contradictions(values: Environment, loopback: boolean, isSet: (name: string) => boolean): string[] {
  const { REDIS_URL, DATABASE_URL, MUSTER_JWT_SECRET, MUSTER_JWKS_URL, HOST } = values
  const problems = oidcContradictions(values, isSet)
  const { MUSTER_EXPORTS_DIR, MUSTER_POSTGRES_CONNECTIONS: connections } = values
  if (MUSTER_EXPORTS_DIR !== undefined && DATABASE_URL !== undefined && connections === 1) {
    problems.push(
      'MUSTER_EXPORTS_DIR needs two connections: an export reads on one for as long as it takes. Set MUSTER_POSTGRES_CONNECTIONS to 2 or more, or unset it',
    )
  }
  if (REDIS_URL !== undefined && DATABASE_URL === undefined) {
    problems.push(
      'REDIS_URL needs DATABASE_URL: the embedded database serves one process, which needs no Redis. Set DATABASE_URL too, or unset REDIS_URL',
    )
  }
  if (MUSTER_JWT_SECRET !== undefined && MUSTER_JWKS_URL !== undefined) {
    problems.push(
      'MUSTER_JWT_SECRET and MUSTER_JWKS_URL exclude each other: set the one that your tokens are signed with',
    )
  }
  for (const [name, example] of TOKEN_CHECKS) {
    const names = values[name]
    if (names === undefined && MUSTER_JWKS_URL !== undefined) {
      problems.push(
        `MUSTER_JWKS_URL needs ${name}: the issuer's keys sign tokens for other programs too. Set it to what your tokens carry, such as ${example}, or to none to take any`,
      )
    }
    if (names !== undefined && (names.length === 0 || (names.includes(NONE) && names.length > 1)))
      problems.push(`${name} must be a comma list of names such as ${example}, or none alone`)
  }
  if (MUSTER_JWT_SECRET === undefined && MUSTER_JWKS_URL === undefined) {
    for (const name of TOKEN_SETTINGS) {
      if (isSet(name))
        problems.push(
          `${name} needs MUSTER_JWT_SECRET or MUSTER_JWKS_URL: the development tokens are our own`,
        )
    }
    const remedy =
      'Set MUSTER_JWT_SECRET to a shared key of at least 32 characters, or MUSTER_JWKS_URL to your issuer’s keys'
    if (DATABASE_URL !== undefined) problems.push(`DATABASE_URL needs a way to verify tokens. ${remedy}`)
    else if (!loopback) {
      problems.push(
        `HOST ${HOST} can be reached from other machines, and the development secret is for this one alone. ${remedy}, or leave HOST at 127.0.0.1`,
      )
    }
  }
  return problems
}

function isTracing({ OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT }: Environment): boolean {
  return (OTEL_TRACES_EXPORTER ?? OTEL_EXPORTER_OTLP_ENDPOINT ?? 'none') !== 'none'
}

function trustOf({ MUSTER_JWT_SECRET, MUSTER_JWKS_URL }: Environment): Trust {
  if (MUSTER_JWT_SECRET !== undefined) return { kind: 'secret', secret: MUSTER_JWT_SECRET }
  if (MUSTER_JWKS_URL !== undefined) return { kind: 'jwks', jwksUrl: MUSTER_JWKS_URL }
  return { kind: 'development' }
}

const loopbackAddresses = new BlockList()
loopbackAddresses.addSubnet('127.0.0.0', 8, 'ipv4')
loopbackAddresses.addAddress('::1', 'ipv6')

function isLoopback(host: string): boolean {
  if (isIPv4(host)) return loopbackAddresses.check(host, 'ipv4')
  if (isIPv6(host)) return loopbackAddresses.check(host, 'ipv6')
  return host.toLowerCase() === 'localhost'
}
