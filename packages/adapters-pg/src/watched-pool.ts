import { setTimeout } from 'node:timers/promises'
import { BusyError, type Logger, plainError, Unavailable } from '@muster/core'
import { Client, DatabaseError, type Pool, type PoolClient } from 'pg'
import { ConnectionGate } from './connection-gate.ts'
import { isCrowded, isReadOnly, toMusterError } from './errors.ts'

/** How often is looked, and what has not come back after how long makes suspicious. */
const LOOK_MS = 500
const SUSPICIOUS_MS = 1_500

/**
 * How long a server may take to say that it is there, as so many short waits: one in which this process stood still counts no more than the
 * others, so its own stall is not taken for the server's silence. With the above: whoever waits is told within 5 s.
 */
const WAITS = 10
const WAIT_MS = 250

/** Starts, stops or recovers: such a server answers, but nobody's questions. */
const STOPPING = /^57P0/

/** How long somebody waits for a connection. With what a look takes on top, whoever waits is told within 5 s. */
const CONNECTION_PATIENCE_MS = 4_000
/** Between two tries where a server has no connection to give and none is in hand. */
const CROWDED_MS = 100
/** How long the pool makes do with what it was found to get, before it asks for one more. */
const WIDEN_MS = 2_000
const NONE_TO_SPARE = 'The database has no connection to spare'
/** Of `pg`. */
const DEFAULT_POOL_SIZE = 10

/** Whether a server is there, and whether it takes writes. */
type State = 'well' | 'readOnly' | 'away'

/** Something that waits for the server. */
interface Errand {
  /** When it began, or the server was last known to be there, in ms of the process. */
  since: number
  /** Lets it fail as {@link Unavailable}. */
  readonly sever: () => void
}

/**
 * A pool that notices that its server is gone without a word: stopped, or behind a network that swallows everything. TCP would let a statement wait for
 * minutes. Here a statement that takes long makes us ask the server, on a connection of its own, whether it is there. If not,
 * all that waits fails, and so does at once what comes until the server answers. A statement that merely takes long goes on.
 *
 * A server that takes no writes is as good as gone: it may be what was the primary until a moment ago. Connections from before such a time are
 * not used after it, since the address may lead elsewhere now.
 *
 * A server may have fewer connections to give than the pool may hold. Then those in hand are waited for, and now and then one more is asked for.
 */
export class WatchedPool {
  readonly #pool: Pool
  readonly #errands = new Set<Errand>()
  readonly #looking: NodeJS.Timeout
  readonly #gate: ConnectionGate
  readonly #most: number
  readonly #logger: Logger | undefined
  #state: State = 'well'
  #asking = false
  /** Counts the times that the server was not well. */
  #era = 0
  readonly #eras = new WeakMap<PoolClient, number>()
  #inHand = 0
  /** When the pool last asked for more connections than it was found to get, and how many that was; undefined: it gets all. */
  #short: { since: number; got: number } | undefined

  constructor(pool: Pool, logger?: Logger) {
    this.#pool = pool
    this.#logger = logger
    this.#most = pool.options.max ?? DEFAULT_POOL_SIZE
    this.#gate = new ConnectionGate(this.#most)
    this.#looking = globalThis.setInterval(() => void this.#look(), LOOK_MS).unref()
  }

  /** Does `work` on a connection of its own, `first` before all who wait. `endedBy` leaves it as it should be after a failure, or gives why it cannot be used again. */
  async use<T>(
    work: (client: PoolClient) => Promise<T>,
    endedBy: (client: PoolClient, error: unknown) => Promise<Error | undefined>,
    { first = false } = {},
  ): Promise<T> {
    const client = await this.#connect(first)
    const errand = this.#add(() => void endOf(client))
    let broken: Error | undefined
    try {
      return await work(client)
    } catch (error) {
      broken = await endedBy(client, error)
      if (broken !== undefined && isReadOnly(toMusterError(error))) this.#turn('readOnly')
      throw error
    } finally {
      this.#errands.delete(errand)
      this.#release(client, broken)
    }
  }

  close(): void {
    clearInterval(this.#looking)
  }

  /** @throws BusyError if all connections are in use for too long; Unavailable if none is to be had */
  async #connect(urgent: boolean): Promise<PoolClient> {
    const tooLate = AbortSignal.timeout(CONNECTION_PATIENCE_MS)
    for (let first = urgent; ; first = true) {
      this.#assertWell()
      if (!(await this.#enter(tooLate, first))) throw this.#tooLate()
      try {
        return await this.#connectInside(tooLate)
      } catch (error) {
        this.#gate.leave()
        if (!isCrowded(error) || tooLate.aborted) throw error
        this.#makeDo(error)
        if (this.#inHand === 0) await setTimeout(CROWDED_MS)
      }
    }
  }

  async #enter(tooLate: AbortSignal, first: boolean): Promise<boolean> {
    const severed = new AbortController()
    const errand = this.#add(() => severed.abort())
    try {
      const entered = await this.#gate.enter(AbortSignal.any([tooLate, severed.signal]), { first })
      if (!entered && severed.signal.aborted) throw refusalOf(this.#state)
      return entered
    } finally {
      this.#errands.delete(errand)
    }
  }

  /** A connection of the present time. */
  async #connectInside(tooLate: AbortSignal): Promise<PoolClient> {
    for (;;) {
      const client = await this.#connectOnce(tooLate)
      if (this.#eras.get(client) === undefined) this.#eras.set(client, this.#era)
      this.#inHand++
      if (this.#eras.get(client) === this.#era) {
        this.#got()
        return client
      }
      this.#inHand--
      client.release(new Error('The connection is from before the server was not well'))
    }
  }

  async #connectOnce(tooLate: AbortSignal): Promise<PoolClient> {
    const { promise: severed, reject } = Promise.withResolvers<never>()
    const errand = this.#add(() => reject(refusalOf(this.#state)))
    // A server that has just refused one connection too many is there.
    const isCrowdedOut = (): boolean => this.#pool.waitingCount > 0 || this.#short !== undefined
    const giveUp = (): void => reject(isCrowdedOut() ? this.#tooLate() : refusalOf('away'))
    tooLate.addEventListener('abort', giveUp, { once: true })
    const connecting = this.#pool.connect()
    try {
      return await Promise.race([connecting, severed])
    } catch (error) {
      // What comes too late is not lost to the pool.
      connecting.then(
        (client) => client.release(),
        () => {},
      )
      throw error
    } finally {
      this.#errands.delete(errand)
      tooLate.removeEventListener('abort', giveUp)
    }
  }

  #tooLate(): Unavailable {
    const says = this.#inHand > 0 ? 'All connections to the database are in use' : NONE_TO_SPARE
    const Refusal = this.#inHand > 0 ? BusyError : Unavailable
    return new Refusal(says, { retryAfterSeconds: 1 })
  }

  #release(client: PoolClient, broken: Error | undefined): void {
    this.#inHand--
    client.release(broken)
    this.#gate.leave()
  }

  /** Goes on with the connections in hand, and says so once. */
  #makeDo(error: unknown): void {
    this.#gate.narrow(this.#inHand)
    if (this.#short === undefined) {
      this.#logger?.warn(
        { err: plainError(error), poolSize: this.#most },
        `The database gives this process fewer connections than its pool may open (poolSize ${this.#most}; MUSTER_POSTGRES_CONNECTIONS of the reference server): it makes do with what it gets. Lower that, or raise the limit of the role, the database or the server`,
      )
    }
    this.#short = { since: performance.now(), got: this.#inHand }
  }

  /** One that was got beyond those known to be had says that there may be more. */
  #got(): void {
    this.#gate.widen(this.#inHand)
    if (this.#short === undefined || this.#inHand <= this.#short.got) return
    this.#short.got = this.#inHand
    this.#gate.widen(this.#inHand + 1)
    if (this.#inHand < this.#most) return
    this.#short = undefined
    this.#logger?.info({ poolSize: this.#most }, 'The database gives this process all connections again')
  }

  #assertWell(): void {
    if (this.#state !== 'well') throw refusalOf(this.#state)
  }

  #add(sever: () => void): Errand {
    const errand = { since: performance.now(), sever }
    this.#errands.add(errand)
    return errand
  }

  async #look(): Promise<void> {
    const askedAt = performance.now()
    if (this.#short && askedAt - this.#short.since > WIDEN_MS && this.#gate.isTooNarrow) {
      this.#short.since = askedAt
      this.#gate.widen(this.#gate.width + 1)
    }
    const suspicious = [...this.#errands].some(({ since }) => askedAt - since > SUSPICIOUS_MS)
    if (this.#asking || !(this.#state !== 'well' || suspicious)) return
    this.#asking = true
    const state = await stateOf(this.#pool)
    this.#turn(state)
    this.#asking = false
    for (const errand of this.#errands) {
      if (errand.since > askedAt) continue
      if (state === 'well') errand.since = askedAt
      else errand.sever()
    }
  }

  #turn(state: State): void {
    if (this.#state !== 'well' && state === 'well') this.#era++
    this.#state = state
  }
}

function refusalOf(state: State): Unavailable {
  const says = state === 'readOnly' ? 'The database takes no writes now' : 'The database is away'
  return new Unavailable(says, { retryAfterSeconds: 1 })
}

/** Ends a connection with whatever it waits for. */
async function endOf(client: PoolClient): Promise<void> {
  // What the pool gives out is a Client. Its `end` does not wait for an answer where one is due.
  await (client as unknown as Client).end()
}

/** How the server is, which is well, too, if it has no connection to spare or refuses us for another reason. */
async function stateOf({ options }: Pool): Promise<State> {
  const client = new Client({
    ...options,
    // The pool hides it from whoever lists its options.
    ...(options.password === undefined ? {} : { password: options.password }),
    // The clock of these runs on while this process stands still.
    connectionTimeoutMillis: 0,
    query_timeout: 0,
  })
  client.on('error', () => {})
  const asked = ask(client)
  const state = await Promise.race([asked, patience()])
  if (state !== 'away') client.end().catch(() => {})
  // A server that is silent would not say goodbye either.
  else client.connection.stream.destroy()
  return state
}

async function ask(client: Client): Promise<State> {
  try {
    await client.connect()
    const { rows } = await client.query<{ refused: string }>(IS_READ_ONLY)
    return rows[0]?.refused === 'on' ? 'readOnly' : 'well'
  } catch (error) {
    return error instanceof DatabaseError && !STOPPING.test(error.code ?? '') ? 'well' : 'away'
  }
}

const IS_READ_ONLY = "select current_setting('transaction_read_only') as refused"

async function patience(): Promise<State> {
  for (let waits = 0; waits < WAITS; waits++) await setTimeout(WAIT_MS, undefined, { ref: false })
  return 'away'
}
