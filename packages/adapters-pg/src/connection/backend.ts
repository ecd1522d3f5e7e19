import { UnavailableError, WrongSchemaError } from '@muster/core'
import type { Logger } from '@muster/core/ports'
import type { Pool, PoolClient, QueryConfig } from 'pg'
import { breaksConnection, isReadOnly, isRepeatable, toMusterError } from '../errors/errors.ts'
import { autovacuum } from '../pglite/autovacuum.ts'
import type { DiskRoom } from '../pglite/disk-room.ts'
import { type Embedded, type EmbeddedSession, READ_COMMITTED } from '../pglite/embedded.ts'
import { recognize } from '../schema/origin.ts'
import { assertKeepsSessions } from './pooler.ts'
import type { Connection, Statement } from './queryable.ts'
import { LOOK, NO_TIMEOUTS, READING, Session, type SessionRow } from './session.ts'
import { TYPES, textsOf } from './values.ts'
import { WatchedPool } from './watched-pool.ts'
import { WriteProbe } from './write-probe.ts'

/** One of the two things that Muster's SQL runs on. */
export interface Backend {
  /** It may run on another machine, by another clock than this process. */
  readonly ownClock: boolean
  /** The schema that Muster's functions are in. @throws UnavailableError before the first connection */
  schema(): string
  /** Every call is a transaction of its own. */
  readonly root: Connection
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  /** Reads as of one moment, and cannot write. */
  snapshot<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  /** A transaction in which `run` takes texts of several statements, and nothing is given up for taking long. */
  script<T>(work: (connection: Connection, run: (text: string) => Promise<void>) => Promise<T>): Promise<T>
  /**
   * Sees whether the database is where it was noted to be, now and on each connection that is made from now on, and forgets what means nothing
   * elsewhere. See `origin.ts`.
   */
  recognize(): Promise<void>
  /** An error met while serving that no later try can mend: this process is of no use until it is started again. */
  misconfigured(): WrongSchemaError | undefined
  /** Whether it would take a write now. @throws UnavailableError */
  probe(): Promise<void>
  close(): Promise<void>
}

const AS_OF_ONE_MOMENT = 'isolation level repeatable read read only'

type Send = <Row extends object>(statement: Statement, values: unknown[]) => Promise<{ rows: Row[] }>

/** How often a transaction is tried that met a deadlock or a serialization failure. */
const TRIES = 5

/** A connection inside a transaction. Remembers its first failure, since Postgres turns a later COMMIT silently into a ROLLBACK. */
class TransactionConnection implements Connection {
  readonly #send: Send
  #failed: { readonly error: unknown } | undefined
  #isOver = false

  constructor(send: Send) {
    this.#send = send
  }

  /** All that `work` does; nothing of it comes after its end, when the connection is somebody else's. */
  static async during<T>(send: Send, work: (connection: TransactionConnection) => Promise<T>): Promise<T> {
    const connection = new TransactionConnection(send)
    try {
      const result = await work(connection)
      connection.#assertUnharmed()
      return result
    } finally {
      connection.#isOver = true
    }
  }

  async rows<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    if (this.#isOver) throw new Error(`${statement.name} was asked after the end of its transaction`)
    try {
      return (await this.#send<Row>(statement, [...values])).rows
    } catch (error) {
      const ours = toMusterError(error)
      this.#failed ??= { error: ours }
      throw ours
    }
  }

  atomically<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return work(this)
  }

  /** @throws what failed inside, where `work` went on as if it had not */
  #assertUnharmed(): void {
    if (this.#failed) throw this.#failed.error
  }
}

/** The memory of a backend of its failures. */
interface Memory {
  final?: WrongSchemaError
}

function rootOf(send: Send, transaction: Backend['transaction'], memory: Memory): Connection {
  return {
    rows: <Row extends object>(statement: Statement, values: readonly unknown[] = []) =>
      repeatedly(async () => (await send<Row>(statement, [...values])).rows, memory),
    atomically: transaction,
  }
}

async function repeatedly<T>(attempt: () => Promise<T>, memory: Memory = {}): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const ours = toMusterError(error)
      if (ours instanceof WrongSchemaError) memory.final ??= ours
      if (tries === TRIES || !isRepeatable(ours)) throw ours
    }
  }
}

async function inOurWords(done: Promise<unknown>): Promise<void> {
  try {
    await done
  } catch (error) {
    throw toMusterError(error)
  }
}

/** Past the server's own limit: only a server that no longer answers at all runs into it. */
const QUERY_TIMEOUT_MS = 35_000
/** `pg` takes 0 for the pool's own. */
const NO_QUERY_TIMEOUT_MS = 2 ** 31 - 1

/** How a pool is used. */
export interface PoolUse {
  /** Nobody else uses it, and it is ended at `close`. */
  readonly owned: boolean
  /** Whether a session remembers statements, which one behind a pooler of transactions does not. */
  readonly prepared: boolean
  readonly logger?: Logger | undefined
}

/**
 * Runs on a pool of connections to a server. Settings go with the session where it is ours alone, and with each transaction where a host
 * or a pooler gives it to others in between: there a single statement is a transaction too.
 */
export function poolBackend(pool: Pool, { owned, prepared, logger }: PoolUse): Backend {
  // An idle connection that breaks is replaced by the pool; without a listener its error would end the process.
  pool.on('error', ignoreLostConnection)
  // The same between two statements of a transaction, where the next one reports it, and between getting a connection and the first of
  // them: a server may say in one breath that the connection is ready and that it ends.
  pool.on('acquire', listen)
  pool.on('release', stopListening)

  const watched = new WatchedPool(pool, logger)
  const probe = new WriteProbe()
  const isOurs = owned && prepared
  const met = new WeakSet<PoolClient>()
  let session: Session | undefined
  let isRecognizing = false

  const meet = async (client: PoolClient): Promise<Session> => {
    if (session === undefined) {
      const found = await ask<SessionRow>(client, LOOK)
      if (prepared && !(await assertKeepsSessions(pool, client))) watched.makeDoWithThese()
      session ??= new Session(found)
    }
    if (met.has(client)) return session
    if (isOurs) await client.query(query(session.whole))
    if (isRecognizing) await recognizeOn(client, session)
    met.add(client)
    return session
  }
  const use = <T>(
    work: (client: PoolClient, session: Session) => Promise<T>,
    endedBy: Parameters<WatchedPool['use']>[1],
    order?: Parameters<WatchedPool['use']>[2],
  ): Promise<T> =>
    watched.use(
      (client) => readingText(client, async () => work(client, await meet(client))),
      (client, error) => {
        probe.note(error)
        return endedBy(client, error)
      },
      order,
    )
  const sendOn =
    (client: PoolClient): Send =>
    ({ name, text }, values) =>
      client.query(query(text, textsOf(values), prepared ? `muster_${name}` : undefined))

  const begunOn = async <T>(
    client: PoolClient,
    { local }: Session,
    work: () => Promise<T>,
    { mode = READ_COMMITTED, settings = '' } = {},
  ): Promise<T> => {
    await client.query(query([`begin ${mode}`, isOurs ? '' : local, settings].filter(Boolean).join('; ')))
    const result = await work()
    await client.query(query('commit'))
    return result
  }
  const unharmed = <T>(client: PoolClient, work: (connection: Connection) => Promise<T>): Promise<T> =>
    TransactionConnection.during(sendOn(client), work)
  const recognizeOn = async (client: PoolClient, within: Session): Promise<void> => {
    const atomically: Connection['atomically'] = (work) =>
      begunOn(client, within, () => unharmed(client, work))
    const rows: Connection['rows'] = (asked, values) =>
      atomically((connection) => connection.rows(asked, values))
    try {
      await recognize({ rows, atomically }, within.origin, null)
    } catch (error) {
      await client.query(query('rollback')).catch(() => {})
      throw error
    }
  }
  const onClient = <T>(
    work: (client: PoolClient) => Promise<T>,
    options: { readonly mode?: string; readonly settings?: string; readonly first?: boolean } = {},
  ): Promise<T> =>
    use(
      (client, found) => begunOn(client, found, () => work(client), options),
      options.mode === AS_OF_ONE_MOMENT ? endedReading : endedInside,
      options,
    )

  const memory: Memory = {}
  const begun =
    (mode: string, settings = ''): Backend['transaction'] =>
    (work) =>
      repeatedly(() => onClient((client) => unharmed(client, work), { mode, settings }), memory)
  const transaction = begun(READ_COMMITTED)
  const send: Send = (statement, values) =>
    isOurs
      ? use((client) => sendOn(client)(statement, values), lost, orderOf(statement))
      : onClient((client) => sendOn(client)(statement, values), orderOf(statement))

  const root = rootOf(send, transaction, memory)

  let closed: Promise<void> | undefined
  return {
    ownClock: true,
    schema: () => {
      if (session === undefined) throw new UnavailableError('The database has not been reached yet')
      return session.schema
    },
    root,
    recognize: async () => {
      isRecognizing = true
      const { origin } = await repeatedly(() => use(async (_, found) => found, lost))
      await recognize(root, origin, null)
    },
    transaction,
    snapshot: begun(AS_OF_ONE_MOMENT, READING),
    probe: () => inOurWords(probe.ask(transaction)),
    script: (work) =>
      repeatedly(() =>
        onClient(
          (client) =>
            TransactionConnection.during(
              (asked, values) => client.query(untimed(asked.text, textsOf(values))),
              (connection) => work(connection, (text) => inOurWords(client.query(untimed(text)))),
            ),
          { settings: NO_TIMEOUTS },
        ),
      ),
    misconfigured: () => memory.final,
    close: async () => {
      watched.close()
      pool.removeListener('error', ignoreLostConnection)
      pool.removeListener('acquire', listen)
      pool.removeListener('release', stopListening)
      if (!owned) return
      closed ??= endOf(pool)
      await closed
    },
  }
}

/** `@types/pg` does not know that a query may have a time limit of its own. */
type Query = QueryConfig & { readonly query_timeout: number }

/** The queries that `pg` is asked: read in our way and with our patience, whatever the pool's are. */
function query(text: string, values?: (string | null)[], name?: string): Query {
  return {
    text,
    types: TYPES,
    query_timeout: QUERY_TIMEOUT_MS,
    ...(values ? { values } : {}),
    ...(name === undefined ? {} : { name }),
  }
}

function untimed(text: string, values?: (string | null)[]): Query {
  return { ...query(text, values), query_timeout: NO_QUERY_TIMEOUT_MS }
}

function orderOf({ first = false }: Statement): { readonly first: boolean } {
  return { first }
}

async function ask<Row extends object>(client: PoolClient, text: string): Promise<Row> {
  const [row] = (await client.query<Row>(query(text))).rows
  if (!row) throw new Error('The database gave no row')
  return row
}

/** Values that a host's pool or `pg.defaults` reads as bytes are text to us, as long as we have the connection. */
async function readingText<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  const reading = client as { binary?: boolean | undefined }
  const { binary } = reading
  reading.binary = false
  try {
    return await work()
  } finally {
    reading.binary = binary
  }
}

/** Why a connection cannot be used again after a statement that was a transaction of its own. */
async function lost(_: PoolClient, error: unknown): Promise<Error | undefined> {
  const ours = toMusterError(error)
  return ours instanceof Error && breaksConnection(ours) ? ours : undefined
}

/** The same, of a transaction that cannot write: that it cannot says nothing of the server. */
function endedReading(client: PoolClient, error: unknown): Promise<Error | undefined> {
  return isReadOnly(error) ? rolledBack(client) : endedInside(client, error)
}

/** Rolls back. Gives the reason why the connection cannot be used again, in which case the server rolls back by itself. */
async function endedInside(client: PoolClient, error: unknown): Promise<Error | undefined> {
  // A server that no longer answers would not answer this either.
  const why = await lost(client, error)
  return why ?? rolledBack(client)
}

async function rolledBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (refusal) {
    return refusal instanceof Error ? refusal : new Error(String(refusal))
  }
}

function ignoreLostConnection(): void {}

function listen(client: PoolClient): void {
  client.on('error', ignoreLostConnection)
}

function stopListening(_: Error, client: PoolClient): void {
  client.removeListener('error', ignoreLostConnection)
}

async function endOf(pool: Pool): Promise<void> {
  pool.on('error', ignoreLostConnection)
  await pool.end()
}

/** How an embedded database is used. */
interface EmbeddedUse {
  readonly release?: () => Promise<void>
  /** Names the files that it is in; null: nobody knows. */
  readonly place?: string | null
  /** Of the disk that it writes to, where that is known: nothing is asked of a database that has no room to write. */
  readonly room?: DiskRoom
}

/**
 * Runs on an embedded database. Settings go with its one session, or with each transaction where a host has it too. `release` is called
 * once at `close`.
 */
export async function embeddedBackend(
  embedded: Embedded,
  { place = null, release = async () => {}, room }: EmbeddedUse = {},
): Promise<Backend> {
  const { shared } = embedded
  let session: Session
  try {
    session = await embedded.alone(async (on) => {
      const [row] = (await on.query<SessionRow>(LOOK)).rows
      if (!row) throw new Error('The database gave no row')
      const found = new Session(row)
      if (!shared) await on.exec(found.whole)
      return found
    })
  } catch (error) {
    await release()
    throw toMusterError(error)
  }

  const sendOn =
    (on: EmbeddedSession): Send =>
    ({ name, text }, values) =>
      on.query(text, textsOf(values), shared ? undefined : `muster_${name}`)
  const sendOnce =
    (on: EmbeddedSession): Send =>
    ({ text }, values) =>
      on.query(text, textsOf(values))

  const inTransaction = <T>(
    work: (inner: EmbeddedSession) => Promise<T>,
    { mode = READ_COMMITTED, settings = '' } = {},
  ): Promise<T> =>
    embedded.transaction(
      async (inner) => {
        if (mode === READ_COMMITTED) await room?.assert()
        return work(inner)
      },
      { mode, settings: [shared ? session.local : '', settings].filter(Boolean).join('; ') },
    )

  const memory: Memory = {}
  const begun =
    (mode: string): Backend['transaction'] =>
    (work) =>
      repeatedly(
        () => inTransaction((inner) => TransactionConnection.during(sendOn(inner), work), { mode }),
        memory,
      )
  const transaction = begun(READ_COMMITTED)
  const send: Send = async (statement, values) => {
    if (shared) return inTransaction((inner) => sendOn(inner)<never>(statement, values))
    await room?.assert()
    return embedded.alone((on) => sendOn(on)<never>(statement, values), orderOf(statement))
  }
  const stopVacuum = autovacuum(embedded, room)
  const probe = new WriteProbe()

  const root = rootOf(send, transaction, memory)

  let closed: Promise<void> | undefined
  return {
    ownClock: false,
    schema: () => session.schema,
    root,
    recognize: () => recognize(root, session.origin, place),
    transaction,
    snapshot: begun(AS_OF_ONE_MOMENT),
    probe: () => inOurWords(probe.ask(transaction)),
    script: (work) =>
      repeatedly(() =>
        inTransaction(
          (inner) =>
            TransactionConnection.during(sendOnce(inner), (connection) =>
              work(connection, (text) => inOurWords(inner.exec(text))),
            ),
          { settings: NO_TIMEOUTS },
        ),
      ),
    misconfigured: () => memory.final,
    close: () => (closed ??= stopVacuum().then(release)),
  }
}
