import { setImmediate } from 'node:timers/promises'
import type { PGlite, Transaction } from '@electric-sql/pglite'
import type { Pool, PoolClient } from 'pg'
import { autovacuum } from './autovacuum.ts'
import { breaksConnection, isRepeatable, toMusterError } from './errors.ts'
import {
  type Connection,
  type PreparingQueryable,
  type Queryable,
  type Statement,
  statement,
} from './queryable.ts'
import { WatchedPool } from './watched-pool.ts'

/** One of the two things that Muster's SQL runs on. */
export interface Backend {
  /** Every call is a transaction of its own. */
  readonly root: Connection
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  /** Reads as of one moment, and cannot write. */
  snapshot<T>(work: (connection: Connection) => Promise<T>): Promise<T>
  /** Runs a script of several statements as one transaction, after `prepare` in that same transaction said yes. */
  script(prepare: (connection: Connection) => Promise<boolean>, text: string): Promise<void>
  close(): Promise<void>
}

const AS_OF_ONE_MOMENT = 'isolation level repeatable read read only'
const SET_SNAPSHOT = statement('snapshot_set', `set transaction ${AS_OF_ONE_MOMENT}`)

type Send = <Row extends object>(statement: Statement, values: unknown[]) => Promise<{ rows: Row[] }>

/** How often a transaction is tried that met a deadlock or a serialization failure. */
const TRIES = 5

/** A connection inside a transaction. Remembers its first failure, since Postgres turns a later COMMIT silently into a ROLLBACK. */
class TransactionConnection implements Connection {
  readonly #send: Send
  #failed: { readonly error: unknown } | undefined

  constructor(send: Send) {
    this.#send = send
  }

  async rows<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
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
  assertUnharmed(): void {
    if (this.#failed) throw this.#failed.error
  }
}

function rootOf(send: Send, transaction: Backend['transaction']): Connection {
  return {
    rows: <Row extends object>(statement: Statement, values: readonly unknown[] = []) =>
      repeatedly(async () => (await send<Row>(statement, [...values])).rows),
    atomically: transaction,
  }
}

async function repeatedly<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      const ours = toMusterError(error)
      if (tries === TRIES || !isRepeatable(ours)) throw ours
    }
  }
}

async function inOurWords<T>(result: Promise<T>): Promise<T> {
  try {
    return await result
  } catch (error) {
    throw toMusterError(error)
  }
}

const prepared =
  (on: PreparingQueryable): Send =>
  ({ name, text }, values) =>
    on.query({ name, text, values })

const plain =
  (on: Queryable): Send =>
  ({ text }, values) =>
    on.query(text, values)

/** Runs on a pool of connections to a server. `close` ends the pool where `owned`. */
export function poolBackend(pool: Pool, owned: boolean): Backend {
  // An idle connection that breaks is replaced by the pool; without a listener its error would end the process.
  pool.on('error', ignoreLostConnection)
  // The same between two statements of a transaction, where the next one reports it, and between getting a connection and the first of
  // them: a server may say in one breath that the connection is ready and that it ends.
  pool.on('acquire', listen)
  pool.on('release', stopListening)

  const watched = new WatchedPool(pool)
  const send: Send = ({ name, text }, values) =>
    watched.use((client) => client.query({ name, text, values }), lost)

  const onClient = <T>(work: (client: PoolClient) => Promise<T>, begin = 'begin'): Promise<T> =>
    watched.use(async (client) => {
      await client.query(begin)
      const result = await work(client)
      await client.query('commit')
      return result
    }, endedInside)

  const begun =
    (begin: string): Backend['transaction'] =>
    (work) =>
      repeatedly(() =>
        onClient(async (client) => {
          const connection = new TransactionConnection(prepared(client))
          const result = await work(connection)
          connection.assertUnharmed()
          return result
        }, begin),
      )
  const transaction = begun('begin')

  let closed: Promise<void> | undefined
  return {
    root: rootOf(send, transaction),
    transaction,
    snapshot: begun(`begin ${AS_OF_ONE_MOMENT}`),
    script: (prepare, text) =>
      inOurWords(
        onClient(async (client) => {
          if (await prepare(new TransactionConnection(plain(client)))) await client.query(text)
        }),
      ),
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

/** Why a connection cannot be used again after a statement that was a transaction of its own. */
async function lost(_: PoolClient, error: unknown): Promise<Error | undefined> {
  const ours = toMusterError(error)
  return ours instanceof Error && breaksConnection(ours) ? ours : undefined
}

/** Rolls back. What it gives is why the connection cannot be used again, in which case the server rolls back by itself. */
async function endedInside(client: PoolClient, error: unknown): Promise<Error | undefined> {
  // A server that no longer answers would not answer this either.
  const why = await lost(client, error)
  if (why) return why
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

/**
 * PGlite answers without leaving the microtask queue. Whoever asks in a loop, as a worker does, would keep timers, signals and requests
 * waiting to the end of a whole run: so each answer takes a turn of the event loop.
 */
async function inItsTurn<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } finally {
    await setImmediate()
  }
}

/** Runs on an embedded database. `release` is called once at `close`. */
export function pgliteBackend(pglite: PGlite, release: () => Promise<void>): Backend {
  const transaction: Backend['transaction'] = (work) =>
    repeatedly(() =>
      inItsTurn(
        pglite.transaction(async (inner: Transaction) => {
          const connection = new TransactionConnection(plain(inner))
          const result = await work(connection)
          connection.assertUnharmed()
          return result
        }),
      ),
    )

  const send = plain(pglite)
  const stopVacuum = autovacuum(pglite)

  let closed: Promise<void> | undefined
  return {
    root: rootOf((asked, values) => inItsTurn(send(asked, values)), transaction),
    transaction,
    snapshot: (work) =>
      transaction(async (connection) => {
        await connection.rows(SET_SNAPSHOT)
        return work(connection)
      }),
    script: (prepare, text) =>
      inOurWords(
        pglite.transaction(async (inner: Transaction) => {
          if (await prepare(new TransactionConnection(plain(inner)))) await inner.exec(text)
        }),
      ),
    close: () => (closed ??= stopVacuum().then(release)),
  }
}
