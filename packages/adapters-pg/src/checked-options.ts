import { connect } from 'node:net'
import { MisconfiguredError } from '@muster/core'
import { Client } from 'pg'

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']
const MOST_CONNECTIONS = 10_000

/** What a host gives, before anything is known of it: its configuration may lack what its types promise. */
interface Given {
  readonly connectionString?: unknown
  readonly pool?: unknown
  readonly pglite?: unknown
  readonly poolSize?: unknown
}

/**
 * Refuses options that no database can come of.
 * @throws TypeError naming the option and the rule
 */
export function assertOptions(options: Given): void {
  const places = (['connectionString', 'pool', 'pglite'] as const).filter((name) => name in options)
  const [place, other] = places
  if (place === undefined || other !== undefined) {
    throw new TypeError('Name one of connectionString, pool and pglite')
  }
  const value = options[place]
  if (value === undefined || value === null || value === '') {
    throw new TypeError(`${place} is ${value === '' ? 'empty' : String(value)}: name a database`)
  }
  if (place === 'connectionString' && typeof value !== 'string') {
    throw new TypeError('connectionString must be a text such as postgres://user:password@host:5432/database')
  }
  const { poolSize = 1 } = options
  if (
    typeof poolSize !== 'number' ||
    !Number.isInteger(poolSize) ||
    poolSize < 1 ||
    poolSize > MOST_CONNECTIONS
  ) {
    throw new TypeError(`poolSize must be an integer from 1 to ${MOST_CONNECTIONS}`)
  }
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
    void new Client({ connectionString })
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
  const { host, port } = new Client({ connectionString })
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
