import { connect } from 'node:net'
import { MisconfiguredError } from '@muster/core'
import { assertOptions, type OptionRules, option } from '@muster/core/support'
import pg from 'pg'
import type { PgOptions } from './connection/pg-options.ts'

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']
const MOST_CONNECTIONS = 10_000

/** The oldest driver that is tried, as messages name it. */
const OLDEST = '8.11 or newer'

/** A pool of the driver shows its age: those of version 7 do not count what has expired. */
function isPool(value: unknown): boolean {
  const isDrivers = typeof (value as { readonly Client?: unknown } | null)?.Client === 'function'
  return option.having('connect', 'query').holds(value) && (!isDrivers || 'expiredCount' in (value as object))
}

/** Refuses a driver that is too old, which shows by what its module lacks. @throws TypeError */
export function assertDriver(driver: object): void {
  if (!('escapeLiteral' in driver))
    throw new TypeError(`@muster/adapters-pg needs pg ${OLDEST}, and the pg that is installed is older`)
}

const RULES: OptionRules<PgOptions> = {
  connectionString: {
    rule: 'a text such as postgres://user:password@host:5432/database',
    holds: (value) => typeof value === 'string' && value !== '',
  },
  pool: {
    rule: `a Pool of pg ${OLDEST}, or an object with the methods connect, query`,
    holds: isPool,
  },
  pglite: option.either(option.text, option.having('query', 'transaction')),
  poolSize: option.whole(1, MOST_CONNECTIONS),
  preparedStatements: option.flag,
  migrate: option.flag,
}

/** Of these one says where. */
const PLACES = ['connectionString', 'pool', 'pglite'] as const

/**
 * Refuses options that no database can come of.
 * @throws TypeError naming the option and the rule
 */
export function assertPgOptions(options: PgOptions): void {
  assertOptions('pgModule', options, RULES)
  const given = options as Readonly<Record<string, unknown>>
  const named = PLACES.filter((name) => name in given)
  const [place, other] = named
  if (place === undefined || other !== undefined)
    throw new TypeError(`pgModule: name one of ${PLACES.join(', ')}`)
  if (given[place] === undefined) throw new TypeError(`pgModule: ${place} is undefined: name a database`)
}

/**
 * Refuses a connection string that the driver would misread: an sslmode that it does not know goes unencrypted, and a certificate that cannot be
 * read looks like a server that is away.
 * @throws MisconfiguredError, which does not repeat the string: it may hold a password
 */
export function assertConnectionString(connectionString: string): void {
  if (!/^(postgres(ql)?:|socket:|\/)/.test(connectionString)) {
    throw new MisconfiguredError(
      'The connection string is none of Postgres: write it as postgres://user:password@host:5432/database',
    )
  }
  const [, query = ''] = connectionString.split('?', 2)
  const mode = new URLSearchParams(query).get('sslmode')
  if (mode !== null && !SSL_MODES.includes(mode)) {
    throw new MisconfiguredError(
      `The connection string has sslmode=${mode}, which is not known: write one of ${SSL_MODES.join(', ')}`,
    )
  }
  try {
    // Reads the string and its certificates, and connects to nothing.
    void new pg.Client({ connectionString })
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException
    const why =
      error instanceof URIError
        ? 'a percent sign in it is not followed by two digits: encode special characters, % as %25'
        : code !== undefined && path !== undefined
          ? `${path} cannot be read (${code})`
          : message.replaceAll(connectionString, '…')
    throw new MisconfiguredError(`The connection string cannot be used: ${why}`, {})
  }
}

/** The question whether a server encrypts, which Postgres answers with one letter. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const PATIENCE_MS = 2_000

/**
 * Refuses an address at which something else than Postgres answers; an address at which nothing answers may be a server that is away.
 * @throws MisconfiguredError naming host and port
 */
export async function assertPostgres(connectionString: string): Promise<void> {
  const { host, port } = new pg.Client({ connectionString })
  // A socket in a folder.
  if (host.startsWith('/')) return
  const { promise, resolve } = Promise.withResolvers<Buffer>()
  const socket = connect({ host, port, timeout: PATIENCE_MS })
  const silent = (): void => resolve(Buffer.alloc(0))
  socket.once('connect', () => socket.write(SSL_REQUEST))
  socket.once('data', resolve).once('error', silent).once('timeout', silent).once('close', silent)
  const answer = await promise
  socket.destroy()
  const letter = String.fromCharCode(answer[0] ?? 0)
  const isPostgres = letter === 'E' || (answer.length === 1 && (letter === 'S' || letter === 'N'))
  if (answer.length === 0 || isPostgres) return
  throw new MisconfiguredError(
    `Something else than Postgres answers at ${host}:${port}: put host and port of the connection string right`,
  )
}
